extension PathNetwork {
    /// Lip = |h|_L2 / sqrt(v' Gamma v), h(s) = v' e^{W(T-s)} A, in closed form: the most that an input of L2 norm 1
    /// moves z of a path under this read-out (form and constants are ours).
    ///
    /// |h|^2 = v' (int_0^T e^{Ws} A A' e^{W's} ds) v.
    public func lipschitz(duration: Double, readout: Int = 0) -> Double {
        let v = readouts.row(readout)
        func form(_ matrix: DenseMatrix) -> Double { zip(v, matrix * v).reduce(0) { $0 + $1.0 * $1.1 } }
        let signal = form(Self.gramian(recurrent, input * input.transposed, duration))
        return (signal / form(covariance(duration: duration))).squareRoot()
    }
}
