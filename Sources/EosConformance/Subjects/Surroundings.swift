import CEosConformance
import Glibc

/// What a plugin shares with the whole process and must leave as it found it.
public struct Surroundings: Equatable {
    private let directory: String
    private let locale: String
    private let floatMode: UInt64
    private let blocked: [UInt64]
    private let actions: [UInt64]
    private let mask: mode_t
    private let limits: [UInt64]
    let threads: Int
    let descriptors: Set<Int>

    public static func now() -> Surroundings { Surroundings() }

    private init() {
        directory = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4097) { buffer in
            getcwd(buffer.baseAddress, 4096).map { String(cString: $0) } ?? "?"
        }
        locale = setlocale(LC_ALL, nil).map { String(cString: $0) } ?? "?"
        floatMode = eos_float_mode()
        var set = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &set)
        blocked = (1...64).map { sigismember(&set, Int32($0)) == 1 ? UInt64($0) : 0 }
        actions = (1...64).map { eos_signal_action(Int32($0)) }
        mask = umask(0)
        umask(mask)
        // Not RLIMIT_CORE, which whoever started this process sets once it runs.
        limits = [RLIMIT_AS, RLIMIT_NOFILE, RLIMIT_STACK].flatMap { kind in
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(kind.rawValue), &limit)
            return [UInt64(limit.rlim_cur), UInt64(limit.rlim_max)]
        }
        threads = Self.entries("/proc/self/task").count
        descriptors = Self.entries("/proc/self/fd")
    }

    /// What differs from `before`, but for threads and descriptors: sentences without a subject.
    public func changes(since before: Surroundings) -> [String] {
        var changes: [String] = []
        if directory != before.directory { changes.append("changes the working directory to \(directory)") }
        if locale != before.locale { changes.append("changes the locale from \(before.locale) to \(locale)") }
        if floatMode != before.floatMode {
            changes.append("changes the floating-point mode (\(Self.describe(floatMode))); restore it before returning")
        }
        if blocked != before.blocked {
            let signals = (0..<64).filter { blocked[$0] != before.blocked[$0] }.map { Self.name(Int32($0 + 1)) }
            changes.append("changes the signal mask (\(signals.joined(separator: ", ")))")
        }
        let handled = (0..<64).filter { actions[$0] != before.actions[$0] }.map { Self.name(Int32($0 + 1)) }
        if !handled.isEmpty { changes.append("changes the action of \(handled.joined(separator: ", "))") }
        if mask != before.mask { changes.append("changes the umask to 0\(String(mask, radix: 8))") }
        if limits != before.limits { changes.append("changes the limits of the process (setrlimit)") }
        return changes
    }

    private static func describe(_ mode: UInt64) -> String {
        var parts: [String] = []
        if mode & 0xffff != 0 { parts.append("rounding mode \(mode & 0xffff)") }
        if mode >> 16 & 0xffff != 0 { parts.append("trapped exceptions \(mode >> 16 & 0xffff)") }
        if mode >> 32 & 1 != 0 { parts.append("subnormal operands are treated as zero") }
        if mode >> 33 & 1 != 0 { parts.append("subnormal results are flushed to zero") }
        return parts.isEmpty ? "to that of a new process" : parts.joined(separator: ", ")
    }

    private static func name(_ signal: Int32) -> String {
        sigabbrev(signal).map { "SIG\($0)" } ?? "signal \(signal)"
    }

    private static func sigabbrev(_ signal: Int32) -> String? {
        eos_surroundings_signal(signal).map { String(cString: $0) }
    }

    private static func entries(_ directory: String) -> Set<Int> {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        let own = Int(dirfd(stream))
        var numbers: Set<Int> = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let number = Int(name), !(directory.hasSuffix("fd") && number == own) { numbers.insert(number) }
        }
        return numbers
    }
}

/// What the process writes to standard output and standard error while `body` runs, instead of where it went before.
public func capturingOutput(_ body: () -> Void) -> (output: String, error: String) {
    fflush(nil)
    let files = [tmpfile(), tmpfile()]
    let saved = [dup(1), dup(2)]
    for (index, file) in files.enumerated() {
        if let file { dup2(fileno(file), Int32(index + 1)) }
    }
    body()
    fflush(nil)
    for index in 0..<2 {
        dup2(saved[index], Int32(index + 1))
        close(saved[index])
    }
    let texts = files.map { file -> String in
        guard let file else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 12)
        let count = pread(fileno(file), &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
    return (texts[0], texts[1])
}

/// What the process holds.
struct MemoryUse {
    /// Bytes that malloc has lent.
    let heap: Int64
    /// Of address space, and of it in memory.
    let virtual: Int64
    let resident: Int64

    static func now() -> MemoryUse {
        var pages: [Int64] = [0, 0]
        if let file = fopen("/proc/self/statm", "r") {
            var line = [CChar](repeating: 0, count: 128)
            fgets(&line, 128, file)
            fclose(file)
            let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            pages = text.split(separator: " ").prefix(2).map { Int64($0) ?? 0 }
        }
        let page = Int64(sysconf(Int32(_SC_PAGESIZE)))
        return MemoryUse(heap: eos_heap_bytes(), virtual: pages[0] * page, resident: pages[1] * page)
    }
}
