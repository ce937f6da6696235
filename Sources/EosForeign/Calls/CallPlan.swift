import EosFFI

/// A call of a foreign function, prepared: what stays is in place, and what changes is known.
///
/// `run` allocates nothing. One thread at a time.
final class CallPlan {
    let call: ForeignCall
    private let bindings: [Binding]
    /// What the call uses and has to live as long as it.
    private let kept: [AnyObject]

    init(_ call: ForeignCall, _ bindings: [Binding], _ kept: [AnyObject]) {
        self.call = call
        self.bindings = bindings
        self.kept = kept
    }

    /// Calls the function at what `frame` says, and leaves there what it gave.
    func run(_ frame: inout Frame) {
        for binding in bindings { binding.fill(frame) }
        call.invoke()
        frame.failure = nil
        for binding in bindings { binding.take(&frame) }
    }
}
