import EosCore
import EosJSON
import Foundation

/// Numbers of a computation, as `OUT/results/KEY.json` keeps them.
package struct ComputedResult {
    /// Everything that they depend on, as far as that is known.
    let stamp: String
    package let numbers: Numbers
    let seconds: Double

    package static func path(_ key: String, in directory: OutputDirectory) -> String {
        "\(directory.results)/\(key).json"
    }

    init(stamp: String, numbers: Numbers, seconds: Double) {
        self.stamp = stamp
        self.numbers = numbers
        self.seconds = seconds
    }

    /// nil: there are none, or they belong to something else.
    package init?(_ key: String, in directory: OutputDirectory, stamp: String) {
        guard let bytes = RegularFile.contents(Self.path(key, in: directory)),
            let json = try? JSONText(reading: Data(bytes)), json["stamp"]?.string == stamp,
            let seconds = json["seconds"]?.number, let members = json["numbers"]?.members
        else { return nil }
        var numbers: Numbers = [:]
        for (name, list) in members {
            guard let list = list.array else { return nil }
            var values: [Double] = []
            for element in list {
                guard let value = Self.number(element) else { return nil }
                values.append(value)
            }
            numbers[name] = values
        }
        self.init(stamp: stamp, numbers: numbers, seconds: seconds)
    }

    func write(_ key: String, in directory: OutputDirectory) throws(EosError) {
        let members = numbers.sorted { $0.key < $1.key }
        let json = JSONText.object([
            ("stamp", .string(stamp)), ("seconds", .number(seconds)),
            ("numbers", .object(members.map { ($0.key, .array($0.value.map(Self.text))) })),
        ])
        try OutputDirectory.write(json.text + "\n", to: Self.path(key, in: directory))
    }

    /// JSON has no infinities.
    private static func text(_ value: Double) -> JSONText {
        value.isNaN ? .null : value.isFinite ? .number(value) : .string(value > 0 ? "inf" : "-inf")
    }

    private static func number(_ json: JSONText) -> Double? {
        if case .null = json { return .nan }
        if let text = json.string { return text == "inf" ? .infinity : text == "-inf" ? -.infinity : nil }
        return json.number
    }
}
