import CEos
import EosCore
import EosFFI
import EosPluginHost
import Glibc

/// The steps that a policy's keys give.
struct SearchSteps: Sendable {
    var first = 1.0
    var minimum = 1e-6
    var maximum = 1e4
    var growth = 2.0

    /// Where a search begins.
    func next(_ last: Double) -> Double { last.isNaN ? first : min(max(growth * last, minimum), maximum) }
}

/// A function of a library as a search on a ray: its closures, its arguments and the call, made once.
final class SearchCall: PushedSearch {
    /// Where a number is written before every call.
    private struct Input {
        let place: UnsafeMutableRawPointer
        let type: CType
        let number: Number
    }

    private enum Number {
        case scalar(SearchRole.Scalar)
        case constant(Double)
    }

    private let declaration: SearchDeclaration
    private let steps: SearchSteps
    private let ray: SearchRay
    private let call: ForeignCall
    private let library: AnyObject
    private let memory = ArgumentMemory()
    private var inputs: [Input] = []
    private var step: (place: UnsafeMutableRawPointer, type: CType)?
    private var status: (place: UnsafeMutableRawPointer, type: CType)?
    private var callbacks: [RayCallback] = []
    private var observers: [Observer] = []

    /// - Parameters:
    ///   - symbol: the function; `library` keeps it callable.
    ///   - values: of the policy's keys.
    init(
        _ declaration: SearchDeclaration, _ symbol: UnsafeRawPointer, library: AnyObject, ray: SearchRay,
        steps: SearchSteps, values: Configuration, host: Host
    ) throws(EosError) {
        self.declaration = declaration
        self.steps = steps
        self.ray = ray
        self.library = library
        call = ForeignCall(symbol, try CallInterface(declaration.signature, declaration.types))
        for (index, parameter) in declaration.signature.parameters.enumerated() {
            try bind(declaration.roles[index], parameter, call.slot(index), values, host)
        }
    }

    deinit {
        for observer in observers { observer.end() }
    }

    func run(_ start: SearchStart) -> SearchResult {
        for input in inputs {
            switch input.number {
            case .scalar(let scalar): input.type.store(number(scalar, start), input.place)
            case .constant(let value): input.type.store(value, input.place)
            }
        }
        if let status { status.type.store(0, status.place) }
        call.invoke()
        var code = 0
        if let status { code = Int(status.type.loadInteger(status.place)) }
        if declaration.returns == .status {
            code = Int(declaration.signature.returns.loadInteger(call.resultPointer))
        }
        guard code == 0 else { return .failed(code) }
        if let step { return .step(step.type.load(step.place)) }
        return .step(declaration.signature.returns.load(call.resultPointer))
    }

    private func number(_ scalar: SearchRole.Scalar, _ start: SearchStart) -> Double {
        switch scalar {
        case .firstStep: steps.first
        case .lastStep: start.lastStep.isNaN ? steps.first : start.lastStep
        case .nextStep: steps.next(start.lastStep)
        case .minStep: steps.minimum
        case .maxStep: steps.maximum
        case .value: start.value
        case .slope: start.slope
        case .gradientNorm: start.gradientNorm
        case .iteration: Double(start.iteration)
        }
    }

    /// Prepares what is at `place`, an argument or a field of a struct.
    private func bind(
        _ role: SearchRole, _ parameter: Signature.Parameter, _ place: UnsafeMutableRawPointer, _ values: Configuration,
        _ host: Host
    ) throws(EosError) {
        let type = parameter.type
        switch role {
        case .scalar(let scalar): input(type, place, .scalar(scalar))
        case .constant(let value): input(type, place, .constant(value))
        case .parameter(let key):
            if case .bool(let flag) = values[key] {
                input(type, place, .constant(flag ? 1 : 0))
            } else {
                input(type, place, .constant(try values.number(key)))
            }
        case .step:
            step = (referenced(type, place), type.pointee!)
            inputs.append(Input(place: step!.place, type: step!.type, number: .scalar(.nextStep)))
        case .status: status = (referenced(type, place), type.pointee!)
        case .constants(let list): store(memory.array(list, type.pointee!), place)
        case .text(let text): store(memory.text(text), place)
        case .null: store(nil, place)
        case .callback(let shape):
            let callback = try RayCallback(shape, type.callback!, declaration.types, ray)
            callbacks.append(callback)
            store(callback.function, place)
        case .observer:
            let name = declaration.signature.name
            let observer = try Observer(name, type.callback!, declaration.types, host: host)
            observers.append(observer)
            store(observer.function, place)
        case .structure(let fields):
            guard case .structure(let name)? = type.pointee, let layout = declaration.types.layouts[name] else {
                return
            }
            let block = memory.bytes(layout.size)
            store(block, place)
            for (index, field) in layout.fields.enumerated() {
                guard let role = field.name.flatMap({ fields[$0] }) else { continue }
                try bind(role, field, block + layout.offsets[index], values, host)
            }
        }
    }

    private func input(_ type: CType, _ place: UnsafeMutableRawPointer, _ number: Number) {
        if let pointee = type.pointee {
            inputs.append(Input(place: referenced(type, place), type: pointee, number: number))
        } else {
            inputs.append(Input(place: place, type: type, number: number))
        }
    }

    /// A number of its own that `place` points to.
    private func referenced(_ type: CType, _ place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        let number = memory.bytes(16)
        store(number, place)
        return number
    }

    private func store(_ pointer: UnsafeMutableRawPointer?, _ place: UnsafeMutableRawPointer) {
        place.storeBytes(of: pointer, as: UnsafeMutableRawPointer?.self)
    }
}

/// What arguments by reference point to, for as long as the call may be made.
final class ArgumentMemory {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit { for block in blocks { block.deallocate() } }

    /// Zeroed, aligned for any type.
    func bytes(_ count: Int) -> UnsafeMutableRawPointer {
        let block = UnsafeMutableRawPointer.allocate(byteCount: max(1, count), alignment: 16)
        block.initializeMemory(as: UInt8.self, repeating: 0, count: max(1, count))
        blocks.append(block)
        return block
    }

    func array(_ numbers: [Double], _ type: CType) -> UnsafeMutableRawPointer {
        let stride = type.size ?? 8
        let block = bytes(numbers.count * stride)
        for (index, number) in numbers.enumerated() { type.store(number, block + index * stride) }
        return block
    }

    func text(_ text: String) -> UnsafeMutableRawPointer {
        let block = bytes(text.utf8.count + 1)
        for (index, byte) in text.utf8.enumerated() { block.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
        return block
    }
}
