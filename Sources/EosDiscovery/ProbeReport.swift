import EosCore
import EosPluginHost

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
