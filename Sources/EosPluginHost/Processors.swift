import Glibc

/// Processors that this process may run on.
public func availableProcessors() -> Int {
    // Declared for _GNU_SOURCE only, which Swift's Glibc does not define; sysconf would count what a cpuset forbids.
    typealias GetAffinity = @convention(c) (pid_t, Int, UnsafeMutableRawPointer) -> Int32
    guard let symbol = dlsym(nil, "sched_getaffinity") else { return 1 }
    var words = [UInt64](repeating: 0, count: 1024)
    let status = unsafeBitCast(symbol, to: GetAffinity.self)(0, words.count * 8, &words)
    guard status == 0 else { return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
    return max(1, words.reduce(0) { $0 + $1.nonzeroBitCount })
}
