import CEos
import EosCore
import Glibc

/// How many files, pipes and sockets this process may have open.
public enum Descriptors {
    /// Now, for this process and what it starts.
    public static var limit: Int {
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_cur)
    }

    private static let kind = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))

    /// Raises a lower limit to `wanted`, or to what the system allows.
    public static func raiseLimit(to wanted: Int) {
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0, limit.rlim_cur < rlim_t(wanted) else { return }
        limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
        setrlimit(kind, &limit)
    }

    /// What a training opens at the same time, and room for what a plugin opens.
    private static let needed = 32

    /// Raises a limit that is lower than most systems have it.
    ///
    /// - Throws: `EOS_E_IO` where too few are left for a training all the same.
    public static func prepareForTraining() throws(EosError) {
        raiseLimit(to: 1024)
        let (limit, open) = (limit, open)
        guard limit - open < needed else { return }
        throw EosError(
            EOS_E_IO,
            "the limit of open files is \(limit), but \(open) are open and training needs \(needed) more; raise the "
                + "limit (ulimit -n \(max(64, open + needed)))")
    }

    /// How many are open; those above the limit, which stay usable, do not count.
    static var open: Int {
        let limit = Int32(clamping: min(limit, 1 << 16))
        return (0..<limit).count { fcntl($0, F_GETFD) >= 0 }
    }

    /// Gives a descriptor another number, out of the way of code that closes or expects low ones.
    ///
    /// - Returns: the new number; negative where there is none left.
    public static func lift(_ descriptor: Int32) -> Int32 {
        let lifted = fcntl(descriptor, F_DUPFD_CLOEXEC, Int32(clamping: min(100, max(4, limit - 16))))
        return lifted >= 0 ? lifted : fcntl(descriptor, F_DUPFD_CLOEXEC, 4)
    }
}
