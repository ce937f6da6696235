import CEos
import CEosGuard
import CEosLinking
import EosCore
import Glibc
import Synchronization

/// Loads shared objects for good, each bound to its own functions first.
public enum Linking {
    /// One object is bound at a time. An initialiser may load others: the lock is its thread's already, as that of the
    /// dynamic loader is, which holds back other threads while initialisers run.
    private static let lock = Lock(isRecursive: true)

    /// Runs the initialisers of `name`, a path or what the loader finds, and of what comes along with it.
    ///
    /// A function that the object, or what it brings, defines under a name that the program has as well is called
    /// by the object, as it would be in a program of its own.
    ///
    /// - Parameter remark: told what can't be mended: initialisers that may have called another one's function.
    /// - Throws: `EOS_E_PLUGIN` with what the loader says, without the path.
    public static func load(
        _ name: String, _ calls: CallGuard, remark: (String) -> Void
    ) throws(EosError) -> UnsafeMutableRawPointer {
        try lock.withLock { () throws(EosError) in try loadAlone(name, calls, remark) }
    }

    private static func loadAlone(
        _ name: String, _ calls: CallGuard, _ remark: (String) -> Void
    ) throws(EosError) -> UnsafeMutableRawPointer {
        guard let before = own_names_remember() else {
            throw EosError(EOS_E_MEMORY, "there is not enough memory to load it")
        }
        defer { own_names_forget(before) }
        let handle = calls.calling(CALL_LOADING) { dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) }
        guard let handle else {
            throw EosError(EOS_E_PLUGIN, sentence(dlerror().map { String(cString: $0) } ?? "dlopen failed", name))
        }
        var clashes: [Clash] = []
        let status = withUnsafeMutablePointer(to: &clashes) { clashes in
            own_names_bind(
                before, handle,
                { context, name, owner, elsewhere, early in
                    let clash = Clash(
                        name: String(cString: name!), owner: Linking.fileName(owner!),
                        elsewhere: Linking.fileName(elsewhere!), isEarly: early != 0)
                    let known = context!.assumingMemoryBound(to: [Clash].self)
                    if !known.pointee.contains(clash) { known.pointee.append(clash) }
                }, clashes)
        }
        guard status == 0 else {
            throw EosError(
                EOS_E_PLUGIN,
                "can't be bound to its own functions: \(String(cString: strerror(status))); link it with "
                    + "-Wl,-Bsymbolic-functions")
        }
        for clash in clashes where clash.isEarly { remark(clash.sentence) }
        return handle
    }

    /// A name that an object defines itself and that was found elsewhere.
    private struct Clash: Equatable {
        let name: String
        let owner: String
        let elsewhere: String
        let isEarly: Bool

        var sentence: String {
            "\(owner) defines \(name), which \(elsewhere) also defines, and may have used the wrong one when it was "
                + "loaded; link it with -Wl,-Bsymbolic-functions"
        }
    }

    private static func fileName(_ path: UnsafePointer<CChar>) -> String {
        String(cString: path).split(separator: "/").last.map(String.init) ?? "the program"
    }

    /// What the loader says, without the path of the object, and with what to do where a library is missing.
    private static func sentence(_ reason: String, _ path: String) -> String {
        let missing = ": cannot open shared object file: No such file or directory"
        guard reason.hasSuffix(missing) else {
            return reason.hasPrefix(path + ": ") ? String(reason.dropFirst(path.utf8.count + 2)) : reason
        }
        let library = reason.dropLast(missing.count)
        guard library != path else { return "is not found by the loader" }
        return "needs \(library), which is not installed; install its package, or set its directory in "
            + "LD_LIBRARY_PATH"
    }
}

/// Lines that wait for somebody who takes them: what was noticed while a file was loaded, before anybody could be told.
public final class Remarks: Sendable {
    private let lines = Mutex<[String]>([])

    public init() {}

    public func add(_ line: String) { lines.withLock { $0.append(line) } }

    /// All lines, once.
    public func take() -> [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }
}
