import EosCore
import EosFFI

extension RoleSyntax {
    static let fixed: [RoleSyntax] = [
        constant,
        RoleSyntax("array") { request throws(EosError) in
            FixedRole("array", .constant(.numbers(try request.required("{ array = [1, 2] }").numbers())))
        },
        RoleSyntax("parameter") { request throws(EosError) in
            FixedRole("parameter", .parameter(try request.parameter("{ parameter = \"size\" }")))
        },
        RoleSyntax("length") { request throws(EosError) in
            FixedRole("length", .length(try request.parameter("{ length = \"weights\" }")))
        },
    ]

    static let constant = RoleSyntax("constant") { request throws(EosError) in
        let node = try request.required("{ constant = 3 }")
        guard let value = node.scalar else {
            throw node.fault(
                "this is not a constant; give a number, true, false or a string, and arrays as { array = }")
        }
        return FixedRole("constant", .constant(value))
    }
}

extension RoleSyntax.Request {
    /// The parameter that the role names.
    fileprivate func parameter(_ example: String) throws(EosError) -> Parameter {
        try required(example).parameter(of: context.parameters)
    }
}

/// A value that is the same in every call of an object.
struct FixedRole: Role {
    enum Source {
        case constant(Value)
        /// What the spec gives for a key.
        case parameter(Parameter)
        /// How many numbers the spec gives for a key.
        case length(Parameter)
        /// The number of elements of the point.
        case dimension
    }

    let name: String
    private let source: Source

    init(_ name: String, _ source: Source) {
        self.name = name
        self.source = source
    }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        switch source {
        case .constant(let value): try Passing.check(value, type)
        case .parameter(let parameter):
            switch parameter.kind {
            case .bool: try Passing.check(.bool(true), type)
            // Whether the number fits is known when there is one.
            case .integer, .number:
                guard Carrier(type) != nil else { throw RoleFault.number("the parameter \(parameter.key)", type) }
            case .string: try Passing.check(.string(""), type)
            case .numbers: try Passing.check(.numbers([]), type)
            case .strings: throw RoleFault.unfit("an array of strings can't be passed; use several parameters")
            }
        case .length(let parameter):
            guard parameter.kind == .numbers else {
                throw RoleFault.unfit(
                    "the parameter \(parameter.key) has no length, because it is \(parameter.kind.text)")
            }
            guard let carrier = Carrier(type), !carrier.scalar.isFloatingPoint else {
                throw RoleFault.unfit("a length is an integer; it can't be passed as \(type)")
            }
        case .dimension:
            guard let carrier = Carrier(type) else { throw RoleFault.number("the dimension", type) }
            guard NumberSort.integer.accepts(carrier.scalar) else {
                throw RoleFault.unfit("the dimension is an integer; it can't be passed as \(type)")
            }
        }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        switch source {
        case .constant(let value): try Passing.bind(value, type, at: address, builder)
        case .parameter(let parameter):
            guard let value = builder.environment.values[parameter.key] else {
                throw RoleFault.unfit(
                    "\(parameter.key) has no value and no default; set it: \(parameter.text)")
            }
            do throws(EosError) {
                try Passing.bind(value, type, at: address, builder)
            } catch {
                throw error.within(parameter.key)
            }
        case .length(let parameter):
            var count = 0
            if case .numbers(let numbers) = builder.environment.values[parameter.key] { count = numbers.count }
            try Passing.bind(.integer(Int64(count)), type, at: address, builder)
        case .dimension:
            guard let carrier = Carrier(type) else { throw RoleFault.number("the dimension", type) }
            let dimension = Int64(builder.environment.dimension ?? 0)
            guard carrier.scalar.store(dimension, at: try builder.cell(carrier, at: address).address) else {
                throw RoleFault.range("the dimension \(dimension)", carrier.scalar)
            }
        }
    }

    func explain(_ type: CType) -> String {
        let passing = Carrier(type)?.text ?? "by reference"
        return switch source {
        case .constant(.numbers(let numbers)):
            "\(numbers.count) numbers, \(type.elements == nil ? "by reference" : "in the struct")"
        case .constant(let value): "\(value), \(passing)"
        case .parameter(let parameter): "the parameter \(parameter.key), \(passing)"
        case .length(let parameter): "the length of \(parameter.key), \(passing)"
        case .dimension: "the number of parameters, \(passing)"
        }
    }
}
