import CEos
import EosCore
import EosData

/// An objective or a policy that can be made: the Swift face of an `eos_descriptor`.
public struct Offer: Sendable {
    public enum Kind: Int32, Sendable {
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
    /// Where it comes from; nil for what eos brings along.
    public let plugin: Plugin?

    private let address: UInt

    /// The last part of the id: the name in specs.
    public var name: String { Identifier.short(id) }

    /// All keys that it takes.
    public var schema: Schema { usesData ? ownSchema + DataSchema.schema : ownSchema }

    /// As C sees it, never freed.
    public var descriptor: UnsafePointer<eos_descriptor> { UnsafePointer(bitPattern: address)! }

    /// Where it comes from, for messages.
    public var origin: String { plugin?.path ?? "eos itself" }

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

    init(builtIn policy: PolicyKind) {
        kind = .policy
        id = "eos.\(policy.id)"
        title = policy.title
        source = policy.source
        ownSchema = policy.schema
        usesData = false
        plugin = nil
        address = UInt(
            bitPattern: eos_descriptor.immortal(id: id, title: title, source: source, schema: policy.schema))
    }

    init(_ kind: Kind, _ pointer: UnsafePointer<eos_descriptor>?, index: Int64, plugin: Plugin) throws(EosError) {
        let place = "\(kind.name) \(index)"
        let descriptor = try eos_descriptor(at: pointer, "the descriptor of \(place)")
        self.kind = kind
        id = try required(descriptor.id, "the id of \(place)")
        try Identifier.check(id, "the id of \(place)")
        title = descriptor.title.map { String(cString: $0) } ?? ""
        source = descriptor.source.map { String(cString: $0) }
        usesData = descriptor.flags & UInt32(EOS_USES_DATA) != 0
        self.plugin = plugin
        address = UInt(bitPattern: pointer)
        do throws(EosError) {
            ownSchema = try Schema(rows: descriptor.parameters, count: descriptor.parameter_count)
            if usesData, let taken = ownSchema.parameters.first(where: { $0.key.hasPrefix("data.") }) {
                throw EosError(EOS_E_PLUGIN, "\(taken.key): with EOS_USES_DATA the keys data.* are the host's")
            }
        } catch {
            throw error.within(id)
        }
    }
}
