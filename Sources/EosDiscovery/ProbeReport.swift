import EosCore
import EosPluginHost
import Foundation

/// What the worker writes of a file: lines of JSON, of which the last is complete.
struct ProbeReport: Codable, Sendable {
    /// Of a manifest, written before it is loaded: the scanner wants it where that ends the worker, too.
    var library: String?
    var description: PluginDescription?
    var refusal: Refusal?
    /// For people: what a manifest is turned into.
    var explanation: String?
    /// BLAS libraries that came along, with what they say of themselves.
    var blas: [String] = []

    struct Refusal: Codable, Sendable {
        let status: Int32
        /// Without the path.
        let message: String
        /// Whether the file itself is to blame.
        let isFinal: Bool
    }

    var isComplete: Bool { description != nil || refusal != nil }
}

/// JSON as probes and their cache have it: limits of parameters may be infinite.
enum ProbeCoding {
    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        encoder.outputFormatting = [.withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(type, from: data)
    }
}
