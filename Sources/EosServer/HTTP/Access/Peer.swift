import Glibc
import NIOCore

/// The process at the other end of a Unix socket, as it was when it connected.
struct Peer: Sendable {
    let user: uid_t
    let group: gid_t
    /// Supplementary ones.
    let groups: Set<gid_t>

    /// Asks the system. [the event loop of `channel`]
    static func of(_ channel: any Channel) -> EventLoopFuture<Peer> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let credentials: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: SocketOptionLevel(SOL_SOCKET), name: SocketOptionName(SO_PEERCRED))
        return credentials.flatMap { credentials in
            let groups: EventLoopFuture<GroupList> = provider.unsafeGetSocketOption(
                level: SocketOptionLevel(SOL_SOCKET), name: peerGroupsOption)
            return groups.map { list in
                Peer(user: credentials.user, group: credentials.group, groups: memberships(in: list))
            }.recover { _ in Peer(user: credentials.user, group: credentials.group, groups: []) }
        }
    }

    private static func memberships(in list: borrowing GroupList) -> Set<gid_t> {
        // A closure that captures the list would copy it for every element.
        var groups: Set<gid_t> = []
        let elements = list.span
        for index in elements.indices {
            // The rest of the list is zero, which is root's group: that one counts as the main group only.
            if elements[index] != 0 { groups.insert(elements[index]) }
        }
        return groups
    }
}

/// `struct ucred`, which Glibc shows to C with extensions only.
private struct Credentials {
    let process: pid_t
    let user: uid_t
    let group: gid_t
}

/// SO_PEERGROUPS, which Glibc's module does not have.
private let peerGroupsOption: SocketOptionName = 59

/// Longer lists are not read: such a process counts by its main group alone.
private typealias GroupList = InlineArray<1024, gid_t>
