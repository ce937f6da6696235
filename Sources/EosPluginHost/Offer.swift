import CEos
import EosCore
import EosData

/// An objective or a policy that can be made: what is known of it without making, or even loading, anything.
public struct Offer: Sendable, Hashable, Codable {
    public enum Kind: Int32, Sendable, Codable {
        case objective = 1, policy

        /// The id of the factory.
        var factory: String { self == .objective ? EOS_OBJECTIVE_FACTORY : EOS_POLICY_FACTORY }
        public var name: String { self == .objective ? "objective" : "policy" }
    }

    public let kind: Kind
    /// "org.example.name".
    public let id: String
    public let title: String
    /// Paper or page.
    public let source: String?
    /// Its own keys; those of the data set not among them.
    public let ownSchema: Schema
    /// Whether it takes the keys `data.*` of the host.
    public let usesData: Bool
    /// The plugin or manifest that offers it; nil for what eos brings along.
    public let file: String?

    public init(
        _ kind: Kind, id: String, title: String, source: String? = nil, schema: Schema, usesData: Bool = false,
        file: String?
    ) {
        self.kind = kind
        self.id = id
        self.title = title
        self.source = source
        ownSchema = schema
        self.usesData = usesData
        self.file = file
    }

    /// The last part of the id: the name in specs.
    public var name: String { Identifier.short(id) }

    /// All keys that it takes.
    public var schema: Schema { usesData ? ownSchema + DataSchema.schema : ownSchema }

    /// Where it comes from, for messages.
    public var origin: String { file ?? "eos itself" }

    /// Checks `configuration` against the keys and fills in the defaults.
    public func resolve(_ configuration: Configuration) throws(EosError) -> Configuration {
        let resolved = try schema.resolve(configuration, for: "\(kind.name) \(name)")
        if usesData {
            do throws(EosError) {
                try DataSchema.check(resolved)
            } catch {
                throw error.within("\(kind.name) \(name)")
            }
        }
        return resolved
    }
}

extension Offer {
    init(builtIn policy: PolicyKind) {
        self.init(
            .policy, id: "eos.\(policy.id)", title: policy.title, source: policy.source, schema: policy.schema,
            file: nil)
    }

    /// Reads and checks a plugin's descriptor.
    init(_ kind: Kind, _ pointer: UnsafePointer<eos_descriptor>?, index: Int64, file: String) throws(EosError) {
        let place = "\(kind.name) \(index)"
        let descriptor = try eos_descriptor(at: pointer, "the descriptor of \(place)")
        let id = try required(descriptor.id, "the id of \(place)")
        try Identifier.check(id, "the id of \(place)")
        let usesData = descriptor.flags & UInt32(EOS_USES_DATA) != 0
        do throws(EosError) {
            let schema = try Schema(rows: descriptor.parameters, count: descriptor.parameter_count)
            if usesData, let taken = schema.parameters.first(where: { $0.key.hasPrefix("data.") }) {
                throw EosError(
                    EOS_E_PLUGIN, "\(taken.key) is a key of the host if EOS_USES_DATA is set; use another key")
            }
            self.init(
                kind, id: id, title: descriptor.title.map { readableText($0) } ?? "",
                source: descriptor.source.map { readableText($0) }, schema: schema, usesData: usesData, file: file)
        } catch {
            throw error.within(id)
        }
    }
}
