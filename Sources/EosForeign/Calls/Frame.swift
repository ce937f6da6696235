/// What one call of a foreign function takes from the trainer and gives to it.
public struct Frame {
    /// Vectors of the environment's element type and dimension; those that the function does not take may be nil.
    public var point: UnsafeRawPointer?
    public var direction: UnsafeRawPointer?
    /// nil: not wanted.
    public var gradient: UnsafeMutableRawPointer?
    public var product: UnsafeMutableRawPointer?
    public var start: UnsafeMutableRawPointer?
    public var seed: UInt64 = 0
    /// For searches.
    public var search: SearchNumbers?

    /// NaN where the function gave none.
    public internal(set) var value = Double.nan
    public internal(set) var dimension: Int64 = 0
    /// That a search found.
    public internal(set) var step = Double.nan
    /// Whether the function said that it failed, and with which status.
    public internal(set) var failure: Int64?

    public init() {}
}
