import CEos

/// What a trainer needs next. Vectors are lent until the answer.
public struct Request {
    public enum Kind: Int32 {
        /// The trainer has stopped.
        case nothing = 0
        /// Value and gradient, as `want` says, at `x`.
        case evaluate
        /// Hessian at `x` times `v`.
        case curvature
    }

    public var kind: Kind
    /// `EOS_WANT_*`.
    public var want: UInt32 = 0
    public var x: UnsafeRawPointer?
    public var v: UnsafeRawPointer?
    /// Where the gradient or the product is to be written.
    public var out: UnsafeMutableRawPointer?
    /// Equal ids mean the same point.
    public var evaluation: Int64 = 0
    /// For a product with the Hessian of a part of the samples.
    var part: Int?
    /// For a value along a ray whose points are not formed, and for the gradient at the point of it that was accepted.
    var ray: Ray?

    struct Ray {
        /// Where it starts; its direction is the request's `v`.
        let base: UnsafeRawPointer
        let search: Int64
        let step: Double
        /// The point at `step` was accepted and formed: it is evaluated next.
        let commits: Bool
    }

    static var nothing: Request { Request(kind: .nothing) }
}
