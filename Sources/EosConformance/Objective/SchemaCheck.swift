import CEos
import EosCore
import EosPluginHost
import Glibc

extension Check where Subject == ObjectiveSubject {
    static var schema: Check {
        .schema { subject, values throws(EosError) in try subject.parent.tryToMake(subject.offer, values) }
    }
}

extension Check where Subject == PolicySubject {
    static var schema: Check {
        .schema { subject, values throws(EosError) in try subject.parent.tryToMake(subject.offer, values) }
    }
}

extension Check where Subject: OfferSubject {
    /// Makes it with every key at its limits: that works, or fails with a sentence.
    fileprivate static func schema(_ make: @escaping (Subject, Configuration) throws(EosError) -> String?) -> Check {
        Check("schema", "every key works at its default and limits") { subject throws(EosError) in
            if let missing = try subject.missing() { return .skipped(missing) }
            var findings: [Finding] = []
            var refused: [String] = []
            let given = try subject.parent.values(for: subject.offer)
            // A maximum may ask for more memory than there is: that is to be refused, not to end the machine.
            let ceiling = AddressSpaceCeiling(bytes: 4 << 30)
            defer { ceiling.lift() }
            var trials: [(String, Configuration)] = [("the defaults", given)]
            for parameter in subject.offer.ownSchema.parameters {
                for (text, value) in extremes(of: parameter) {
                    var values = given
                    values[parameter.key] = value
                    trials.append(("\(parameter.key) = \(text)", values))
                }
            }
            for (text, values) in trials {
                subject.parent.note("with \(text)")
                // What the host refuses by itself never reaches the plugin.
                guard let resolved = try? subject.offer.resolve(values) else { continue }
                do throws(EosError) {
                    if let silent = try make(subject, resolved) { findings.fail("with \(text) \(silent)") }
                } catch {
                    if text == "the defaults" {
                        return .skipped("can't be made as it is (\(error.message)); see tables")
                    } else {
                        refused.append("\(text): \(error.message)")
                    }
                }
            }
            subject.parent.note("")
            return findings.orPass(
                counted(subject.offer.ownSchema.parameters.count, "key") + ", " + counted(trials.count, "way")
                    + " of making it"
                    + (refused.isEmpty ? "" : ", \(refused.count) of them refused (\(refused[0]))"))
        }
    }

    private static func extremes(of parameter: Parameter) -> [(String, Value)] {
        var values: [(String, Value)] = parameter.choices.map { ("\"\($0)\"", .string($0)) }
        switch parameter.kind {
        case .bool: values += [("true", .bool(true)), ("false", .bool(false))]
        case .integer:
            for bound in parameter.range.map({ [$0.lowerBound, $0.upperBound] }) ?? [] {
                let value = bound >= 0x1p63 ? Int64.max : bound <= -0x1p63 ? Int64.min : Int64(bound)
                values.append(("\(value)", .integer(value)))
            }
        case .number:
            values += (parameter.range.map { [$0.lowerBound, $0.upperBound] } ?? []).map { ("\($0)", .number($0)) }
            if parameter.flags.contains(.auto) { values.append(("auto", .number(.nan))) }
        case .numbers:
            values.append(("[]", .numbers([])))
            values += (parameter.range.map { [$0.lowerBound, $0.upperBound] } ?? []).map { ("[\($0)]", .numbers([$0])) }
        case .string: if parameter.choices.isEmpty { values.append(("\"\"", .string(""))) }
        case .strings: values.append(("[]", .strings([])))
        }
        return values
    }
}

extension PluginSubject {
    /// Makes and destroys an object, and evaluates an objective that is not too large.
    ///
    /// - Returns: what was wrong without the plugin saying so.
    /// - Throws: the plugin's own sentence.
    fileprivate func tryToMake(_ offer: Offer, _ values: Configuration) throws(EosError) -> String? {
        if plugin != nil, let silent = try refusesSilently(offer, values) { return silent }
        switch offer.kind {
        case .objective:
            let objective = try maker.makeObjective(offer, values, host: host)
            guard objective.space.count <= 1 << 20 else { return nil }
            let x = try objective.space.makeVector()
            try objective.initialPoint(seed: 0, into: x.pointer)
            _ = try objective.evaluate(at: x.pointer)
        case .policy:
            _ = try maker.makePolicy(offer, values, host: host)
        }
        return nil
    }

    /// Calls create itself, to see what it leaves behind; nil where the plugin behaves.
    private func refusesSilently(_ offer: Offer, _ values: Configuration) throws(EosError) -> String? {
        guard let get = plugin?.table.pointee.get_factory else { return nil }
        let handle = ConfigHandle(values)
        _ = host.failures.take()
        var status = eos_status(EOS_OK)
        var hasTable = false
        switch offer.kind {
        case .objective:
            let factory = get(EOS_OBJECTIVE_FACTORY)!.load(as: eos_objective_factory.self)
            var ops: UnsafePointer<eos_objective_ops>?
            var made: UnsafeMutableRawPointer?
            status = withExtendedLifetime(handle) {
                factory.create(factory.ctx, host.table, offer.id, handle.pointer, &ops, &made)
            }
            hasTable = ops != nil
            if status == EOS_OK { ops?.pointee.destroy?(made) }
        case .policy:
            let factory = get(EOS_POLICY_FACTORY)!.load(as: eos_policy_factory.self)
            var ops: UnsafePointer<eos_policy_ops>?
            var made: UnsafeMutableRawPointer?
            status = withExtendedLifetime(handle) {
                factory.create(factory.ctx, host.table, offer.id, handle.pointer, &ops, &made)
            }
            hasTable = ops != nil
            if status == EOS_OK { ops?.pointee.destroy?(made) }
        }
        if status == EOS_OK { return hasTable ? nil : "create returned EOS_OK but no table of functions; set *ops" }
        if status > 0 { return "create returned \(status), which is not an error; return one of EOS_E_*" }
        guard let sentence = host.failures.take() else {
            return "create returned \(status) and set no error message; call eos_host.fail with a sentence for the user"
        }
        throw EosError(Int(status), sentence)
    }
}

/// A limit on the address space of the process, above what it has now.
private struct AddressSpaceCeiling {
    private var before = rlimit()

    init(bytes: UInt64) {
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &before) == 0 else { return }
        var limit = before
        limit.rlim_cur = min(before.rlim_max, rlim_t(max(MemoryUse.now().virtual, 0)) + rlim_t(bytes))
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    }

    func lift() {
        var limit = before
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    }
}
