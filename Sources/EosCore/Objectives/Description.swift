import CEos

extension eos_objective_description {
    /// A description that says nothing yet: bounds unknown, one shard.
    public static var unknown: eos_objective_description {
        var description = sized(eos_objective_description())
        description.value_lower_bound = .nan
        description.sharpness_lower_bound = .nan
        description.shard_count = 1
        return description
    }

    /// What a table's `describe` says of `instance`.
    ///
    /// There is room behind the struct, so that a table of a later release, which writes fields that this host does not
    /// have, breaks nothing.
    public static func told(
        by describe:
            @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<eos_objective_description>?) -> eos_status,
        of instance: UnsafeMutableRawPointer?
    ) -> (status: eos_status, description: eos_objective_description) {
        withUnsafeTemporaryAllocation(of: eos_objective_description.self, capacity: 2) { room in
            room.initialize(repeating: .unknown)
            let status = describe(instance, room.baseAddress)
            return (status, room[0])
        }
    }

    /// Whether the same point gives the same bits.
    public var isDeterministic: Bool { flags & UInt32(EOS_OBJECTIVE_DETERMINISTIC) != 0 }

    public var isNonnegative: Bool { flags & UInt32(EOS_OBJECTIVE_NONNEGATIVE) != 0 }

    /// The same with what it leaves open filled in: a bound that claims nothing is NaN, and the accuracy is above 0.
    ///
    /// A description that a C program zeroed claims no bounds. A value that is never negative is bounded by 0.
    public func completed() -> eos_objective_description {
        var description = self
        if isNonnegative {
            if !(value_lower_bound > 0) { description.value_lower_bound = 0 }
        } else if value_lower_bound == 0 || value_lower_bound == -.infinity {
            description.value_lower_bound = .nan
        }
        if !(sharpness_lower_bound > 0) { description.sharpness_lower_bound = .nan }
        if value_accuracy == 0, let type = ElementType(rawValue: dtype) { description.value_accuracy = type.epsilon }
        return description
    }

    /// Throws where the description can't be true, naming the field and its value.
    ///
    /// - Parameter fault: the status that says whose mistake it is: the caller's, or a plugin's.
    public func check(_ fault: Int = EOS_E_INVALID) throws(EosError) {
        guard ElementType(rawValue: dtype) != nil else {
            throw EosError(fault, "the objective's dtype is \(dtype); it must be EOS_F32 (1) or EOS_F64 (2)")
        }
        guard dimension >= 1 else {
            throw EosError(EOS_E_INVALID, "the objective's dimension is \(dimension); it must be at least 1")
        }
        guard space == UInt32(EOS_SPACE_HOST) else {
            throw EosError(
                EOS_E_UNSUPPORTED, "the objective's space is \(space); it must be EOS_SPACE_HOST (0)")
        }
        for (name, bound) in [
            ("value_lower_bound", value_lower_bound), ("sharpness_lower_bound", sharpness_lower_bound),
        ] where bound == .infinity {
            throw EosError(
                fault, "the objective's \(name) is infinite; set NaN if no bound is known")
        }
        guard value_accuracy >= 0, value_accuracy < 1 else {
            throw EosError(fault, "the objective's value_accuracy is \(value_accuracy); it must be from 0 to 1")
        }
    }
}
