import EosCore

/// A place in the memory of a call that changes from call to call: what fills it before, and what is taken from it after.
enum Binding {
    /// Memory that C may write to begins each call as it was prepared.
    case restored(UnsafeMutableRawPointer, from: UnsafeMutableRawPointer, bytes: Int)
    case vector(VectorBinding)
    case coordinate(CoordinateBinding)
    case told(ToldNumber, NumberCell)
    case given(GivenNumber, NumberCell)

    @inline(__always)
    func fill(_ frame: Frame) {
        switch self {
        case .restored(let memory, let original, let bytes): memory.copyMemory(from: original, byteCount: bytes)
        case .vector(let vector): vector.fill(frame)
        case .coordinate(let coordinate): coordinate.fill(frame)
        case .told(.wantsGradient, let cell):
            cell.scalar.store(frame.gradient == nil ? 0 : 1 as Int64, at: cell.address)
        case .told(.seed, let cell): cell.store(bitsOf: frame.seed)
        case .told(.search(let number), let cell):
            if let search = frame.search { cell.scalar.store(search[number], at: cell.address) }
        case .given: break
        }
    }

    @inline(__always)
    func take(_ frame: inout Frame) {
        switch self {
        case .vector(let vector): vector.take(frame)
        case .coordinate(let coordinate): coordinate.take(frame)
        case .given(let number, let cell): frame.take(number, cell)
        case .restored, .told: break
        }
    }
}

/// A vector on its way to C and back.
struct VectorBinding {
    let kind: VectorKind
    /// Where C finds the pointer; nil: the vector itself lies at `copy`, in a struct.
    let slot: UnsafeMutableRawPointer?
    /// The element type of C, and of the trainer.
    let foreign: ElementType
    let own: ElementType
    let count: Int
    let stride: Int
    /// nil: C gets the trainer's own memory.
    let copy: UnsafeMutableRawPointer?
    /// Where a gradient goes that nobody wants; nil: NULL is passed.
    let scratch: UnsafeMutableRawPointer?

    @inline(__always)
    fileprivate func fill(_ frame: Frame) {
        let memory = frame.vector(kind)
        if let memory, let copy, !kind.isOutput { convert(memory, own, 1, to: copy, foreign, stride, count) }
        slot?.storeBytes(of: memory == nil ? scratch : copy ?? memory, as: UnsafeMutableRawPointer?.self)
    }

    @inline(__always)
    fileprivate func take(_ frame: Frame) {
        guard kind.isOutput, let copy, let memory = frame.vector(kind) else { return }
        convert(copy, foreign, stride, to: memory, own, 1, count)
    }
}

/// One element of a vector on its way to C or back.
struct CoordinateBinding {
    let kind: VectorKind
    let index: Int
    let cell: NumberCell
    let own: ElementType

    fileprivate func fill(_ frame: Frame) {
        guard !kind.isOutput, let memory = frame.vector(kind) else { return }
        cell.scalar.store(own.load(memory, index), at: cell.address)
    }

    fileprivate func take(_ frame: Frame) {
        guard kind == .gradient, let memory = frame.gradient else { return }
        own.store(cell.scalar.loadDouble(cell.address), memory, index)
    }
}
