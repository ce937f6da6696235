import CEos
import CEosConformance
import EosCore
import Glibc

/// Memory between a pattern and pages that must not be touched: what is read or written past its end is found out.
final class Fenced {
    let pointer: UnsafeMutableRawPointer
    let size: Int
    /// "the gradient", for messages.
    let name: String

    private let pages: UnsafeMutableRawPointer
    private let length: Int
    private let fence: Int32
    private let lead: Int
    private static let pattern: UInt8 = 0xA5
    private static let fenceBytes = 4 * Int(sysconf(Int32(_SC_PAGESIZE)))

    init(_ size: Int, _ name: String) throws(EosError) {
        guard UInt64(size) <= Memory.limit else {
            throw EosError(
                EOS_E_MEMORY,
                "there is no memory for a vector of \(size) bytes; this process is limited to \(Memory.limit)")
        }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let inside = (size / page + 2) * page
        length = inside + Self.fenceBytes
        guard let pages = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            pages != MAP_FAILED
        else { throw EosError(EOS_E_MEMORY, "there is no memory for a fenced vector of \(size) bytes") }
        memset(pages, Int32(Self.pattern), length)
        self.pages = pages
        self.size = size
        self.name = name
        lead = inside - size
        pointer = pages + lead
        fence = eos_fence_build(pages + inside, Self.fenceBytes)
        guard fence >= 0 else {
            munmap(pages, length)
            throw EosError(EOS_E_MEMORY, "no guard page can be set behind a vector of \(size) bytes")
        }
    }

    deinit {
        eos_fence_remove(fence)
        munmap(pages, length)
    }

    /// What went past its ends, as a sentence about `function`; nil where nothing did.
    func breach(by function: String) -> String? {
        let before = UnsafeRawBufferPointer(start: pages, count: lead).firstIndex { $0 != Self.pattern }
        if let before {
            return "\(function) writes \(lead - before) bytes before the beginning of \(name) (\(size) bytes)"
        }
        var offset: Int64 = 0
        switch Int(eos_fence_state(fence, &offset)) {
        case EOS_FENCE_WRITTEN:
            return "\(function) writes past the end of \(name) (\(size) bytes), \(offset) bytes behind it"
        case EOS_FENCE_READ:
            return "\(function) reads past the end of \(name) (\(size) bytes), \(offset) bytes behind it"
        default: return nil
        }
    }

    func fill(from source: UnsafeRawPointer) { pointer.copyMemory(from: source, byteCount: size) }
    var bytes: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: pointer, count: size)) }
}
