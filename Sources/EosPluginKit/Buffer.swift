import Glibc

/// Memory of a fixed size that starts as zeros. Unlike an array, too much of it is an error and not a trap.
///
/// Copies of the struct that holds it share it.
public final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
    public let elements: UnsafeMutableBufferPointer<Element>

    /// - Throws: `EOS_E_MEMORY` where `count` elements are more than this machine has.
    public init(count: Int) throws(PluginError) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        let present = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        // The kernel promises more than it has: without this check the process would be killed when it uses it.
        guard count >= 0, !overflow, bytes <= present, let memory = calloc(max(count, 1), MemoryLayout<Element>.stride)
        else {
            throw .memory(
                "\(count) elements of \(MemoryLayout<Element>.stride) bytes exceed the memory of this machine,"
                    + " \(present) bytes; use a smaller problem")
        }
        elements = UnsafeMutableBufferPointer(
            start: memory.bindMemory(to: Element.self, capacity: count), count: count)
    }

    deinit { free(elements.baseAddress) }

    @inlinable
    public subscript(index: Int) -> Element {
        get { elements[index] }
        set { elements[index] = newValue }
    }
}
