import EosServer
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct SystemdTests {
    /// A service manager's end of NOTIFY_SOCKET.
    final class Manager: Sendable {
        private let descriptor: Int32

        init(_ path: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { target in
                target.copyBytes(from: path.utf8)
                if path.hasPrefix("@") { target[0] = 0 }
            }
            let size = 2 + path.utf8.count + (path.hasPrefix("@") ? 0 : 1)
            let status = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(size)) }
            }
            guard status == 0 else { throw ClientProblem("bind \(path): \(String(cString: strerror(errno)))") }
            var limit = timeval(tv_sec: 120, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        func next() throws -> String {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw ClientProblem("nothing was told") }
            return String(decoding: buffer.prefix(count), as: UTF8.self)
        }
    }

    @Test func tellsAtPathsAndNames() throws {
        let directory = try TemporaryDirectory()
        for path in [directory.path + "/notify", "@eos-test-\(UUID().uuidString)"] {
            let manager = try Manager(path)
            NotifySocket(path).send(.ready, .status("two\nlines"))
            let told = try manager.next()
            #expect(told.hasPrefix("READY=1\nSTATUS=two"))
            #expect(told.split(separator: "\n").count == 2)
            NotifySocket(path).send(.reloadingNow)
            let reloading = try manager.next().split(separator: "\n")
            #expect(reloading[0] == "RELOADING=1")
            #expect(UInt64(reloading[1].dropFirst("MONOTONIC_USEC=".count)) != nil)
        }
        #expect(!NotifySocket(nil).isPresent)
        #expect(!NotifySocket("relative").isPresent)
        // Nobody there: nothing happens.
        NotifySocket(directory.path + "/nobody").send(.stopping)
    }

    @Test func givesSignsOfLifeWhileAlive() async throws {
        let directory = try TemporaryDirectory()
        let manager = try Manager(directory.path + "/notify")
        let notify = NotifySocket(directory.path + "/notify")
        #expect(KeepAlive(notify, microseconds: nil, process: nil) == nil)
        #expect(KeepAlive(notify, microseconds: "20000", process: "1") == nil)
        let keepAlive = try #require(KeepAlive(notify, microseconds: "20000", process: "\(getpid())"))
        #expect(keepAlive.interval == 0.01)
        let calls = Mutex(0)
        let task = Task {
            await keepAlive.run {
                calls.withLock {
                    $0 += 1; return $0 <= 3
                }
            }
        }
        for _ in 0..<3 { #expect(try await offPool { try manager.next() } == "WATCHDOG=1") }
        while calls.withLock({ $0 }) < 8 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        notify.send(.stopping)
        // What was not alive has told nothing in between.
        #expect(try await offPool { try manager.next() } == "STOPPING=1")
    }
}
