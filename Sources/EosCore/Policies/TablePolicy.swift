import CEos
import CEosGuard

/// A policy behind a C table: one of a plugin, or one that a program made.
public final class TablePolicy: Policy {
    public var identity = PolicyIdentity(id: "table")
    public let needs: PolicyNeeds
    public let historyPairs: Int

    /// The table as it was read, for those who look at what a plugin does.
    public let ops: eos_policy_ops
    /// What its functions are called with; lent until the policy goes.
    public let instance: UnsafeMutableRawPointer?
    private let owned: TableInstance
    private let failures: FailureNote?
    private let calls: CallGuard

    /// Takes over `instance`, which is destroyed through the table when the policy goes, or here on a failure.
    ///
    /// - Throws: `EOS_E_PLUGIN` for a table without its required functions.
    public init(
        ops table: UnsafePointer<eos_policy_ops>, instance: UnsafeMutableRawPointer?, failures: FailureNote? = nil,
        owner: AnyObject? = nil, calls: CallGuard = .none
    ) throws(EosError) {
        let ops = readTable(table, declaring: table.pointee.struct_size, as: eos_policy_ops())
        owned = TableInstance(instance, ops.destroy, owner: owner, calls)
        guard ops.propose != nil, ops.judge != nil, (ops.save == nil) == (ops.load == nil),
            (ops.history == nil) == (ops.direct == nil)
        else {
            throw EosError(
                EOS_E_PLUGIN,
                "the policy's table lacks propose or judge, or has only one of save and load, or of history and direct"
            )
        }
        needs = PolicyNeeds(rawValue: calls.calling(CALL_POLICY) { ops.needs?(instance) ?? 0 })
        historyPairs = Int(calls.calling(CALL_POLICY) { ops.history?(instance) ?? 0 })
        guard historyPairs <= EOS_HISTORY_MAX else {
            throw EosError(
                EOS_E_PLUGIN,
                "the policy's history requests \(historyPairs) pairs; request at most \(EOS_HISTORY_MAX)")
        }
        self.ops = ops
        self.instance = instance
        self.failures = failures
        self.calls = calls
    }

    public func propose(_ iterate: IterateScalars) throws(EosError) -> Double {
        var step = Double.nan
        try check(calls.evaluating(CALL_PROPOSE) { ops.propose(instance, iterate.address, &step) }, in: "propose")
        return step
    }

    public func direct(_ iterate: IterateScalars, _ history: HistoryProducts) throws(EosError) -> [Double] {
        guard let direct = ops.direct else { return history.steepestDescent() }
        var factors = [Double](repeating: .nan, count: history.count)
        let status = history.values.withUnsafeBufferPointer { products in
            var given = sized(eos_history())
            given.pairs = UInt32(history.pairs)
            given.products = products.baseAddress
            given.gradient_scale = history.gradientScale
            return factors.withUnsafeMutableBufferPointer { factors in
                calls.evaluating(CALL_DIRECT) { direct(instance, iterate.address, &given, factors.baseAddress) }
            }
        }
        try check(status, in: "direct")
        return factors
    }

    public func judge(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError) -> Verdict {
        var trial = trial
        var verdict = sized(eos_verdict())
        try check(calls.evaluating(CALL_JUDGE) { ops.judge(instance, iterate.address, &trial, &verdict) }, in: "judge")
        switch Int(verdict.action) {
        case EOS_TRY: return .tryStep(verdict.step)
        case EOS_ACCEPT: return .accept(verdict.step, StepReason(rawValue: verdict.reason) ?? .first)
        default:
            throw EosError(
                EOS_E_PLUGIN,
                "the policy's judge returned the action \(verdict.action); it must be EOS_TRY or EOS_ACCEPT")
        }
    }

    public func accepted(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError) {
        guard let accepted = ops.accepted else { return }
        var trial = trial
        try check(calls.evaluating(CALL_POLICY) { accepted(instance, iterate.address, &trial) }, in: "accepted")
    }

    public func reset() throws(EosError) {
        if let reset = ops.reset { try check(calls.calling(CALL_POLICY) { reset(instance) }, in: "reset") }
    }

    public func save() throws(EosError) -> [UInt8] {
        guard let save = ops.save else { return [] }
        return try collectBytes { writer throws(EosError) in
            try check(calls.calling(CALL_SAVE) { save(instance, writer) }, in: "save")
        }
    }

    public func load(_ state: UnsafeRawBufferPointer) throws(EosError) {
        guard let load = ops.load else { return try StateDecoder(state).finish() }
        try provideBytes(state) { reader throws(EosError) in
            try check(calls.calling(CALL_LOAD) { load(instance, reader) }, in: "load")
        }
    }

    private func check(_ status: eos_status, in function: String) throws(EosError) {
        guard status == EOS_OK else {
            throw EosError.failed(status, in: function, of: "the policy", note: failures)
        }
    }
}
