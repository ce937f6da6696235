import CEos
import EosCore
import EosFFI
import EosPluginHost

/// An objective of a manifest: calls that were prepared when it was made. One thread at a time.
final class ForeignObjective {
    let library: ForeignLibrary
    let manifest: ObjectiveManifest
    let dimension: Int
    /// Of the trainer's vectors.
    let element: ElementType
    let failures: FailureNote?
    private let values: Configuration
    private let value: CallPlan
    /// nil where the function of the value gives it, or differences do.
    private let gradient: CallPlan?
    private let start: CallPlan?
    private let product: CallPlan?
    private let differences: Differences?
    /// Where the last `linearize` was: its x is lent for the call only.
    private let point: UnsafeMutableRawPointer
    private let memory = CallMemory()
    private let lock: Lock?

    init(
        _ library: ForeignLibrary, _ manifest: ObjectiveManifest, _ values: Configuration, _ failures: FailureNote?,
        _ observers: ObserverTarget
    ) throws(EosError) {
        let element: ElementType = try values.string("dtype") == "f32" ? .f32 : .f64
        let lock = manifest.isReentrant ? nil : library.lock
        var environment = PlanEnvironment(values: values, element: element, handles: library.handles)
        environment.observers = observers
        let dimension = try Self.dimension(library, manifest, environment, lock)
        if let listed = manifest.start.count(values), listed != dimension {
            throw EosError(
                EOS_E_CONFIG, "the starting point has \(listed) coordinates, and the dimension is \(dimension)")
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
        point = try memory.allocate(product == nil ? 0 : dimension * element.size)
        self.library = library
        self.manifest = manifest
        self.values = values
        self.failures = failures
        self.dimension = dimension
        self.element = element
        self.lock = lock
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
                EOS_E_CONFIG, "\(origin) gives the dimension \(dimension); it must be from 1 to 2^40")
        }
        return Int(dimension)
    }

    @inline(__always)
    private static func run(_ plan: CallPlan, _ frame: inout Frame, _ lock: Lock?) {
        if let lock { lock.withLock { plan.run(&frame) } } else { plan.run(&frame) }
    }
}

extension ForeignObjective {
    func describe(_ out: inout eos_objective_description) {
        out.dtype = element.rawValue
        out.dimension = Int64(dimension)
        // One object has one set of arguments: only its library may be reentrant.
        out.flags =
            (manifest.isDeterministic ? UInt32(EOS_OBJECTIVE_DETERMINISTIC) : 0)
            | (manifest.isNonnegative ? UInt32(EOS_OBJECTIVE_NONNEGATIVE) : 0)
        out.value_lower_bound = manifest.valueLowerBound
        out.sharpness_lower_bound = manifest.sharpnessLowerBound
        out.value_accuracy = manifest.valueAccuracy
    }

    func initialPoint(seed: UInt64, into x: UnsafeMutableRawPointer) -> eos_status {
        guard let start else {
            for i in 0..<dimension { element.store(manifest.start.coordinate(i, seed: seed, values), x, i) }
            return eos_status(EOS_OK)
        }
        var frame = Frame()
        frame.start = x
        frame.seed = seed
        Self.run(start, &frame, lock)
        guard let status = frame.failure else { return eos_status(EOS_OK) }
        failures?.message = "the function of the starting point failed with the status \(status)"
        return eos_status(EOS_E_FAILED)
    }

    func evaluate(_ evaluation: inout eos_evaluation) -> eos_status {
        guard let x = evaluation.x else { return eos_status(EOS_E_INVALID) }
        let wanted = evaluation.want & UInt32(EOS_WANT_GRADIENT) != 0 ? evaluation.gradient : nil
        if let differences { return evaluate(&evaluation, x, wanted, differences) }
        var frame = Frame()
        frame.point = x
        if gradient == nil { frame.gradient = wanted }
        // Where the gradient has a function of its own, the value costs a call, and is not always wanted.
        if gradient == nil || evaluation.want & UInt32(EOS_WANT_VALUE) != 0 {
            Self.run(value, &frame, lock)
            evaluation.value = frame.value * manifest.scale
            guard frame.failure == nil, evaluation.value.isFinite else { return eos_status(EOS_RECOVERABLE) }
        }
        guard let wanted else { return eos_status(EOS_OK) }
        if let gradient {
            frame.gradient = wanted
            Self.run(gradient, &frame, lock)
            if frame.failure != nil { return eos_status(EOS_RECOVERABLE) }
        }
        rescale(wanted)
        return eos_status(EOS_OK)
    }

    private func evaluate(
        _ evaluation: inout eos_evaluation, _ x: UnsafeRawPointer, _ wanted: UnsafeMutableRawPointer?,
        _ differences: Differences
    ) -> eos_status {
        func value(_ point: UnsafeRawPointer) -> Double {
            var frame = Frame()
            frame.point = point
            Self.run(self.value, &frame, lock)
            return frame.failure == nil ? frame.value * manifest.scale : .nan
        }
        differences.move(to: x)
        if evaluation.want & UInt32(EOS_WANT_VALUE) != 0 {
            evaluation.value = value(differences.point)
            guard evaluation.value.isFinite else { return eos_status(EOS_RECOVERABLE) }
        }
        guard let wanted else { return eos_status(EOS_OK) }
        return eos_status(differences.gradient(into: wanted, value) ? EOS_OK : EOS_RECOVERABLE)
    }

    func linearize(at x: UnsafeRawPointer) -> eos_status {
        point.copyMemory(from: x, byteCount: dimension * element.size)
        return eos_status(EOS_OK)
    }

    func curvature(_ v: UnsafeRawPointer, into out: UnsafeMutableRawPointer) -> eos_status {
        guard let product else { return eos_status(EOS_E_UNSUPPORTED) }
        var frame = Frame()
        frame.point = UnsafeRawPointer(point)
        frame.direction = v
        frame.product = out
        Self.run(product, &frame, lock)
        if frame.failure != nil { return eos_status(EOS_RECOVERABLE) }
        rescale(out)
        return eos_status(EOS_OK)
    }

    private func rescale(_ vector: UnsafeMutableRawPointer) {
        guard manifest.scale != 1 else { return }
        HostSpace(element, count: dimension).scale(vector, by: manifest.scale, into: vector)
    }
}
