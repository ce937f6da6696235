import EosCore
import EosFFI
import EosPluginHost
import EosTOML

/// What a manifest says of one objective.
public struct ObjectiveManifest: Sendable {
    /// Where the number of parameters comes from.
    enum Dimension: Sendable {
        case number(Int)
        case parameter(String)
        case function(ForeignFunction)
    }

    enum Gradient: Sendable {
        /// The function of the value gives it as well.
        case withValue
        case function(ForeignFunction)
        /// 2 n values each.
        case differences
    }

    public let id: String
    public let title: String
    public let source: String?
    public let schema: Schema
    let value: ForeignFunction
    let product: ForeignFunction?
    let gradient: Gradient
    let dimension: Dimension
    let start: StartingPoint
    let gradientMayBeNull: Bool
    let scale: Double
    let isNonnegative: Bool
    let isDeterministic: Bool
    let isReentrant: Bool
    let valueLowerBound: Double
    let sharpnessLowerBound: Double
    let valueAccuracy: Double
    /// In which C takes the point.
    public let native: ElementType

    private static let keys = [
        "id", "title", "source", "dimension", "start", "nonnegative", "value_lower_bound", "sharpness_lower_bound",
        "value_accuracy", "deterministic", "reentrant", "parameters", "value", "gradient", "product",
    ]

    init(_ table: TableNode, _ types: TypeTable, _ handles: Set<String>) throws(EosError) {
        _ = try table.node.table(Self.keys)
        id = try Manifest.identifier(table.required("id", "such as \"org.example.rosenbrock\""))
        title = try table["title"]?.string() ?? ""
        source = try table["source"]?.string()
        let parameters = try table["parameters"].map { node throws(EosError) in try ParameterTable.read(node) } ?? []
        let schema = Schema(parameters)

        func context(_ purpose: Purpose, _ dimension: Int?) -> RoleContext {
            RoleContext(purpose: purpose, types: types, parameters: schema, handles: handles, dimension: dimension)
        }
        let size = try table.required("dimension", "the number of parameters: a number, a parameter's name, or a call")
        dimension = try Self.dimension(size, schema, context(.dimension, nil))
        var known: Int?
        if case .number(let number) = dimension { known = number }

        let valueTable = try table.required("value", "a table [objective.value] with the function to call")
            .table(ForeignFunction.keys + ["gradient_may_be_null", "scale"])
        value = try ForeignFunction(valueTable, context(.value, known))
        try value.require("point", "give an argument the role \"point\"")
        try value.require("value", "write returns = \"value\", or give a pointer the role \"value\"")
        gradientMayBeNull = try valueTable["gradient_may_be_null"]?.bool() ?? false
        scale = try valueTable["scale"]?.number() ?? 1
        if let node = valueTable["scale"], scale == 0 || !scale.isFinite {
            throw node.fault(
                "the scale \(scale) is not allowed; give a finite number other than 0, such as -1 to maximise")
        }

        gradient = try Self.gradient(table, value, context(.gradient, known))
        if case .function(let function) = gradient {
            try function.require("point", "give an argument the role \"point\"")
            try function.require("gradient", "give an argument the role \"gradient\"")
        }
        product = try table["product"].map { node throws(EosError) in
            let function = try ForeignFunction(node.table(ForeignFunction.keys), context(.product, known))
            try function.require("direction", "give an argument the role \"direction\"")
            try function.require("product", "give an argument the role \"product\"")
            return function
        }
        start = try StartingPoint(
            table.required("start", "the starting point: numbers, one number, or { uniform = [-1, 1] }"),
            context(.start, known))

        isDeterministic = try table["deterministic"]?.bool() ?? true
        isReentrant = try table["reentrant"]?.bool() ?? false
        let bound = try table["value_lower_bound"]?.number() ?? .nan
        valueLowerBound = bound
        // Only a description in C leaves its bound at 0 without meaning it.
        isNonnegative = try table["nonnegative"]?.bool() ?? (bound == 0)
        sharpnessLowerBound = try table["sharpness_lower_bound"]?.number() ?? .nan
        // A float that was computed has an error of its last place at least.
        let accuracy = try table["value_accuracy"]?.number() ?? (value.isSingle ? Double(Float.ulpOfOne) : 0)
        if let node = table["value_accuracy"], !(0..<1).contains(accuracy) {
            throw node.fault(
                "the accuracy \(accuracy) is not allowed; give a relative error from 0 to below 1, such as 1e-6")
        }
        valueAccuracy = accuracy
        native = value.element ?? .f64
        self.schema = Schema(
            parameters + [
                Parameter(
                    "dtype", .string, default: native.name, choices: ["f32", "f64"],
                    "element type of the parameters; the library uses \(native.name), which needs no conversion")
            ])
    }

    func offer(file: String) -> Offer {
        Offer(.objective, id: id, title: title, source: source, schema: schema, file: file)
    }

    /// In the order in which they are called.
    var functions: [ForeignFunction] {
        var functions: [ForeignFunction] = []
        if case .function(let function) = dimension { functions.append(function) }
        if case .function(let function) = start { functions.append(function) }
        functions.append(value)
        if case .function(let function) = gradient { functions.append(function) }
        if let product { functions.append(product) }
        return functions
    }

    private static func dimension(
        _ node: Node, _ schema: Schema, _ context: RoleContext
    ) throws(EosError) -> Dimension {
        switch node.kind {
        case .integer: return .number(Int(try node.integer(in: 1...mostElements)))
        case .string(let name):
            let parameter = try node.parameter(of: schema)
            guard parameter.kind == .integer || parameter.kind == .numbers else {
                throw node.fault(
                    "the parameter \(name) is \(parameter.kind.text), but a dimension is an integer; use an integer "
                        + "parameter"
                )
            }
            return .parameter(name)
        case .table:
            let function = try ForeignFunction(node.table(ForeignFunction.keys), context)
            try function.require("dimension", "write returns = \"dimension\", or give a pointer the role \"dimension\"")
            return .function(function)
        default:
            throw node.fault("the dimension is missing; give a number, the name of a parameter, or { function = ... }")
        }
    }

    private static func gradient(
        _ table: TableNode, _ value: ForeignFunction, _ context: RoleContext
    ) throws(EosError) -> Gradient {
        let isGiven = value.has("gradient")
        guard let node = table["gradient"] else {
            guard isGiven else {
                throw value.node.fault(
                    "no function gives the gradient; give an argument the role \"gradient\", add a table "
                        + "[objective.gradient], or write gradient = \"differences\" (2 n values for each gradient)")
            }
            return .withValue
        }
        guard !isGiven else {
            throw node.fault(
                "\(value.signature.name) already gives the gradient; remove this table, or pass null for the "
                    + "gradient there"
            )
        }
        if case .string(let word) = node.kind {
            guard word == "differences" else {
                throw node.fault(
                    "\"\(word)\" is not a source of gradients; write \"differences\", or a table with a function")
            }
            return .differences
        }
        return .function(try ForeignFunction(node.table(ForeignFunction.keys), context))
    }

    /// Far beyond any memory, and small enough that sizes in bytes can't overflow.
    static let mostElements: Int64 = 1 << 40
}
