import CFFI
import Glibc

/// How closures are made here.
public enum ClosureMode: String, Sendable {
    /// Code that the library brings along, with data pages beside it: nothing is written that is run.
    case staticTrampolines = "static trampolines"
    /// Memory that is mapped twice, or writable and executable.
    case writableCode = "writable code"
    case unavailable

    /// Finds out by making one and calling it.
    public static func probe() -> ClosureMode {
        guard let types = try? TypeTable(),
            let interface = try? CallInterface(Signature(name: "probe", returns: .double, parameters: []), types)
        else { return .unavailable }
        var answer = 42.0
        return withUnsafeMutableBytes(of: &answer) { bytes in
            let closure = try? Closure(interface, context: bytes.baseAddress!) { @Sendable _, result, _, context in
                result!.storeBytes(of: context!.load(as: Double.self), as: Double.self)
            }
            guard let closure else { return .unavailable }
            let call = ForeignCall(closure.function, interface)
            call.invoke()
            guard call.result(as: Double.self) == 42 else { return .unavailable }
            return isInLibrary(closure.function) ? .staticTrampolines : .writableCode
        }
    }

    /// Static trampolines lie in pages that are mapped from libffi's own file.
    private static func isInLibrary(_ code: UnsafeMutableRawPointer) -> Bool {
        guard let maps = fopen("/proc/self/maps", "re") else { return false }
        defer { fclose(maps) }
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, Int32(line.count), maps) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let fields = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
            guard let range = fields.first?.split(separator: "-"), range.count == 2,
                let low = UInt(range[0], radix: 16),
                let high = UInt(range[1], radix: 16), (low..<high).contains(UInt(bitPattern: code))
            else { continue }
            return fields.last?.contains("libffi") == true
        }
        return false
    }
}
