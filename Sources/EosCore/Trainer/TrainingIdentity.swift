import CEos

/// What a saved state belongs to: the policy with its configuration, and the objective as it describes itself.
///
/// A state continues only a training of the same identity. The texts are those of the state's metadata.
public struct TrainingIdentity: Sendable, Equatable {
    /// The policy's id.
    public let policy: String
    /// The values of all keys of the policy, as a spec writes them.
    public let values: [String: String]
    /// Keys of the policy that may be set while a run is going.
    public let liveKeys: Set<String>
    /// What the policy needs (`EOS_NEEDS_*`) and how many pairs its history keeps.
    let policyTraits: [String: String]
    /// The objective's id, "org.example.bowl"; nil for one that a program made of a table of its own, and for ask and
    /// tell.
    public let objective: String?
    /// The fields of the objective's description, by name.
    public let description: [String: String]

    /// CRC-64 of the policy's id and of the values of all its keys, as 16 hexadecimal digits.
    public var policyHash: String { Self.hash(policy, values) }

    /// One thing in which two trainings differ.
    public struct Difference: Sendable, Equatable {
        /// "policy", "policy.shrink", "objective", "the objective's flags".
        public let what: String
        /// In the saved state, and in the trainer that is to go on with it.
        public let saved: String
        public let present: String
        /// A key of the policy that may be set while a run is going.
        public let isLive: Bool

        public var text: String { "\(what) is \(saved) in the saved state and \(present) here" }
    }

    /// What of this identity, a saved state's, is different in a trainer's. Where the policies differ, their keys are not
    /// compared.
    public func differences(to present: TrainingIdentity) -> [Difference] {
        var differences: [Difference] = []
        func compare(_ what: String, _ saved: String?, _ here: String?, isLive: Bool = false) {
            guard saved != here else { return }
            differences.append(
                Difference(what: what, saved: saved ?? "not set", present: here ?? "not set", isLive: isLive))
        }
        compare("policy", policy, present.policy)
        if policy == present.policy {
            for key in Set(values.keys).union(present.values.keys).sorted() {
                compare("policy.\(key)", values[key], present.values[key], isLive: present.liveKeys.contains(key))
            }
            for trait in policyTraits.keys.sorted() {
                compare("the policy's \(trait)", policyTraits[trait], present.policyTraits[trait])
            }
        }
        if objective != nil, present.objective != nil { compare("objective", objective, present.objective) }
        for field in Self.fields { compare("the objective's \(field)", description[field], present.description[field]) }
        return differences
    }

    private static func hash(_ policy: String, _ values: [String: String]) -> String {
        var crc = CRC64()
        let lines = [policy] + values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        var text = lines.joined(separator: "\n")
        text.withUTF8 { crc.update(UnsafeRawBufferPointer($0)) }
        let digits = String(crc.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension TrainingIdentity {
    /// Those of the description that a state names, in the order in which they are compared.
    private static let fields = [
        "dtype", "dimension", "space", "flags", "shard_count", "value_lower_bound", "sharpness_lower_bound",
        "value_accuracy",
    ]

    init(policy: any Policy, description: eos_objective_description, objective: String?) {
        let identity = policy.identity
        self.policy = identity.id
        values = identity.values
        liveKeys = identity.liveKeys
        policyTraits = ["needs": "\(policy.needs.rawValue)", "history": "\(policy.historyPairs)"]
        self.objective = objective
        self.description = [
            "dtype": ElementType(rawValue: description.dtype)?.name ?? "\(description.dtype)",
            "dimension": "\(description.dimension)", "space": "\(description.space)", "flags": "\(description.flags)",
            "shard_count": "\(max(1, description.shard_count))",
            "value_lower_bound": "\(description.value_lower_bound)",
            "sharpness_lower_bound": "\(description.sharpness_lower_bound)",
            "value_accuracy": "\(description.value_accuracy)",
        ]
    }

    private static let policyKey = "eos.policy."
    private static let valueKey = "eos.policy.key."
    private static let objectiveKey = "eos.objective."

    /// The texts of a state.
    var metadata: [String: String] {
        var texts = [Self.policyKey + "id": policy, Self.policyKey + "hash": policyHash]
        for (key, value) in values { texts[Self.valueKey + key] = value }
        for (trait, value) in policyTraits { texts[Self.policyKey + trait] = value }
        if let objective { texts[Self.objectiveKey + "id"] = objective }
        for (field, value) in description { texts[Self.objectiveKey + field] = value }
        return texts
    }

    /// As a state names it.
    fileprivate init(_ state: SavedState) throws(EosError) {
        policy = try state.text(Self.policyKey + "id")
        var values: [String: String] = [:]
        for (key, value) in state.metadata where key.hasPrefix(Self.valueKey) {
            values[String(key.dropFirst(Self.valueKey.count))] = value
        }
        self.values = values
        liveKeys = []
        var traits: [String: String] = [:]
        for trait in ["needs", "history"] { traits[trait] = try state.text(Self.policyKey + trait) }
        policyTraits = traits
        objective = state.metadata[Self.objectiveKey + "id"]
        var description: [String: String] = [:]
        for field in Self.fields { description[field] = try state.text(Self.objectiveKey + field) }
        self.description = description
        guard try state.text(Self.policyKey + "hash") == Self.hash(policy, values) else {
            throw EosError(EOS_E_FORMAT, "the saved state is inconsistent about the keys of its policy \(policy)")
        }
    }
}

extension SavedState {
    /// What the state belongs to.
    ///
    /// - Throws: `EOS_E_FORMAT` where it is not a trainer's.
    public var identity: TrainingIdentity {
        get throws(EosError) { try TrainingIdentity(self) }
    }
}

/// How far a state that is loaded is held against the trainer.
public enum LoadCheck: String, Sendable, CaseIterable {
    /// Policy, all its keys and the objective's description must be the same; where the trainer drives the objective,
    /// its value and gradient at the saved iterate, too.
    case all
    /// As `all`, but keys of the policy that may be set while a run is going may differ.
    case live
    /// Only the kind and the sizes of what is loaded must fit.
    case none
}

extension Trainer {
    /// What a state saved now belongs to.
    public var identity: TrainingIdentity {
        TrainingIdentity(policy: policy, description: description, objective: objectiveID)
    }

    /// Refuses a state of another training, and says in what it differs.
    func require(_ identity: TrainingIdentity, _ check: LoadCheck) throws(EosError) {
        let differences = identity.differences(to: self.identity).filter { check == .all || !$0.isLive }
        guard let first = differences.first else { return }
        let advice =
            differences.allSatisfy(\.isLive)
            ? "give the saved value, or load with load.check = \"live\""
            : "make the trainer with the values of the saved state"
        throw EosError(
            EOS_E_FORMAT, "\(([first] + differences.dropFirst()).map(\.text).joined(separator: "; ")): \(advice)")
    }
}
