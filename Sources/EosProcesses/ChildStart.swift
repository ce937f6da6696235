import CEos
import CEosProcesses
import EosCore
import Glibc

/// A pipe to this process, of which the child holds the other end.
struct Pipe {
    let reading: Int32
    let writing: Int32

    init() throws(EosError) {
        var ends: (Int32, Int32) = (-1, -1)
        let error = eos_child_pipe(&ends.0, &ends.1)
        guard error == 0 else {
            throw EosError(
                EOS_E_IO,
                "a pipe can't be created: \(text(of: error)); close some files, or raise the limit (ulimit -n)")
        }
        (reading, writing) = ends
    }
}

extension ChildCommand {
    /// Starts it in a session of its own, with these pipes' ends as its descriptors 1, 2 and 3.
    func start(output: Pipe, error: Pipe, results: Pipe) throws(EosError) -> pid_t {
        try start(output: output.writing, error: error.writing, results: results.writing)
    }

    /// Starts it in a session of its own, to live on without this process; nobody waits for it here.
    ///
    /// - Parameters:
    ///   - log: takes its standard output and error.
    ///   - handed: becomes its descriptor 3.
    ///   - niceness: its priority, from its first instructions on: it does not hold up who started it.
    public func startDetached(log: Int32, handing handed: Int32, niceness: Int32) throws(EosError) -> Int {
        var lifted: [Int32] = []
        defer { for file in lifted { close(file) } }
        for file in [log, handed] {
            let copy = fcntl(file, F_DUPFD_CLOEXEC, 4)
            guard copy >= 0 else { throw EosError(EOS_E_IO, "\(program): can't be started: \(text(of: errno))") }
            lifted.append(copy)
        }
        let process = try start(output: lifted[0], error: lifted[0], results: lifted[1])
        setpriority(__priority_which_t(UInt32(PRIO_PROCESS.rawValue)), id_t(process), niceness)
        return Int(process)
    }

    /// Starts it in a session of its own, with these as its descriptors 1, 2 and 3, each larger than 3.
    private func start(output: Int32, error: Int32, results: Int32) throws(EosError) -> pid_t {
        collectChildren()
        let words = try limits.isPlain ? [program] + self.arguments : limitedWords()
        let arguments = CStrings(words)
        let environment = CStrings(mergedEnvironment())
        let place = directory.map { CStrings([$0]) }
        var process: Int32 = 0
        var child = eos_child()
        child.output = output
        child.error = error
        child.results = results
        child.program = UnsafePointer(arguments.pointer[0])
        child.arguments = UnsafePointer(arguments.pointer)
        child.environment = UnsafePointer(environment.pointer)
        child.directory = place.flatMap { UnsafePointer($0.pointer[0]) }
        let status = withExtendedLifetime((arguments, environment, place)) { eos_child_start(&child, &process) }
        guard status == 0 else {
            let from = directory.map { " in \($0)" } ?? ""
            throw EosError(EOS_E_IO, "\(program): can't be started\(from): \(text(of: status))")
        }
        return process
    }

    /// A shell that takes the limits on and becomes the program. Put on the child from outside, after its start, they
    /// would come late on a busy machine.
    private func limitedWords() throws(EosError) -> [String] {
        guard access(program, X_OK) == 0 else {
            throw EosError(EOS_E_IO, "\(program): can't be started: \(text(of: errno))")
        }
        var limits: [String] = ["-c 0"]
        if let memory = self.limits.memory { limits.append("-v \(memory >> 10)") }
        // SIGXCPU at the first names the limit; SIGKILL at the second ends a program that catches it.
        if let seconds = self.limits.processorSeconds { limits += ["-S -t \(seconds)", "-H -t \(seconds + 1)"] }
        // Where a limit is stricter already it stays, in silence.
        let script = limits.map { "ulimit \($0) 2>/dev/null; " }.joined()
        return ["/bin/sh", "-c", script + "exec \"$0\" \"$@\"", program] + arguments
    }

    private func mergedEnvironment() -> [String] {
        var inherited: [String] = []
        var next = eos_child_environment()
        while let entry = next?.pointee {
            inherited.append(String(cString: entry))
            next = next?.successor()
        }
        inherited.removeAll { entry in
            entry.split(separator: "=", maxSplits: 1).first.map { environment.keys.contains(String($0)) } ?? true
        }
        let added = environment.sorted { $0.key < $1.key }
        return inherited + added.compactMap { key, value in value.map { "\(key)=\($0)" } }
    }

    /// A parent that ignores SIGCHLD, as some daemons have it of theirs, never learns how its children ended.
    private func collectChildren() {
        var action = sigaction()
        guard sigaction(SIGCHLD, nil, &action) == 0, isIgnored(action) else { return }
        signal(SIGCHLD, SIG_DFL)
    }

    private func isIgnored(_ action: sigaction) -> Bool {
        let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: UInt.self)
        return handler == unsafeBitCast(SIG_IGN, to: UInt.self)
    }
}

func text(of error: Int32) -> String { String(cString: strerror(error)) }

/// Strings as C takes a list of them.
private final class CStrings {
    let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointer = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { (pointer + index).initialize(to: strdup(string)) }
        (pointer + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { free(pointer[index]) }
        pointer.deallocate()
    }
}
