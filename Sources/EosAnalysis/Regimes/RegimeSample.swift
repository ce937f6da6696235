/// Where an iterate lies to the minima M of least squares.
public struct RegimeSample: Sendable, Equatable {
    public let iteration: Int
    /// d, from the projection onto M to the flattest minimum.
    public let distance: Double
    /// s, across M, positive on one side.
    public let normalDistance: Double
    /// lambda at the projection.
    public let sharpness: Double

    public init(iteration: Int, distance: Double, normalDistance: Double, sharpness: Double) {
        self.iteration = iteration
        self.distance = distance
        self.normalDistance = normalDistance
        self.sharpness = sharpness
    }
}
