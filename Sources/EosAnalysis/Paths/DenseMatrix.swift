/// A small dense matrix, row-major.
public struct DenseMatrix: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    /// rows x columns.
    public var elements: [Double]

    public init(rows: Int, columns: Int, _ elements: [Double]) {
        precondition(elements.count == rows * columns, "\(elements.count) elements for \(rows) x \(columns)")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    public init(_ rows: [[Double]]) {
        self.init(rows: rows.count, columns: rows.first?.count ?? 0, rows.flatMap { $0 })
    }

    public static func zero(_ rows: Int, _ columns: Int) -> DenseMatrix {
        DenseMatrix(rows: rows, columns: columns, [Double](repeating: 0, count: rows * columns))
    }

    public static func identity(_ size: Int) -> DenseMatrix {
        var result = zero(size, size)
        for i in 0..<size { result[i, i] = 1 }
        return result
    }

    public subscript(row: Int, column: Int) -> Double {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    public func row(_ index: Int) -> [Double] { Array(elements[index * columns..<(index + 1) * columns]) }

    public var transposed: DenseMatrix {
        var result = DenseMatrix.zero(columns, rows)
        for i in 0..<rows {
            for j in 0..<columns { result[j, i] = self[i, j] }
        }
        return result
    }

    /// The largest sum of a column's magnitudes.
    public var columnNorm: Double {
        var sums = [Double](repeating: 0, count: columns)
        for (i, element) in elements.enumerated() { sums[i % columns] += abs(element) }
        // NaN goes through, which `max` would pass over.
        return sums.reduce(0) { $1 <= $0 ? $0 : $1 }
    }

    /// The root of the sum of squares.
    public var frobeniusNorm: Double { elements.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    /// The part of `size` rows and columns from (`row`, `column`).
    func block(_ row: Int, _ column: Int, _ size: Int) -> DenseMatrix {
        var result = DenseMatrix.zero(size, size)
        for i in 0..<size {
            for j in 0..<size { result[i, j] = self[row + i, column + j] }
        }
        return result
    }

    mutating func setBlock(_ row: Int, _ column: Int, _ block: DenseMatrix) {
        for i in 0..<block.rows {
            for j in 0..<block.columns { self[row + i, column + j] = block[i, j] }
        }
    }

    public static func + (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix { a.combined(with: b) { $0 + $1 } }
    public static func - (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix { a.combined(with: b) { $0 - $1 } }
    public static func * (factor: Double, a: DenseMatrix) -> DenseMatrix {
        DenseMatrix(rows: a.rows, columns: a.columns, a.elements.map { factor * $0 })
    }

    private func combined(with other: DenseMatrix, _ operation: (Double, Double) -> Double) -> DenseMatrix {
        precondition(rows == other.rows && columns == other.columns)
        return DenseMatrix(rows: rows, columns: columns, zip(elements, other.elements).map(operation))
    }

    public static func * (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix {
        precondition(a.columns == b.rows, "\(a.rows) x \(a.columns) times \(b.rows) x \(b.columns)")
        var result = DenseMatrix.zero(a.rows, b.columns)
        let width = b.columns
        a.elements.withUnsafeBufferPointer { left in
            b.elements.withUnsafeBufferPointer { right in
                result.elements.withUnsafeMutableBufferPointer { out in
                    for i in 0..<a.rows {
                        for k in 0..<a.columns {
                            let factor = left[i * a.columns + k]
                            for j in 0..<width { out[i * width + j] += factor * right[k * width + j] }
                        }
                    }
                }
            }
        }
        return result
    }

    public static func * (a: DenseMatrix, x: [Double]) -> [Double] {
        precondition(a.columns == x.count)
        return (0..<a.rows).map { i in
            var sum = 0.0
            for j in 0..<a.columns { sum += a[i, j] * x[j] }
            return sum
        }
    }
}
