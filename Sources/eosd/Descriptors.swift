import Glibc

/// How many files and sockets may be open.
enum Descriptors {
    /// A thousand connections and as many runs, where the system allows it.
    private static let wanted: rlim_t = 8192

    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < wanted else {
            return
        }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
