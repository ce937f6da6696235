import EosCore
import EosTOML

/// Where training begins.
enum StartingPoint: Sendable {
    /// Every coordinate.
    case number(Double)
    case numbers([Double])
    case parameter(String)
    /// Each coordinate by itself, from the seed.
    case uniform(Double, Double)
    case normal(Double)
    case function(ForeignFunction)

    init(_ node: Node, _ context: RoleContext) throws(EosError) {
        switch node.kind {
        case .integer, .number: self = .number(try node.number())
        case .array:
            let numbers = try node.numbers()
            if let dimension = context.dimension, numbers.count != dimension {
                throw node.fault("\(numbers.count) numbers are given, but the dimension is \(dimension); give as many")
            }
            self = .numbers(numbers)
        case .string(let name):
            let parameter = try node.parameter(of: context.parameters)
            guard [.number, .integer, .numbers].contains(parameter.kind) else {
                throw node.fault(
                    "the parameter \(name) is \(parameter.kind.text), but a point has numbers; use a parameter with "
                        + "numbers"
                )
            }
            self = .parameter(name)
        case .table(let entries):
            try self.init(TableNode(node: node, entries: entries), context)
        case .bool: throw node.fault("this is not a starting point; give numbers, the name of a parameter, or a table")
        }
    }

    private init(_ table: TableNode, _ context: RoleContext) throws(EosError) {
        if let node = table["uniform"] {
            _ = try table.node.table(["uniform"])
            let limits = try node.numbers()
            guard limits.count == 2, limits[0] <= limits[1], (limits[1] - limits[0]).isFinite else {
                throw node.fault("uniform needs two finite numbers, the smaller one first; write uniform = [-1, 1]")
            }
            self = .uniform(limits[0], limits[1])
        } else if let node = table["normal"] {
            _ = try table.node.table(["normal"])
            let deviation = try node.number()
            guard deviation >= 0, deviation.isFinite else {
                throw node.fault("normal needs a finite standard deviation of at least 0; write normal = 0.1")
            }
            self = .normal(deviation)
        } else {
            let function = try ForeignFunction(
                table.node.table(ForeignFunction.keys + ["uniform", "normal"]), context)
            try function.require("point", "give an argument the role \"point\"")
            self = .function(function)
        }
    }

    /// Coordinate `index` for `seed`, where no function gives it.
    func coordinate(_ index: Int, seed: UInt64, _ values: Configuration) -> Double {
        switch self {
        case .number(let value): value
        case .numbers(let values): values[index]
        case .parameter(let name):
            switch values[name] {
            case .numbers(let numbers): numbers[index]
            case .number(let number): number
            case .integer(let number): Double(number)
            default: .nan
            }
        case .uniform(let low, let high): low + (high - low) * Random(seed: seed).uniform(UInt64(index))
        case .normal(let deviation): deviation * Random(seed: seed).normal(UInt64(index))
        case .function: .nan
        }
    }

    /// How many coordinates are listed; nil: as many as are wanted.
    func count(_ values: Configuration) -> Int? {
        switch self {
        case .numbers(let numbers): numbers.count
        case .parameter(let name):
            if case .numbers(let numbers) = values[name] { numbers.count } else { nil }
        default: nil
        }
    }
}
