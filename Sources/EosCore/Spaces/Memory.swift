import CEos
import Glibc

/// How much memory a process can have here.
public enum Memory {
    /// The smaller of the machine's physical memory and the process's limit on its address space, in bytes.
    ///
    /// The kernel promises more than it has and kills the process when it is asked to keep the promise, so a vector is
    /// refused by this figure and not by a failed allocation.
    public static let limit: UInt64 = {
        let physical = UInt64(max(sysconf(Int32(_SC_PHYS_PAGES)), 1)) * UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 1))
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits) == 0 else { return physical }
        return min(physical, UInt64(limits.rlim_cur))
    }()

    /// Refuses work that needs `vectors` vectors of `dimension` elements before any of it is allocated.
    static func require(vectors: Int, dimension: Int, type: ElementType) throws(EosError) {
        let (elements, first) = dimension.multipliedReportingOverflow(by: vectors)
        let (bytes, second) = elements.multipliedReportingOverflow(by: type.size)
        guard !first, !second, UInt64(bytes) <= limit else {
            let gigabytes = Double(dimension) * Double(vectors) * Double(type.size) / 1e9
            let available = Double(limit) / 1e9
            throw EosError(
                EOS_E_MEMORY,
                "dimension \(dimension) in \(type.name) needs \(vectors) vectors, \(rounded(gigabytes)) GB in total, "
                    + "but only \(rounded(available)) GB are available; use f32, a smaller model or a larger machine")
        }
    }

    private static func rounded(_ gigabytes: Double) -> Double { (gigabytes * 10).rounded() / 10 }
}
