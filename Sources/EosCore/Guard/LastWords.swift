import CEosGuard

/// While `body` runs, an exit in a plugin's call on this thread is told to `say` before the process ends: what ended it
/// and the status that was asked for.
public func withLastWords<Result, Failure: Error>(
    _ say: @escaping (String, Int) -> Void, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    let box = Unmanaged.passRetained(LastWords(say))
    ending_set_last_words(
        { context, status, what in
            Unmanaged<LastWords>.fromOpaque(context!).takeUnretainedValue().say(String(cString: what!), Int(status))
        }, box.toOpaque())
    defer {
        ending_set_last_words(nil, nil)
        box.release()
    }
    return try body()
}

private final class LastWords {
    let say: (String, Int) -> Void
    init(_ say: @escaping (String, Int) -> Void) { self.say = say }
}
