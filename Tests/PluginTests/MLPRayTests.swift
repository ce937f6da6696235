import CEos
import EosCore
import Testing

/// Values along rays, against evaluations at the points.
@Suite struct MLPRayTests {
    static func tolerance(_ dtype: String) -> Double { dtype == "f32" ? 1e-6 : 1e-13 }

    /// Trials of several searches in a row, whose first layer is carried on from one to the next and computed anew once.
    @Test(arguments: Network.all, ["f32", "f64"])
    func valuesAreThoseOfThePoints(network: Network, dtype: String) throws {
        let subject = try network.subject(dtype: dtype)
        let fresh = try network.subject(dtype: dtype)
        let ray = try Ray(subject.objective)
        try ray.start(seed: 3)
        for search in 0..<40 {
            try ray.begin()
            let step = 0.02 / max(norm(ray.gradient), 0.1)
            for t in [0, step, 8 * step, -step] {
                let along = try ray.value(t)
                #expect(try ray.value(t).bitPattern == along.bitPattern)
                let expected = try fresh.value(ray.point(t))
                #expect(relativeError(along, expected) < Self.tolerance(dtype), "search \(search), step \(t)")
            }
            let value = try ray.value(step)
            let expected = try fresh.gradient(ray.point(step))
            #expect(try ray.commit(step).bitPattern == value.bitPattern)
            let error = relativeError(ray.gradient, expected.gradient)
            // relu's units on their kink may fall to either side.
            #expect(error < (dtype == "f32" ? 1e-4 : 1e-11), "search \(search)")
        }
    }

    /// The accepted trial's first layer is not computed again: a fresh product rounds otherwise.
    @Test func theFirstLayerOfTheAcceptedTrialIsNotComputedAgain() throws {
        let subject = try MLPEvaluationTests.network.subject(dtype: "f64")
        let fresh = try MLPEvaluationTests.network.subject(dtype: "f64")
        let ray = try Ray(subject.objective)
        try ray.start(seed: 1)
        var different = 0
        for _ in 0..<20 {
            try ray.begin()
            let value = try ray.value(0.1)
            #expect(try ray.commit(0.1) == value)
            if try fresh.value(ray.x) != value { different += 1 }
        }
        #expect(different > 5)
    }

    /// What is evaluated between a commit and its evaluation, by which point and which id.
    enum Stranger: CaseIterable { case otherPointAndId, otherId, otherPoint, otherUpperLayer }

    /// The committed product belongs to one point under one id: whatever else is evaluated gets the bits of an objective
    /// that never saw a ray, and so do the rays after it.
    @Test(arguments: ["f32", "f64"], Stranger.allCases)
    func theProductOfARayIsNoOtherPoints(dtype: String, stranger: Stranger) throws {
        let network = Network(activation: "tanh", loss: "mse", bias: true)
        let subject = try network.subject(dtype: dtype)
        let fresh = try network.subject(dtype: dtype)
        let ray = try Ray(subject.objective)
        try ray.start(seed: 3)
        try ray.begin()
        let step = 0.3
        _ = try ray.value(step)
        var point = ray.point(step)
        if stranger == .otherPointAndId || stranger == .otherPoint { point[0] += 0.01 }
        // Its first layer is that of the committed point: the product of the ray is right for it.
        if stranger == .otherUpperLayer { point[point.count - 1] += 0.01 }
        let isSameId = stranger == .otherPoint || stranger == .otherUpperLayer
        let found = try ray.commit(step, evaluating: point, under: isSameId ? 0 : 1)
        let expected = try fresh.gradient(point)
        if stranger == .otherUpperLayer {
            #expect(relativeError(found, expected.value) < Self.tolerance(dtype))
            return
        }
        #expect(found == expected.value)
        #expect(ray.gradient == expected.gradient)
        // The ray after it begins at that point, to the bits of an objective that begins there for the first time.
        let other = try Ray(fresh.objective)
        try other.start(at: point)
        for ray in [ray, other] { try ray.begin() }
        #expect(try ray.value(step) == other.value(step))
        #expect(try fresh.objective.save() == subject.objective.save())
    }

    /// An iterate that was moved after its evaluation is another point: its ray does not carry the product on.
    @Test(arguments: ["f32", "f64"]) func aRayFromAnotherPointBeginsAnew(dtype: String) throws {
        let network = Network(activation: "tanh", loss: "mse", bias: true)
        let fresh = try Ray(try network.subject(dtype: dtype).objective)
        let ray = try Ray(try network.subject(dtype: dtype).objective)
        try ray.start(seed: 3)
        try ray.begin()
        try ray.commit(0.3)
        var point = ray.x
        point[0] = dtype == "f32" ? Double(Float(point[0]).nextUp) : point[0].nextUp
        try ray.start(at: point)
        try fresh.start(at: point)
        for ray in [ray, fresh] { try ray.begin() }
        #expect(try ray.value(0.1) == fresh.value(0.1))
        #expect(try ray.objective.save() == fresh.objective.save())
    }

    /// A state that was saved after a step was accepted begins the ray and commits, without a trial.
    @Test(arguments: ["f32", "f64"]) func commitsWithoutTrialsHaveTheSameBits(dtype: String) throws {
        let network = Network(activation: "gelu", loss: "cross-entropy", bias: true)
        let rays = try (0..<2).map { _ in try Ray(try network.subject(dtype: dtype).objective) }
        for (k, ray) in rays.enumerated() {
            try ray.start(seed: 1)
            for step in [0.1, 0.3, 0.05] {
                try ray.begin()
                if k == 1 { for trial in [1, 2, step, 0.7] { _ = try ray.value(trial) } }
                try ray.commit(step)
            }
        }
        #expect(rays[0].x == rays[1].x)
        #expect(rays[0].gradient == rays[1].gradient)
    }

    @Test func oneThreadAndTwoGiveTheSameBits() throws {
        let network = Network(activation: "tanh", loss: "mse", bias: true)
        let ends = try [1, 2].map { threads in
            let subject = try network.subject(dtype: "f32", train: 2000, layers: "[16,64,40,10]", threads: threads)
            return try Search(objective: subject.objective, iterations: 40).run()
        }
        #expect(ends[0] == ends[1])
        #expect(ends[0].values.count == 41)
    }

    @Test func aValueWithoutRayIsRefused() throws {
        let subject = try MLPEvaluationTests.network.subject(dtype: "f64")
        var value = 0.0
        let ops = subject.objective.ops
        #expect(ops.ray_value(subject.objective.instance, 1, &value) == EOS_E_STATE)
        #expect(ops.ray_commit(subject.objective.instance, 1, 7) == EOS_E_STATE)
    }

    /// A step too far is no reason to stop, and leaves nothing behind.
    @Test func aStepBeyondAllFiniteValuesIsRecoverable() throws {
        let network = Network(activation: "relu", loss: "mse", bias: true)
        let rays = try (0..<2).map { _ in try Ray(try network.subject(dtype: "f32").objective) }
        for (k, ray) in rays.enumerated() {
            try ray.start(seed: 1)
            try ray.begin()
            if k == 1 {
                var value = 0.0
                #expect(ray.objective.ops.ray_value(ray.objective.instance, 1e30, &value) == EOS_RECOVERABLE)
                #expect(!value.isFinite)
            }
            try ray.commit(0.1)
        }
        #expect(rays[0].gradient == rays[1].gradient)
    }
}

/// Searches by hand, by the calls of the table.
final class Ray {
    let objective: any Objective
    private(set) var x: [Double] = []
    private(set) var gradient: [Double] = []
    private let base: Vector
    private let direction: Vector
    private let next: Vector
    private let out: Vector
    private var id: Int64 = 1 << 60

    init(_ objective: any Objective) throws {
        self.objective = objective
        let space = objective.space
        (base, direction) = (try space.makeVector(), try space.makeVector())
        (next, out) = (try space.makeVector(), try space.makeVector())
    }

    func start(seed: UInt64) throws {
        try objective.initialPoint(seed: seed, into: base.pointer)
        try start(at: base.elements)
    }

    func start(at point: [Double]) throws {
        base.set(point)
        _ = try objective.evaluate(at: base.pointer, gradient: out.pointer)
        (x, gradient) = (base.elements, out.elements)
    }

    /// From x along -g.
    func begin() throws {
        base.set(x)
        direction.set(gradient.map { -$0 })
        try require(objective.ops.ray_begin(objective.instance, base.pointer, direction.pointer))
    }

    /// x - t g as the host forms it.
    func point(_ t: Double) -> [Double] {
        objective.space.move(base.pointer, by: t, along: direction.pointer, into: next.pointer)
        return next.elements
    }

    func value(_ t: Double) throws -> Double {
        var value = Double.nan
        try require(objective.ops.ray_value(objective.instance, t, &value))
        return value
    }

    /// Goes to x - t g, or says so and evaluates at another point or under an id that is `shift` further.
    @discardableResult func commit(_ t: Double, evaluating other: [Double]? = nil, under shift: Int64 = 0) throws
        -> Double
    {
        let point = other ?? point(t)
        next.set(point)
        id += 1
        try require(objective.ops.ray_commit(objective.instance, t, id))
        var value = Double.nan
        try require(
            objective.evaluate(
                at: next.pointer, want: UInt32(EOS_WANT_GRADIENT), gradient: out.pointer, evaluation: id + shift,
                value: &value)
        )
        (x, gradient) = (point, out.elements)
        return value
    }

    private func require(_ status: eos_status) throws {
        if status != EOS_OK { throw objective.error(status, in: "the ray") }
    }
}

extension Vector {
    var elements: [Double] {
        switch type {
        case .f32: (0..<count).map { Double(pointer.assumingMemoryBound(to: Float.self)[$0]) }
        case .f64: (0..<count).map { pointer.assumingMemoryBound(to: Double.self)[$0] }
        }
    }

    func set(_ values: [Double]) {
        for (i, value) in values.enumerated() {
            switch type {
            case .f32: pointer.assumingMemoryBound(to: Float.self)[i] = Float(value)
            case .f64: pointer.assumingMemoryBound(to: Double.self)[i] = value
            }
        }
    }
}
