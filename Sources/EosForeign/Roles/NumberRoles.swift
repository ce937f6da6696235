import CEos
import EosCore
import EosFFI

extension RoleSyntax {
    static let numbers: [RoleSyntax] = [
        RoleSyntax("dimension") { request throws(EosError) in
            try request.plain(DimensionRole(isOutput: request.context.purpose == .dimension))
        },
        RoleSyntax("wants_gradient") { request throws(EosError) in try request.plain(WantsGradientRole()) },
        RoleSyntax("seed") { request throws(EosError) in try request.plain(SeedRole()) },
        constant,
        RoleSyntax("parameter") { request throws(EosError) in
            ParameterRole(try request.parameter("{ parameter = \"size\" }"))
        },
        RoleSyntax("length") { request throws(EosError) in
            LengthRole(try request.parameter("{ length = \"weights\" }"))
        },
    ]

    static let constant = RoleSyntax("constant") { request throws(EosError) in
        let node = try request.required("{ constant = 3 }")
        switch node.kind {
        case .bool(let value): return ConstantRole(.bool(value))
        case .integer(let value): return ConstantRole(.integer(value))
        case .number(let value): return ConstantRole(.number(value))
        case .string(let value): return ConstantRole(.string(value))
        case .array, .table: throw node.fault("a constant is a number, true, false or a string; arrays are { array = }")
        }
    }
}

extension RoleSyntax.Request {
    /// The parameter that the role names.
    fileprivate func parameter(_ example: String) throws(EosError) -> Parameter {
        let node = try required(example)
        let name = try node.string()
        let known = context.parameters.parameters
        guard let found = known.first(where: { $0.key == name }) else {
            let near = nearest(to: name, in: known.map(\.key)).map { "; did you mean \($0)?" }
            throw node.fault(
                "there is no parameter \(name)\(near ?? "; declare it as [objective.parameters.\(name)]")")
        }
        return found
    }
}

/// The number of elements of the point: told to the function, or asked of it.
struct DimensionRole: Role {
    let isOutput: Bool
    var name: String { "dimension" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard let carrier = Carrier(type) else { throw RoleFault.number("the dimension", type) }
        guard !carrier.scalar.isFloatingPoint, carrier.scalar != .bool else {
            throw EosError(EOS_E_CONFIG, "the dimension is an integer; it can't be passed as \(type)")
        }
        if isOutput, carrier.isConstant { throw RoleFault.output("the dimension", type, "int *") }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        let (cell, scalar) = try builder.number(type, at: address)
        if isOutput {
            builder.addOutput(.dimension, at: cell, scalar)
        } else {
            let dimension = Int64(builder.environment.dimension ?? 0)
            guard scalar.store(dimension, at: cell) else {
                throw RoleFault.range("the dimension \(dimension)", scalar)
            }
        }
    }

    func explain(_ type: CType) -> String {
        "the number of parameters, \(isOutput ? "stored by the function" : Carrier(type)?.text ?? "")"
    }
}

/// Whether the gradient is wanted.
struct WantsGradientRole: Role {
    var name: String { "wants_gradient" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard let carrier = Carrier(type), !carrier.scalar.isFloatingPoint else {
            throw EosError(
                EOS_E_CONFIG, "wants_gradient is 0 or 1: it can't be passed as \(type); it needs bool, int or a pointer"
            )
        }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        let (cell, scalar) = try builder.number(type, at: address)
        builder.addFlag(at: cell, scalar)
    }

    func explain(_ type: CType) -> String { "whether the gradient is wanted, \(Carrier(type)?.text ?? "")" }
}

/// The seed of a starting point.
struct SeedRole: Role {
    var name: String { "seed" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard let carrier = Carrier(type), !carrier.scalar.isFloatingPoint, carrier.scalar != .bool else {
            throw EosError(EOS_E_CONFIG, "the seed is an integer; it can't be passed as \(type)")
        }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        let (cell, scalar) = try builder.number(type, at: address)
        builder.addSeed(at: cell, scalar)
    }

    func explain(_ type: CType) -> String { "the seed, its lowest bits, \(Carrier(type)?.text ?? "")" }
}

/// A number or a text that is always the same.
struct ConstantRole: Role {
    let value: Value
    init(_ value: Value) { self.value = value }
    var name: String { "constant" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        try Passing.check(value, type)
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        try Passing.bind(value, type, at: address, builder)
    }

    func explain(_ type: CType) -> String { "\(value), \(Carrier(type)?.text ?? "by reference")" }
}

/// What the spec gives for a key.
struct ParameterRole: Role {
    let parameter: Parameter
    init(_ parameter: Parameter) { self.parameter = parameter }
    var name: String { "parameter" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        switch parameter.kind {
        case .bool: try Passing.check(.bool(true), type)
        // Whether the number fits is known when there is one.
        case .integer, .number:
            guard Carrier(type) != nil else { throw RoleFault.number("the parameter \(parameter.key)", type) }
        case .string: try Passing.check(.string(""), type)
        case .numbers: try Passing.check(.numbers([]), type)
        case .strings: throw EosError(EOS_E_CONFIG, "an array of strings can't be passed; use several parameters")
        }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        guard let value = builder.environment.values[parameter.key] else {
            throw EosError(
                EOS_E_CONFIG, "\(parameter.key) has no value and no default; set it: \(parameter.text)")
        }
        do throws(EosError) {
            try Passing.bind(value, type, at: address, builder)
        } catch {
            throw error.within(parameter.key)
        }
    }

    func explain(_ type: CType) -> String {
        "the parameter \(parameter.key), \(Carrier(type)?.text ?? "by reference")"
    }
}

/// How many numbers the spec gives for a key.
struct LengthRole: Role {
    let parameter: Parameter
    init(_ parameter: Parameter) { self.parameter = parameter }
    var name: String { "length" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard parameter.kind == .numbers else {
            throw EosError(EOS_E_CONFIG, "the parameter \(parameter.key) has no length: it is \(parameter.kind.text)")
        }
        guard let carrier = Carrier(type), !carrier.scalar.isFloatingPoint else {
            throw EosError(EOS_E_CONFIG, "a length is an integer; it can't be passed as \(type)")
        }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        var count = 0
        if case .numbers(let numbers) = builder.environment.values[parameter.key] { count = numbers.count }
        try Passing.bind(.integer(Int64(count)), type, at: address, builder)
    }

    func explain(_ type: CType) -> String {
        "how many numbers \(parameter.key) holds, \(Carrier(type)?.text ?? "")"
    }
}
