import CEos
import EosCore
import EosDiscovery
import Foundation

/// The content of a file that somebody may be writing at this moment. It is read in pieces: a plugin has megabytes, and
/// eosd would keep the memory for all of it.
package enum WholeFile {
    /// Seconds between two looks at a file that changes, and how many of them.
    private static let pause = 0.02
    private static let attempts = 100

    /// The digest of its content, as 16 hexadecimal digits of a CRC-64: it tells files apart that differ by accident.
    ///
    /// - Throws: `EOS_E_NOT_FOUND` and `EOS_E_IO` where the file can't be read, is no file, or does not come to rest.
    package static func digest(_ file: String) throws(EosError) -> String {
        for _ in 0..<attempts {
            if let sum = try settled(file, { _ in }) { return text(sum) }
            usleep(useconds_t(pause * 1e6))
        }
        throw unsettled(file)
    }

    /// Copies `file` to `copy`, all of it as it was at one time; on a throw no copy is left.
    ///
    /// - Returns: the digest of the content.
    /// - Throws: as `digest`; `EOS_E_IO` where the copy can't be written.
    package static func copy(_ file: String, to copy: String) throws(EosError) -> String {
        for _ in 0..<attempts {
            var sum: Sum?
            var hasChanged = false
            do throws(EosError) {
                try FileOperations.system.replace(copy) { (sink) throws(EosError) in
                    var failure: EosError?
                    sum = try settled(file) { piece in
                        guard failure == nil else { return }
                        do throws(EosError) { try sink(piece) } catch { failure = error }
                    }
                    if let failure { throw failure }
                    hasChanged = sum == nil
                    if hasChanged { throw unsettled(file) }
                }
            } catch {
                guard hasChanged else { throw error }
                usleep(useconds_t(pause * 1e6))
                continue
            }
            if let sum { return text(sum) }
        }
        throw unsettled(file)
    }

    /// Whether two files have the same content.
    package static func areEqual(_ one: String, _ other: String) throws(EosError) -> Bool {
        let one = try open(one)
        let other = try open(other)
        guard one.size == other.size else { return false }
        var offset = 0
        while true {
            let (left, right) = (try piece(of: one, offset), try piece(of: other, offset))
            guard left == right else { return false }
            if left.isEmpty { return true }
            offset += left.count
        }
    }

    private typealias Sum = (value: UInt64, count: Int)

    /// Reads the file twice. The first time `body` is given its pieces.
    ///
    /// - Returns: nil: it was not the same, or was written to in between.
    private static func settled(_ file: String, _ body: (UnsafeRawBufferPointer) -> Void) throws(EosError) -> Sum? {
        let before = Stamp(file)
        let first = try sum(file, body)
        guard let before, Int64(first.count) == before.size, try sum(file, { _ in }) == first, Stamp(file) == before
        else { return nil }
        return first
    }

    private static func sum(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws(EosError) -> Sum {
        var sum = CRC64()
        var count = 0
        let file = try open(path)
        do throws(RegularFile.Fault) {
            try file.forEachPiece { piece in
                sum.update(piece)
                count += piece.count
                body(piece)
            }
        } catch {
            throw EosError.file(path, error)
        }
        return (sum.value, count)
    }

    private static func open(_ path: String) throws(EosError) -> RegularFile {
        do throws(RegularFile.Fault) { return try RegularFile(path) } catch { throw EosError.file(path, error) }
    }

    private static func piece(of file: borrowing RegularFile, _ offset: Int) throws(EosError) -> [UInt8] {
        do throws(RegularFile.Fault) { return try file.read(atMost: 1 << 18, from: offset) } catch {
            throw EosError(EOS_E_IO, "a copy of a plugin \(error.sentence)")
        }
    }

    private static func text(_ sum: Sum) -> String {
        let digits = String(sum.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func unsettled(_ file: String) -> EosError {
        EosError(EOS_E_IO, "\(file): another process keeps writing to the file; try again when it has finished")
    }
}
