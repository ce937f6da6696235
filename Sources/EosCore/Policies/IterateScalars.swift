import CEos

/// The scalars of an iterate where they are kept: a policy reads them there, since a copy for each call takes as long as
/// the rest of a cheap iteration. They are valid until the call returns.
@dynamicMemberLookup
public struct IterateScalars {
    public let address: UnsafePointer<eos_iterate>

    @inline(__always)
    public init(_ address: UnsafePointer<eos_iterate>) { self.address = address }

    @inline(__always)
    public subscript<Value>(dynamicMember scalar: KeyPath<eos_iterate, Value>) -> Value {
        address.pointee[keyPath: scalar]
    }
}

extension IterateScalars {
    /// t <g, g>, the decrease that a step t along -g promises to first order; also where <g, g> leaves the range of a
    /// double.
    @inline(__always)
    func decrease(_ t: Double) -> Double { address.pointee.decrease(t) }

    /// `numerator`/<g, g>, also where <g, g> leaves the range of a double.
    func overGradient2(_ numerator: Double) -> Double {
        isOrdinary(square: self.gradient_norm2)
            ? numerator / self.gradient_norm2 : numerator / self.gradient_norm / self.gradient_norm
    }

    /// A first step that nothing is known for: `usual`, unless it would move the point by less than counts, or by more than
    /// 1e100 times its length: then it moves it by half of that. At the origin nothing tells what counts.
    func firstStep(_ usual: Double) -> Double {
        let (norm, point) = (self.gradient_norm, self.point_norm)
        guard point > 0, point.isFinite, norm > 0 else { return usual }
        let isSingle = self.flags & UInt32(EOS_ITERATE_F32) != 0
        let epsilon = isSingle ? Double(Float.ulpOfOne) : Double.ulpOfOne
        let update = usual * norm
        if update < leastMove * epsilon * point {
            return min(leastMove * epsilon * (point / norm), .greatestFiniteMagnitude)
        }
        // Values and gradients there stay numbers of the type.
        let isTooLong = isSingle ? update / point * norm > 1e30 : update > 1e100 * point
        return isTooLong ? max(point / norm / 2, .leastNormalMagnitude) : usual
    }
}

/// For who has the scalars in a variable.
extension Policy {
    public mutating func propose(_ iterate: eos_iterate) throws(EosError) -> Double {
        var iterate = iterate
        return try propose(IterateScalars(&iterate))
    }

    public mutating func judge(_ iterate: eos_iterate, _ trial: eos_trial) throws(EosError) -> Verdict {
        var iterate = iterate
        return try judge(IterateScalars(&iterate), trial)
    }

    public mutating func accepted(_ iterate: eos_iterate, _ trial: eos_trial) throws(EosError) {
        var iterate = iterate
        try accepted(IterateScalars(&iterate), trial)
    }

    public func direct(_ iterate: eos_iterate, _ history: HistoryProducts) throws(EosError) -> [Double] {
        var iterate = iterate
        return try direct(IterateScalars(&iterate), history)
    }
}
