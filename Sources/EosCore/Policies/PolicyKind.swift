import CEos

/// A policy that can be made: what `eos policies` lists.
public struct PolicyKind: Sendable {
    /// The short name in specs.
    public let id: String
    public let title: String
    /// Authors, year and place of the method.
    public let source: String
    public let schema: Schema

    private let build: @Sendable (Configuration) throws(EosError) -> any Policy

    init(
        _ id: String, _ title: String, source: String, _ parameters: [Parameter],
        _ build: @escaping @Sendable (Configuration) throws(EosError) -> any Policy
    ) {
        self.id = id
        self.title = title
        self.source = source
        self.schema = Schema(parameters)
        self.build = build
    }

    /// Makes the policy from values for its keys; keys left out take their defaults.
    public func make(_ configuration: Configuration = Configuration()) throws(EosError) -> any Policy {
        let values = try schema.resolve(configuration, for: "policy \(id)")
        if values["min_step"] != nil, values["max_step"] != nil {
            let bounds = (try values.number("min_step"), try values.number("max_step"))
            // NaN: no limit.
            guard !(bounds.0 > bounds.1) else {
                throw EosError(
                    EOS_E_CONFIG, "policy \(id): min_step = \(bounds.0) is above max_step = \(bounds.1); swap them")
            }
        }
        var policy = try build(values)
        policy.identity = PolicyIdentity(id: "eos.\(id)", values, schema: schema)
        return policy
    }
}

/// The policies that eos brings along.
public enum BuiltInPolicies {
    public static let all: [PolicyKind] = [
        .constant, .schedule, .armijo, .lineSearch, .nonmonotone, .selfStabilised, .polyakNonmonotone, .ponos,
        .grippoLamparielloLucidi, .zhangHager, .polyak, .barzilaiBorwein1, .barzilaiBorwein2, .adaptive,
        .curvatureDynamic, .limitedMemory,
    ]

    public static func kind(_ id: String) -> PolicyKind? { all.first { $0.id == id } }
}

/// Keys that several policies take.
extension Parameter {
    static let minStep = Parameter(
        "min_step", .number, default: "1e-6", range: 1e-300...1e300, flags: .live,
        "smallest first trial, and the step that is taken if no trial is acceptable")
    static let maxStep = Parameter(
        "max_step", .number, default: "1e4", range: 1e-300...1e300, flags: .live, "largest first trial")
    static let firstStep = Parameter(
        "first_step", .number, default: "1", range: 1e-300...1e300, "first trial of the first search")

    static func decrease(_ value: String) -> Parameter {
        Parameter(
            "c", .number, default: value, range: 0...1, flags: .live,
            "share of the decrease promised by the slope that a trial must reach")
    }

    static func shrink(_ value: String) -> Parameter {
        Parameter(
            "shrink", .number, default: value, range: 1e-3...0.999, flags: .live,
            "factor (delta) between a trial and the next, shorter one")
    }

    static func averaging(_ value: String) -> Parameter {
        Parameter(
            "xi", .number, default: value, range: 0...1,
            "weight of the past in the mean of losses (Zhang and Hager); 0 is monotone, and 1 is the running mean")
    }
}
