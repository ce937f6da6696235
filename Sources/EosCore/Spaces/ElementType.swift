/// The element type of a parameter vector.
public enum ElementType: UInt32, Sendable {
    case f32 = 1
    case f64 = 2

    /// Bytes of one element.
    public var size: Int { self == .f32 ? 4 : 8 }

    /// The distance from 1 to the next number.
    public var epsilon: Double { self == .f32 ? Double(Float.ulpOfOne) : Double.ulpOfOne }

    public var name: String { self == .f32 ? "f32" : "f64" }
}
