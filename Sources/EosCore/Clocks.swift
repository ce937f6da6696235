import Glibc

/// Seconds since 1970, by the clock that anybody may set.
public func unixTime() -> Double { seconds(CLOCK_REALTIME) }

/// Seconds of the monotonic clock, which stands still while the machine sleeps.
public func monotonicTime() -> Double { seconds(CLOCK_MONOTONIC) }

private func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
