import CEosGuard

/// While `body` runs, an exit in a plugin's call on this thread is told to `say` before the process ends.
public func withLastWords<Result, Failure: Error>(
    _ say: @escaping (String) -> Void, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    let box = Unmanaged.passRetained(LastWords(say))
    ending_set_last_words(
        { context, what in
            Unmanaged<LastWords>.fromOpaque(context!).takeUnretainedValue().say(String(cString: what!))
        }, box.toOpaque())
    defer {
        ending_set_last_words(nil, nil)
        box.release()
    }
    return try body()
}

private final class LastWords {
    let say: (String) -> Void
    init(_ say: @escaping (String) -> Void) { self.say = say }
}
