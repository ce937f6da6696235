import CEos

/// One row of a schema: a key that an objective or a policy takes.
///
///     .number("c", default: 1e-4, in: 0...1, "sufficient decrease")
///
/// The host checks types and limits, fills in defaults and refuses unknown keys before anything is created.
public struct SchemaKey: Sendable {
    let key: String
    let type: Int
    var defaultText: String?
    var minimum = 0.0
    var maximum = 0.0
    var unit: String?
    var choices: [String] = []
    let text: String
    var flags: UInt32 = 0

    private init(_ key: String, _ type: Int, _ defaultText: String?, required: Bool, live: Bool, _ text: String) {
        self.key = key
        self.type = type
        self.defaultText = defaultText
        self.text = text
        if required { flags |= UInt32(EOS_PARAMETER_REQUIRED) }
        if live { flags |= UInt32(EOS_PARAMETER_LIVE) }
    }

    private func limited(to range: ClosedRange<Double>?, unit: String?) -> SchemaKey {
        var copy = self
        copy.minimum = range?.lowerBound ?? 0
        copy.maximum = range?.upperBound ?? 0
        copy.unit = unit
        return copy
    }

    /// A number.
    ///
    /// - Parameters:
    ///   - range: inclusive, of more than one number; `0...(.infinity)` for a limit on one side.
    ///   - auto: whether the word "auto" is taken too, which reads as nil through `ConfigReader.number(ifSet:)`; it is
    ///     the default where no other is given.
    ///   - unit: "s", "bytes"; nil for a pure number.
    public static func number(
        _ key: String, default value: Double? = nil, in range: ClosedRange<Double>? = nil, unit: String? = nil,
        auto: Bool = false, required: Bool = false, live: Bool = false, _ text: String
    ) -> SchemaKey {
        let word = value.map { "\($0)" } ?? (auto && !required ? "auto" : nil)
        var parameter = SchemaKey(key, EOS_TYPE_F64, word, required: required, live: live, text)
        if auto { parameter.flags |= UInt32(EOS_PARAMETER_AUTO) }
        return parameter.limited(to: range, unit: unit)
    }

    /// An integer; `range` is inclusive, `1...(.max)` for a limit on one side.
    public static func integer(
        _ key: String, default value: Int? = nil, in range: ClosedRange<Int>? = nil, unit: String? = nil,
        required: Bool = false, live: Bool = false, _ text: String
    ) -> SchemaKey {
        SchemaKey(key, EOS_TYPE_I64, value.map { "\($0)" }, required: required, live: live, text)
            .limited(to: range.map { Double($0.lowerBound)...Double($0.upperBound) }, unit: unit)
    }

    /// True or false.
    public static func bool(
        _ key: String, default value: Bool? = nil, required: Bool = false, live: Bool = false, _ text: String
    ) -> SchemaKey {
        SchemaKey(key, EOS_TYPE_BOOL, value.map { "\($0)" }, required: required, live: live, text)
    }

    /// A string: one of `choices`, or any where there are none.
    public static func string(
        _ key: String, default value: String? = nil, choices: [String] = [], required: Bool = false,
        live: Bool = false, _ text: String
    ) -> SchemaKey {
        var parameter = SchemaKey(key, EOS_TYPE_STRING, value, required: required, live: live, text)
        parameter.choices = choices
        return parameter
    }

    /// An array of numbers, each within `range`.
    public static func numbers(
        _ key: String, default value: [Double]? = nil, in range: ClosedRange<Double>? = nil, unit: String? = nil,
        required: Bool = false, live: Bool = false, _ text: String
    ) -> SchemaKey {
        SchemaKey(key, EOS_TYPE_F64_ARRAY, value.map { "\($0)" }, required: required, live: live, text)
            .limited(to: range, unit: unit)
    }

    /// An array of strings.
    public static func strings(
        _ key: String, default value: [String]? = nil, required: Bool = false, live: Bool = false, _ text: String
    ) -> SchemaKey {
        SchemaKey(key, EOS_TYPE_STRINGS, value.map { "\($0)" }, required: required, live: live, text)
    }
}
