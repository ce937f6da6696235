import CEos
import CEosGuard
import EosCore
import EosPluginHost

/// An objective of a manifest: calls that were prepared when it was made.
final class ForeignObjective: Objective {
    let description: eos_objective_description
    var id: String?
    let space: HostSpace
    var failures: FailureNote? { host.failures }
    private let manifest: ObjectiveManifest
    private let values: Configuration
    private let value: CallPlan
    /// nil where the function of the value gives it, or differences do.
    private let gradient: CallPlan?
    private let start: CallPlan?
    private let product: CallPlan?
    private let differences: Differences?
    private let memory = CallMemory()
    private let lock: Lock?
    private let host: Host
    private let calls: CallGuard
    private var hasEvaluated = false

    /// - Parameters:
    ///   - values: for all keys of the objective's schema.
    ///   - calls: stands around every call.
    init(
        _ library: ForeignLibrary, _ manifest: ObjectiveManifest, _ values: Configuration, host: Host,
        _ calls: CallGuard
    ) throws(EosError) {
        let element: ElementType = try values.string("dtype") == "f32" ? .f32 : .f64
        let lock = manifest.isReentrant ? nil : library.lock
        var environment = PlanEnvironment(values: values, element: element, handles: library.handles)
        environment.observers = .object(host)
        let dimension = try Self.dimension(library, manifest, environment, lock)
        if let listed = manifest.start.count(values), listed != dimension {
            throw EosError(
                EOS_E_CONFIG,
                "the starting point has \(listed) coordinates, but the dimension is \(dimension); make them equal")
        }
        environment.dimension = dimension
        // Differences form their points in the element type of C, where the function takes them.
        if case .differences = manifest.gradient {
            environment.element = manifest.native
            let value = try library.plan(manifest.value, environment)
            self.value = value
            differences = try Differences(
                manifest.native, own: element, count: dimension, isSingle: manifest.value.isSingle, memory)
            environment.element = element
        } else {
            environment.gradientMayBeNull = manifest.gradientMayBeNull
            value = try library.plan(manifest.value, environment)
            environment.gradientMayBeNull = false
            differences = nil
        }
        if case .function(let function) = manifest.gradient {
            gradient = try library.plan(function, environment)
        } else {
            gradient = nil
        }
        if case .function(let function) = manifest.start {
            start = try library.plan(function, environment)
        } else {
            start = nil
        }
        product = try manifest.product.map { function throws(EosError) in try library.plan(function, environment) }
        description = try manifest.description(element, dimension)
        space = HostSpace(element, count: dimension, threads: host.pool)
        self.manifest = manifest
        self.values = values
        self.lock = lock
        self.host = host
        self.calls = calls
    }

    private static func dimension(
        _ library: ForeignLibrary, _ manifest: ObjectiveManifest, _ environment: PlanEnvironment,
        _ lock: Lock?
    ) throws(EosError) -> Int {
        let dimension: Int64
        let origin: String
        switch manifest.dimension {
        case .number(let number): return number
        case .parameter(let name):
            origin = name
            if case .numbers(let numbers) = environment.values[name] {
                dimension = Int64(numbers.count)
            } else {
                dimension = try environment.values.integer(name)
            }
        case .function(let function):
            origin = "\(function.node.place): \(function.signature.name)"
            let plan = try library.plan(function, environment)
            var frame = Frame()
            run(plan, &frame, lock)
            if let status = frame.failure {
                throw EosError(EOS_E_FAILED, "\(origin) failed with the status \(status)")
            }
            dimension = frame.dimension
        }
        guard (1...ObjectiveManifest.mostElements).contains(dimension) else {
            throw EosError(
                EOS_E_CONFIG, "\(origin) returned the dimension \(dimension); it must be from 1 to 2^40")
        }
        return Int(dimension)
    }

    @inline(__always)
    private static func run(_ plan: CallPlan, _ frame: inout Frame, _ lock: Lock?) {
        if let lock { lock.withLock { plan.run(&frame) } } else { plan.run(&frame) }
    }
}

extension ForeignObjective {
    var hasCurvature: Bool { product != nil }

    func initialPoint(seed: UInt64, into x: UnsafeMutableRawPointer) throws(EosError) {
        guard let start else {
            for i in 0..<space.count { space.type.store(manifest.start.coordinate(i, seed: seed, values), x, i) }
            return
        }
        var frame = Frame()
        frame.start = x
        frame.seed = seed
        calls.calling(CALL_INITIAL_POINT) { Self.run(start, &frame, lock) }
        if let status = frame.failure {
            throw EosError(EOS_E_FAILED, "the function of the starting point failed with the status \(status)")
        }
    }

    func evaluate(
        at x: UnsafeRawPointer, want: UInt32, gradient: UnsafeMutableRawPointer?, evaluation: Int64,
        value: inout Double
    ) -> eos_status {
        let wanted = want & UInt32(EOS_WANT_GRADIENT) != 0 ? gradient : nil
        let wantsValue = want & UInt32(EOS_WANT_VALUE) != 0
        value = .nan
        let isFinite: Bool
        if hasEvaluated {
            isFinite = calls.evaluating(CALL_EVALUATE) { evaluate(x, wantsValue, wanted, &value) }
        } else {
            // Libraries that set themselves up when they are first used do it now.
            hasEvaluated = true
            isFinite = calls.calling(CALL_EVALUATE) { evaluate(x, wantsValue, wanted, &value) }
        }
        return eos_status(isFinite ? EOS_OK : EOS_RECOVERABLE)
    }

    /// - Returns: whether value and gradient are there.
    private func evaluate(
        _ x: UnsafeRawPointer, _ wantsValue: Bool, _ wanted: UnsafeMutableRawPointer?, _ value: inout Double
    ) -> Bool {
        if let differences { return evaluate(x, wantsValue, wanted, &value, differences) }
        var frame = Frame()
        frame.point = x
        if gradient == nil { frame.gradient = wanted }
        // Where the gradient has a function of its own, the value costs a call, and is not always wanted.
        if gradient == nil || wantsValue {
            Self.run(self.value, &frame, lock)
            value = frame.value * manifest.scale
            guard frame.failure == nil, value.isFinite else { return false }
        }
        guard let wanted else { return true }
        if let gradient {
            frame.gradient = wanted
            Self.run(gradient, &frame, lock)
            if frame.failure != nil { return false }
        }
        rescale(wanted)
        return true
    }

    private func evaluate(
        _ x: UnsafeRawPointer, _ wantsValue: Bool, _ wanted: UnsafeMutableRawPointer?, _ result: inout Double,
        _ differences: Differences
    ) -> Bool {
        func value(_ point: UnsafeRawPointer) -> Double {
            var frame = Frame()
            frame.point = point
            Self.run(self.value, &frame, lock)
            return frame.failure == nil ? frame.value * manifest.scale : .nan
        }
        differences.move(to: x)
        if wantsValue {
            result = value(differences.point)
            guard result.isFinite else { return false }
        }
        guard let wanted else { return true }
        return differences.gradient(into: wanted, value)
    }

    func curvature(
        at x: UnsafeRawPointer, evaluation: Int64, part: Int?, times v: UnsafeRawPointer,
        into out: UnsafeMutableRawPointer
    ) -> eos_status {
        guard let product, part == nil else { return eos_status(EOS_E_UNSUPPORTED) }
        var frame = Frame()
        frame.point = x
        frame.direction = v
        frame.product = out
        calls.evaluating(CALL_CURVATURE) { Self.run(product, &frame, lock) }
        if frame.failure != nil { return eos_status(EOS_RECOVERABLE) }
        rescale(out)
        return eos_status(EOS_OK)
    }

    private func rescale(_ vector: UnsafeMutableRawPointer) {
        if manifest.scale != 1 { space.scale(vector, by: manifest.scale, into: vector) }
    }
}

extension ObjectiveManifest {
    fileprivate func description(
        _ element: ElementType, _ dimension: Int
    ) throws(EosError) -> eos_objective_description {
        var description = eos_objective_description.unknown
        description.dtype = element.rawValue
        description.dimension = Int64(dimension)
        // One object has one set of arguments: only its library may be reentrant.
        description.flags =
            (isDeterministic ? UInt32(EOS_OBJECTIVE_DETERMINISTIC) : 0)
            | (isNonnegative ? UInt32(EOS_OBJECTIVE_NONNEGATIVE) : 0)
        description.value_lower_bound = valueLowerBound
        description.sharpness_lower_bound = sharpnessLowerBound
        description.value_accuracy = valueAccuracy
        try description.check(EOS_E_PLUGIN)
        return description.completed()
    }
}
