/// The mean of Y_T as a linear map of a path's K steps: mean = sum_k R_k x_k.
///
/// What differs between Euler's method, the differential equation and a partial signature is this map alone.
public struct PathResponse: Sendable {
    /// N x (K m), step by step.
    public let matrix: DenseMatrix

    /// R_k = dt S^(K-1-k) A, S = I + dt W: the network in K Euler steps.
    public static func euler(_ network: PathNetwork, steps: Int, duration: Double) -> PathResponse {
        let dt = duration / Double(steps)
        let step = DenseMatrix.identity(network.units) + dt * network.recurrent
        return PathResponse(network, steps, last: dt * network.input, step: step)
    }

    /// R_k = int over step k of e^{W(T-s)} ds A: the differential equation, of a path that is constant in each step.
    public static func exact(_ network: PathNetwork, steps: Int, duration: Double) -> PathResponse {
        let dt = duration / Double(steps)
        let n = network.units
        // exp [[W, I], [0, 0]] dt has the integral of e^{Ws} in its corner.
        var block = DenseMatrix.zero(2 * n, 2 * n)
        block.setBlock(0, 0, dt * network.recurrent)
        block.setBlock(0, n, dt * DenseMatrix.identity(n))
        let exponential = block.exponential()
        return PathResponse(
            network, steps, last: exponential.block(0, n, n) * network.input, step: exponential.block(0, 0, n))
    }

    /// R_k = sum_(j <= order) W^j A c_jk, c_jk = int over step k of (T-s)^j/j! ds: all that the partial signature S_0
    /// ... S_order tells of the mean.
    public static func signature(
        _ network: PathNetwork, order: Int, steps: Int, duration: Double
    ) -> PathResponse {
        var result = DenseMatrix.zero(network.units, steps * network.channels)
        var term = network.input
        for coefficients in PartialSignature.weights(order: order, steps: steps, duration: duration) {
            for i in 0..<network.units {
                for (k, weight) in coefficients.enumerated() {
                    for j in 0..<network.channels { result[i, k * network.channels + j] += weight * term[i, j] }
                }
            }
            term = network.recurrent * term
        }
        return PathResponse(matrix: result)
    }

    private init(matrix: DenseMatrix) { self.matrix = matrix }

    /// R_(K-1) = last, R_(k-1) = step R_k.
    private init(_ network: PathNetwork, _ steps: Int, last: DenseMatrix, step: DenseMatrix) {
        var matrix = DenseMatrix.zero(network.units, steps * network.channels)
        var current = last
        for k in stride(from: steps - 1, through: 0, by: -1) {
            matrix.setBlock(0, k * network.channels, current)
            if k > 0 { current = step * current }
        }
        self.matrix = matrix
    }
}
