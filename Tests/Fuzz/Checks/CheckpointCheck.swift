import CEos
import EosCore

/// What holds for every file that is read as a checkpoint and loaded into a small trainer.
///
/// The first byte of an input says which trainer; the rest is the file. Its checksums are made right before it is read
/// (but for one in 128 inputs), so that what lies behind them is reached as well.
public enum CheckpointCheck {
    /// - Returns: what does not hold; nil where all is well.
    public static func complaint(about input: [UInt8]) -> String? {
        guard let choice = input.first else { return nil }
        let file = Array(input.dropFirst())
        let bytes = choice == 255 ? file : Checksums.repaired(file)
        var small: SmallTrainer
        do throws(EosError) { small = try SmallTrainer(choice) } catch { return "no trainer: \(error.message)" }
        do throws(EosError) {
            let state = try Safetensors.read(bytes)
            let before = try written(small.trainer)
            let check: LoadCheck = choice & 0x80 == 0 ? .none : .all
            do throws(EosError) { try small.trainer.load(state, check: check) } catch {
                if let complaint = Sentence.complaint(about: error, [EOS_E_FORMAT, EOS_E_MEMORY]) { return complaint }
                return try written(small.trainer) == before ? nil : "a state that was refused has changed the trainer"
            }
        } catch {
            return Sentence.complaint(about: error, [EOS_E_FORMAT, EOS_E_MEMORY])
        }
        return small.complaintOfRoundTrip() ?? small.complaintOfTraining()
    }

    static func written(_ trainer: Trainer) throws(EosError) -> [UInt8] {
        var bytes: [UInt8] = []
        try trainer.save().write { (part) throws(EosError) in bytes += part }
        return bytes
    }

    /// What a trainer leaves after so many requests: an input.
    public static func example(_ choice: UInt8, requests: Int) throws(EosError) -> [UInt8] {
        var small = try SmallTrainer(choice)
        for _ in 0..<requests where try !small.answer() { break }
        return [choice] + (try written(small.trainer))
    }
}

/// A trainer of four numbers that answers its own requests: Rosenbrock's function in a row.
struct SmallTrainer {
    let trainer: Trainer
    private let isSingle: Bool
    private static let dimension = 4
    private static let mostRequests = 40

    /// - Parameter choice: policy, precision and whether products with the Hessian are exact.
    init(_ choice: UInt8) throws(EosError) {
        let policies = BuiltInPolicies.all
        let kind = policies[Int(choice >> 2 & 0x1f) % policies.count]
        var values = Configuration()
        for parameter in kind.schema.parameters where parameter.flags.contains(.required) {
            values[parameter.key] = .number(0.05)
        }
        let policy = try kind.make(values)
        isSingle = choice & 1 == 1
        var description = eos_objective_description()
        description.struct_size = UInt32(MemoryLayout<eos_objective_description>.size)
        description.dtype = UInt32(isSingle ? EOS_F32 : EOS_F64)
        description.dimension = Int64(Self.dimension)
        description.value_lower_bound = 0
        description.sharpness_lower_bound = 0.5
        var settings = Configuration()
        settings["sharpness.every"] = .integer(2)
        settings["sharpness.count"] = .integer(2)
        let rules = try TrainerSettings(settings)
        let start: [Double] = [-1.2, 1, 0.5, 2]
        let singles = start.map(Float.init)
        let exact = choice & 2 == 2
        let result: Result<Trainer, EosError> = singles.withUnsafeBytes { singles in
            start.withUnsafeBytes { doubles in
                do throws(EosError) {
                    return .success(
                        try Trainer(
                            description: description, start: (choice & 1 == 1 ? singles : doubles).baseAddress!,
                            curvature: exact, policy: policy, settings: rules))
                } catch { return .failure(error) }
            }
        }
        trainer = try result.get()
    }

    /// Answers the next request; false once the trainer has stopped.
    mutating func answer() throws(EosError) -> Bool {
        let request = try trainer.request()
        guard request.kind != .nothing else { return false }
        let x = numbers(request.x!)
        if request.kind == .curvature {
            // Any symmetric operator will do.
            let v = numbers(request.v!)
            put(v.indices.map { v[$0] * Double($0 + 1) }, request.out!)
            try trainer.answer(eos_status(EOS_OK))
            return true
        }
        var value = 0.0
        var gradient = [Double](repeating: 0, count: x.count)
        for i in 0..<x.count - 1 {
            let (a, b) = (x[i + 1] - x[i] * x[i], 1 - x[i])
            value += 10 * a * a + b * b
            gradient[i] += -40 * a * x[i] - 2 * b
            gradient[i + 1] += 20 * a
        }
        if let out = request.out { put(gradient, out) }
        try trainer.answer(eos_status(EOS_OK), value: value)
        return true
    }

    private func numbers(_ pointer: UnsafeRawPointer) -> [Double] {
        (0..<Self.dimension).map {
            isSingle
                ? Double(pointer.load(fromByteOffset: 4 * $0, as: Float.self))
                : pointer.load(fromByteOffset: 8 * $0, as: Double.self)
        }
    }

    private func put(_ numbers: [Double], _ pointer: UnsafeMutableRawPointer) {
        for (i, number) in numbers.enumerated() {
            if isSingle {
                pointer.storeBytes(of: Float(number), toByteOffset: 4 * i, as: Float.self)
            } else {
                pointer.storeBytes(of: number, toByteOffset: 8 * i, as: Double.self)
            }
        }
    }

    /// Saved and loaded it is the same state.
    func complaintOfRoundTrip() -> String? {
        do throws(EosError) {
            let first = try CheckpointCheck.written(trainer)
            try trainer.load(try Safetensors.read(first))
            return try CheckpointCheck.written(trainer) == first ? nil : "saved and loaded it is another state"
        } catch {
            return "a state that was loaded can't be saved and loaded again: \(error.message)"
        }
    }

    /// It goes on for a while, or says why it can't.
    mutating func complaintOfTraining() -> String? {
        do throws(EosError) {
            for _ in 0..<Self.mostRequests where try !answer() { return nil }
            return nil
        } catch {
            return Sentence.complaint(
                about: error,
                [
                    EOS_E_CONFIG, EOS_E_FAILED, EOS_E_FORMAT, EOS_E_MEMORY, EOS_E_NONFINITE, EOS_E_PLUGIN, EOS_E_STATE,
                ])
        }
    }
}
