import EosRuns
import Foundation
import Glibc
import Synchronization

/// A disk that remembers what it was told to keep: after each call it knows how its files may be found once the power
/// has gone.
///
/// What was written and not synchronised is there, not there, cut, torn or zeros. Names that were changed and whose
/// directory was not synchronised since are changed or not, each by itself, in any combination. That is more than any
/// file system of Linux does.
final class RecordedDisk: Sendable {
    typealias Files = [String: [UInt8]]

    fileprivate enum Change {
        case create(String, Int)
        case rename(String, String, Int)
        case unlink(String)
    }

    fileprivate struct State {
        /// What is written by now, and what would survive.
        var written: [Int: [UInt8]] = [:]
        var kept: [Int: [UInt8]] = [:]
        /// Names as they are now, and as the directory was synchronised last.
        var names: [String: Int] = [:]
        var keptNames: [String: Int] = [:]
        var pending: [Change] = []
        var openFiles: [Int32: Int] = [:]
        var openDirectories: [Int32: String] = [:]
        var inodes = 0
    }

    private let state = Mutex(State())
    /// Called after every call.
    private let afterCall: @Sendable (RecordedDisk) -> Void

    init(_ afterCall: @escaping @Sendable (RecordedDisk) -> Void) { self.afterCall = afterCall }

    var operations: FileOperations {
        let system = FileOperations.system
        return FileOperations(
            open: { path, flags, mode in
                let file = system.open(path, flags, mode)
                if file >= 0 { self.note { $0.open(path, flags, file) } }
                return file
            },
            write: { file, bytes in
                let count = system.write(file, bytes)
                self.note { state in
                    if let inode = state.openFiles[file] { state.written[inode]! += bytes.prefix(max(count, 0)) }
                }
                return count
            },
            fsync: { file in
                let result = system.fsync(file)
                if result == 0 { self.note { $0.synchronise(file) } }
                return result
            },
            close: { file in
                self.note { state in
                    state.openFiles[file] = nil
                    state.openDirectories[file] = nil
                }
                return system.close(file)
            },
            rename: { from, to in
                let result = system.rename(from, to)
                if result == 0 { self.note { $0.change(.rename(from, to, $0.names[from]!)) } }
                return result
            },
            unlink: { path in
                let result = system.unlink(path)
                if result == 0 { self.note { $0.change(.unlink(path)) } }
                return result
            })
    }

    private func note(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        afterCall(self)
    }

    /// Every way in which the files may be found if the power goes now.
    var outcomes: Set<Files> {
        state.withLock { state in
            var outcomes: Set<Files> = []
            for chosen in 0..<1 << state.pending.count {
                var names = state.keptNames
                for (index, change) in state.pending.enumerated() where chosen >> index & 1 == 1 {
                    State.apply(change, to: &names)
                }
                var found: [Files] = [[:]]
                for (name, inode) in names {
                    found = state.contents(of: inode).flatMap { content in
                        found.map { files in files.merging([name: content]) { $1 } }
                    }
                }
                outcomes.formUnion(found)
            }
            return outcomes
        }
    }
}

extension RecordedDisk.State {
    fileprivate mutating func open(_ path: String, _ flags: Int32, _ file: Int32) {
        if flags & O_DIRECTORY != 0 {
            openDirectories[file] = path
            return
        }
        let inode: Int
        if let known = names[path] {
            inode = known
        } else {
            inodes += 1
            inode = inodes
            kept[inode] = []
            written[inode] = []
            change(.create(path, inode))
        }
        if flags & O_TRUNC != 0 { written[inode] = [] }
        openFiles[file] = inode
    }

    fileprivate mutating func synchronise(_ file: Int32) {
        if let inode = openFiles[file] { kept[inode] = written[inode] }
        guard let directory = openDirectories[file] else { return }
        func isHere(_ path: String) -> Bool { path.prefix(upTo: path.lastIndex(of: "/")!) == directory }
        pending.removeAll { change in
            let path =
                switch change {
                case .create(let path, _), .rename(_, let path, _), .unlink(let path): path
                }
            guard isHere(path) else { return false }
            Self.apply(change, to: &keptNames)
            return true
        }
    }

    fileprivate mutating func change(_ change: RecordedDisk.Change) {
        Self.apply(change, to: &names)
        pending.append(change)
    }

    fileprivate static func apply(_ change: RecordedDisk.Change, to names: inout [String: Int]) {
        switch change {
        case .create(let path, let inode): names[path] = inode
        case .rename(let from, let to, let inode):
            names[from] = nil
            names[to] = inode
        case .unlink(let path): names[path] = nil
        }
    }

    /// As written, as kept, and mixtures.
    fileprivate func contents(of inode: Int) -> Set<[UInt8]> {
        let (written, kept) = (written[inode]!, kept[inode]!)
        guard written != kept else { return [kept] }
        let half = written.count / 2
        let zeros = [UInt8](repeating: 0, count: written.count - half)
        return [
            written, kept, [], Array(written[..<half]), written[..<half] + zeros,
            [UInt8](repeating: 0, count: half) + written[half...], kept + zeros,
        ]
    }
}
