import CEos
import EosCore
import EosFFI
import Glibc
import Synchronization

/// A function for a library that reports through a callback without user data: each call becomes a line of the run's
/// log, "symbol: k=3 f=0.5".
///
/// It is bound to the object that it was made for and may be called on any thread. When that object goes, calls say
/// nothing any more; the function itself stays, since the library may have kept it, unless the object knows better.
public final class Observer: @unchecked Sendable {
    // Unchecked: `closure` is set once, before anything can call it.

    /// Longer texts are cut.
    private static let longestText = 200

    private let name: String
    private let signature: Signature
    private let target: Mutex<ObserverTarget>
    private var closure: Closure?

    /// - Parameters:
    ///   - name: what the lines begin with: the symbol that it is given to.
    ///   - signature: numbers, pointers to one number and `const char *` are shown under the names of the prototype,
    ///     other pointers are passed over. A result is 0.
    /// - Throws: what making a closure throws; `EOS_E_CONFIG` for a callback that returns a struct.
    public init(
        _ name: String, _ signature: Signature, _ types: TypeTable, _ target: ObserverTarget
    ) throws(EosError) {
        self.name = name
        self.signature = signature
        self.target = Mutex(target)
        try Self.check(signature)
        let interface = try CallInterface(signature, types)
        closure = try Closure(interface, context: Unmanaged.passUnretained(self).toOpaque()) {
            @Sendable _, result, arguments, context in
            Unmanaged<Observer>.fromOpaque(context!)._withUnsafeGuaranteedRef {
                $0.take(arguments, result)
            }
        }
    }

    static func check(_ signature: Signature) throws(EosError) {
        if case .structure = signature.returns {
            throw EosError(EOS_E_CONFIG, "an observer can't return a struct; return nothing or a number")
        }
    }

    /// What C calls.
    public var function: UnsafeMutableRawPointer { closure!.function }

    /// Says nothing from now on.
    ///
    /// - Parameter isUncalled: whether nothing can call it any more: only then it may go. Else it stays for good.
    public func end(isUncalled: Bool = false) {
        target.withLock { $0 = .nobody }
        if !isUncalled { _ = Unmanaged.passRetained(self) }
    }

    private func take(
        _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ result: UnsafeMutableRawPointer?
    ) {
        if signature.returns != .void, let result {
            result.storeBytes(of: 0, as: Int64.self)
        }
        // Kept for the call, which is made outside of the lock.
        guard let host = target.withLock({ $0.host }), let arguments else { return }
        var line = "\(name):"
        for (index, parameter) in signature.parameters.enumerated() {
            guard let place = arguments[index], let text = Self.text(parameter.type, place) else { continue }
            line += " \(parameter.name ?? "a\(index + 1)")=\(text)"
        }
        host.log(Int32(EOS_LOG_INFO), oneLine(line))
    }

    /// What is at `place`; nil for what is not shown.
    private static func text(_ type: CType, _ place: UnsafeRawPointer) -> String? {
        if type.isInteger { return type == .character ? character(place) : integer(type, place) }
        if type.isFloatingPoint { return number(type, place) }
        guard case .pointer(let pointee, _) = type, let target = place.load(as: UnsafeRawPointer?.self) else {
            return nil
        }
        if pointee == .character {
            let length = strnlen(target.assumingMemoryBound(to: CChar.self), longestText)
            return String(decoding: UnsafeRawBufferPointer(start: target, count: length), as: UTF8.self)
        }
        return pointee.scalar == nil ? nil : text(pointee, target)
    }

    private static func integer(_ type: CType, _ place: UnsafeRawPointer) -> String {
        if type.scalar == .u64 { return String(place.loadUnaligned(as: UInt64.self)) }
        return String(type.scalar?.loadInteger(place) ?? 0)
    }

    private static func character(_ place: UnsafeRawPointer) -> String {
        String(UnicodeScalar(place.load(as: UInt8.self)))
    }

    /// A float with its own digits.
    private static func number(_ type: CType, _ place: UnsafeRawPointer) -> String {
        type == .float ? "\(place.loadUnaligned(as: Float.self))" : "\(place.loadUnaligned(as: Double.self))"
    }
}
