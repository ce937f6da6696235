/// What a C prototype says of a function.
public struct Signature: Sendable, Hashable {
    public struct Parameter: Sendable, Hashable {
        /// nil where the prototype names the type alone.
        public let name: String?
        public let type: CType

        public init(_ name: String?, _ type: CType) {
            self.name = name
            self.type = type
        }
    }

    /// The symbol; empty for a callback without a name.
    public let name: String
    public let returns: CType
    public let parameters: [Parameter]

    public init(name: String, returns: CType, parameters: [Parameter]) {
        self.name = name
        self.returns = returns
        self.parameters = parameters
    }
}

extension Signature: CustomStringConvertible {
    public var description: String {
        let list = parameters.map { one in one.name.map { "\(one.type) \($0)" } ?? "\(one.type)" }
        return "\(returns) \(name)(\(list.isEmpty ? "void" : list.joined(separator: ", ")))"
    }
}

/// The fields of a struct, in order.
public struct StructLayout: Sendable, Hashable {
    public let name: String
    public let fields: [Signature.Parameter]

    public init(name: String, fields: [Signature.Parameter]) {
        self.name = name
        self.fields = fields
    }
}
