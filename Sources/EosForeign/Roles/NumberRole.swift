import EosCore
import EosFFI

extension RoleSyntax {
    static let numbers: [RoleSyntax] =
        ([
            NumberRole(
                "wants_gradient", "wants_gradient", .flag, told: .wantsGradient, "whether the gradient is wanted"),
            NumberRole("seed", "the seed", .integer, told: .seed, "the lowest bits of the seed"),
            NumberRole(.status, "the status, stored by the function; any number but 0 is a failure"),
            NumberRole(.success, "the success, stored by the function; 0 is a failure"),
            NumberRole(
                .step, told: .search(.nextStep),
                "the step, stored by the function; before the call it has the first step"),
        ] + SearchNumber.allCases.filter { $0 != .value }.map { NumberRole($0) })
        .map { role in RoleSyntax(role.name) { request throws(EosError) in try request.plain(role) } } + [
            RoleSyntax("value") { request throws(EosError) in
                // What an evaluation gives, a search is told.
                let isTold = request.context.purpose == .search
                return try request.plain(
                    isTold ? NumberRole(.value) : NumberRole(.value, "the value, stored by the function"))
            },
            RoleSyntax("dimension") { request throws(EosError) in
                let isGiven = request.context.purpose == .dimension
                return try request.plain(
                    isGiven
                        ? NumberRole(.dimension, "the number of parameters, stored by the function")
                        : FixedRole("dimension", .dimension))
            },
        ]
}

/// A number that each call is told, or gives, or both: by value, or through a pointer.
struct NumberRole: Role {
    let name: String
    private let subject: String
    private let sort: NumberSort
    private let told: ToldNumber?
    private let given: GivenNumber?
    private let text: String

    init(_ name: String, _ subject: String, _ sort: NumberSort, told: ToldNumber, _ text: String) {
        (self.name, self.subject, self.sort, self.told, self.text) = (name, subject, sort, told, text)
        given = nil
    }

    init(_ number: SearchNumber) {
        self.init(
            number.rawValue, number.text, number == .iteration ? .any : .real, told: .search(number), number.text)
    }

    init(_ given: GivenNumber, told: ToldNumber? = nil, _ text: String) {
        (name, subject, sort) = (given.rawValue, "the \(given)", given.sort)
        (self.told, self.given, self.text) = (told, given, text)
    }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        let carrier = Carrier(type)
        if given != nil {
            guard let carrier, carrier.isReference, !carrier.isConstant, sort.accepts(carrier.scalar) else {
                throw RoleFault.output(subject, type, "\(sort.example) *")
            }
        }
        guard let carrier else { throw RoleFault.number(subject, type) }
        guard sort.accepts(carrier.scalar) else {
            throw RoleFault.unfit(
                "\(subject) is \(sort.rawValue); it can't be passed as \(type), so write \(sort.example) or a pointer")
        }
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        guard let carrier = Carrier(type) else { throw RoleFault.number(subject, type) }
        let cell = try builder.cell(carrier, at: address)
        // What a function that fails before it stores anything leaves behind.
        if given == .value { cell.scalar.store(Double.nan, at: cell.address) }
        if given == .success { cell.scalar.store(1 as Int64, at: cell.address) }
        if let told { builder.bind(.told(told, cell)) }
        if let given { builder.bind(.given(given, cell)) }
    }

    func explain(_ type: CType) -> String { given == nil ? "\(text), \(Carrier(type)?.text ?? "")" : text }
}
