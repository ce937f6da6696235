import CEos

/// What a direction can be made of: g, the last steps s = x - x before and their y = g - g before, the newest first; each
/// known by its products with the others. Lent for the call of `direct`.
public struct StepHistory {
    /// The C struct itself.
    public let raw: UnsafePointer<eos_history>

    @inlinable
    public init(_ raw: UnsafePointer<eos_history>) { self.raw = raw }

    /// Steps: 0 at the starting point, then one more a step, until there are as many as asked for.
    @inlinable public var pairs: Int { Int(raw.pointee.pairs) }
    /// Vectors, g among them: as many factors as a direction has.
    @inlinable public var count: Int { 2 * pairs + 1 }

    /// Where g, the step s before `age` others, and its y are among the vectors.
    @inlinable public static var gradient: Int { 0 }
    @inlinable public static func step(_ age: Int) -> Int { 2 * age + 1 }
    @inlinable public static func change(_ age: Int) -> Int { 2 * age + 2 }

    /// The product of vectors i and j.
    @inlinable public subscript(i: Int, j: Int) -> Double {
        precondition(0 <= i && i < count && 0 <= j && j < count)
        return raw.pointee.products[i * count + j]
    }

    /// The factors of -g.
    @inlinable public var steepestDescent: [Double] { [-1] + [Double](repeating: 0, count: 2 * pairs) }
}
