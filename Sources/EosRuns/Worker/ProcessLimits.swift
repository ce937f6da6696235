import Glibc

/// Limits that the system holds this process to.
enum ProcessLimits {
    /// RLIMIT_DATA counts what a plugin allocates and the stacks of threads, but neither files that are mapped nor address
    /// space that is only reserved; a cgroup would need to be delegated.
    static func apply(_ limits: RunSpec.Limits) {
        set(RLIMIT_CORE, 0)
        if limits.memory > 0 { set(RLIMIT_DATA, limits.memory) }
        if limits.processorSeconds > 0 {
            let seconds = UInt64(limits.processorSeconds.rounded(.up))
            // SIGXCPU at the first; SIGKILL at the second, for who catches it.
            set(RLIMIT_CPU, seconds, hard: seconds + 5)
        }
    }

    /// A limit that is stricter already stays.
    private static func set(_ resource: __rlimit_resource, _ value: UInt64, hard: UInt64? = nil) {
        let kind = __rlimit_resource_t(UInt32(resource.rawValue))
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_cur, rlim_t(value))
        limit.rlim_max = min(limit.rlim_max, rlim_t(hard ?? value))
        setrlimit(kind, &limit)
    }
}
