import CEos
import EosCore
import EosFFI

/// What the arguments of a callback are, and what it returns.
struct CallbackShape: Sendable, Equatable {
    enum Meaning: String, Sendable, Equatable, CaseIterable {
        /// The step t that it is called with: a number or a pointer to one.
        case step
        /// f(x + t d), to be stored through a pointer or returned.
        case value
        /// <g(x + t d), d>, likewise.
        case slope
        /// 0: all is well.
        case status
        /// Whatever the library passes along.
        case userData = "user_data"
        case nothing
    }

    var arguments: [Meaning]
    var returns: Meaning

    var usesSlope: Bool { arguments.contains(.slope) || returns == .slope }
}

extension CallbackShape {
    /// Finds out what a callback for `result`, the value or the slope, looks like: its first number is the step; it
    /// returns the result, or stores it through its second pointer to a number where it returns none. What is left must
    /// be pointers, to be passed over.
    init(_ signature: Signature, giving result: Meaning) throws(EosError) {
        arguments = signature.parameters.map { _ in .userData }
        guard
            let step = signature.parameters.firstIndex(where: {
                $0.type.isFloatingPoint || $0.type.pointee?.isFloatingPoint == true
            })
        else { throw Self.unclear(signature, "no argument can be the step") }
        arguments[step] = .step
        returns = result
        if !signature.returns.isFloatingPoint {
            returns = signature.returns == .void ? .nothing : .status
            guard
                let out = signature.parameters.indices.first(where: {
                    $0 > step && signature.parameters[$0].type.pointee?.isFloatingPoint == true
                })
            else { throw Self.unclear(signature, "it neither returns nor stores a number") }
            arguments[out] = result
        }
        try check(signature)
    }

    /// - Throws: `EOS_E_CONFIG` where a role does not go with the type.
    func check(_ signature: Signature) throws(EosError) {
        guard arguments.count == signature.parameters.count, arguments.filter({ $0 == .step }).count == 1 else {
            throw Self.unclear(signature, "exactly one of its arguments must be the step")
        }
        guard usesSlope || arguments.contains(.value) || returns == .value else {
            throw Self.unclear(signature, "it gives neither the value nor the slope")
        }
        for (role, parameter) in zip(arguments, signature.parameters) {
            let type = parameter.type
            let goes =
                switch role {
                case .step: type.isFloatingPoint || type.pointee?.isFloatingPoint == true
                case .value, .slope: type.pointee?.isFloatingPoint == true
                case .status: type.pointee?.isInteger == true
                case .userData: type.pointee != nil || type.scalar != nil
                case .nothing: false
                }
            guard goes else {
                throw Self.unclear(
                    signature, "\(parameter.name ?? "an argument"), a \(type), can't be the \(role.rawValue)")
            }
        }
        let goes =
            switch returns {
            case .value, .slope: signature.returns.isFloatingPoint
            case .status: signature.returns.isInteger
            case .nothing: signature.returns == .void
            default: false
            }
        guard goes else { throw Self.unclear(signature, "a \(signature.returns) can't return the \(returns.rawValue)") }
    }

    private static func unclear(_ signature: Signature, _ why: String) -> EosError {
        EosError(
            EOS_E_CONFIG,
            "the callback \(signature): \(why); give roles to its arguments: "
                + "{ callback = { arguments = { t = \"step\" }, returns = \"value\" } }")
    }
}

/// A C function of the step that gives values of a ray, without user data: phi and its derivative as searches call them.
final class RayCallback {
    private let ray: SearchRay
    private let step: Int
    private let stepIsPointer: Bool
    private let stepType: ScalarType
    private let outputs: [(index: Int, role: CallbackShape.Meaning, type: ScalarType)]
    private let returns: CallbackShape.Meaning
    private let returnType: ScalarType?
    private var closure: Closure?

    init(_ shape: CallbackShape, _ signature: Signature, _ types: TypeTable, _ ray: SearchRay) throws(EosError) {
        try shape.check(signature)
        self.ray = ray
        step = shape.arguments.firstIndex(of: .step)!
        let type = signature.parameters[step].type
        stepIsPointer = type.pointee != nil
        stepType = (type.pointee ?? type).scalar!
        returns = shape.returns
        returnType = signature.returns.scalar
        outputs = shape.arguments.indices.compactMap { index in
            let role = shape.arguments[index]
            guard role == .value || role == .slope || role == .status else { return nil }
            return (index, role, signature.parameters[index].type.pointee!.scalar!)
        }
        let interface = try CallInterface(signature, types)
        closure = try Closure(interface, context: Unmanaged.passUnretained(self).toOpaque()) {
            @Sendable _, result, arguments, context in
            Unmanaged<RayCallback>.fromOpaque(context!)._withUnsafeGuaranteedRef { $0.take(arguments!, result) }
        }
    }

    /// What C calls.
    var function: UnsafeMutableRawPointer { closure!.function }

    private func take(
        _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ result: UnsafeMutableRawPointer?
    ) {
        var place: UnsafeRawPointer? = UnsafeRawPointer(arguments[step]!)
        if stepIsPointer { place = place!.load(as: UnsafeRawPointer?.self) }
        let point = ray.ask(place.map { stepType.loadDouble($0) } ?? .nan)
        for output in outputs {
            guard let target = arguments[output.index]!.load(as: UnsafeMutableRawPointer?.self) else { continue }
            output.type.store(Self.number(output.role, point), at: target)
        }
        switch returns {
        case .value, .slope: returnType?.store(Self.number(returns, point), at: result!)
        // Integers are returned at the width of a register.
        case .status: result!.storeBytes(of: 0, as: Int64.self)
        default: break
        }
    }

    @inline(__always)
    private static func number(_ role: CallbackShape.Meaning, _ point: SearchRay.Trial) -> Double {
        switch role {
        case .value: point.value
        case .slope: point.slope
        default: 0
        }
    }
}
