import EosCore
import Glibc
import NIOCore

/// Bytes of a file, as they are now.
struct FilePart: Sendable {
    let bytes: ByteBuffer
    /// Of the first byte, within the file.
    let offset: Int
    /// Of the file.
    let size: Int

    /// - Parameters:
    ///   - offset: below 0: counted from the end.
    ///   - isOptional: a file that is missing is empty.
    init(_ path: String, offset: Int, limit: Int, isOptional: Bool = false) throws(ServiceError) {
        let descriptor: Int32
        do throws(RegularFile.Fault) { descriptor = try RegularFile.open(path, O_RDONLY | O_NOFOLLOW) } catch {
            if isOptional, error == .system(ENOENT) {
                (bytes, self.offset, size) = (ByteBuffer(), 0, 0)
                return
            }
            guard case .system(let reason) = error else {
                throw ServiceError(
                    .unavailable, "\(path): \(error.sentence)", hint: "check the directory of the run")
            }
            throw Self.failure(path, reason)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure(path, errno) }
        let size = Int(status.st_size)
        let start = offset < 0 ? max(0, size + offset) : min(offset, size)
        var failure: Int32 = 0
        var buffer = ByteBuffer()
        let wanted = min(limit, size - start)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { target in
            var count = 0
            while count < wanted {
                let read = pread(descriptor, target.baseAddress! + count, wanted - count, off_t(start + count))
                if read < 0, errno == EINTR { continue }
                if read < 0 { failure = errno }
                guard read > 0 else { break }
                count += read
            }
            return count
        }
        guard failure == 0 else { throw Self.failure(path, failure) }
        (bytes, self.offset, self.size) = (buffer, start, size)
    }

    private static func failure(_ path: String, _ reason: Int32) -> ServiceError {
        ServiceError(
            .unavailable, "\(path): \(String(cString: strerror(reason)))", hint: "check the directory of the run")
    }
}
