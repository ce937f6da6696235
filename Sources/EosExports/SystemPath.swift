import CEos
import EosCore
import Glibc

/// A path as a program gives it: bytes, which need not be UTF-8.
///
/// Other modules take paths as text. A name that is no text is reached through a descriptor of the file instead, by the
/// name that the system gives that.
struct SystemPath {
    /// Opens the file.
    let usable: String
    /// For messages.
    let readable: String
    /// Of a file whose name is no text.
    private let descriptor: Int32?

    /// O_PATH of Linux, which the C library's module leaves out.
    private static let pathOnly: Int32 = 0o10_000_000

    /// - Throws: `EOS_E_IO` for a name that is no text, of a file that is not there.
    init(_ path: UnsafePointer<CChar>) throws(EosError) {
        try self.init(path, in: AT_FDCWD, called: readableText(path), String(validatingCString: path))
    }

    /// - Parameters:
    ///   - directory: a descriptor, where a relative name is looked up.
    ///   - text: opens the file, where there is such a text.
    private init(
        _ path: UnsafePointer<CChar>, in directory: Int32, called readable: String, _ text: String?
    ) throws(EosError) {
        self.readable = readable
        if let text {
            (usable, descriptor) = (text, nil)
            return
        }
        // Not opened for reading: that a FIFO would wait for.
        let file = openat(directory, path, Self.pathOnly | O_CLOEXEC)
        guard file >= 0 else { throw EosError(EOS_E_IO, "\(readable): \(String(cString: strerror(errno)))") }
        (usable, descriptor) = ("/proc/self/fd/\(file)", file)
    }

    /// Gives the descriptor back, where nobody goes by its name.
    func close() {
        if let descriptor { _ = Glibc.close(descriptor) }
    }

    /// The same error, naming the file as the program did.
    func naming(_ error: EosError) -> EosError {
        guard usable != readable, error.message.hasPrefix(usable) else { return error }
        return EosError(Int(error.status), readable + error.message.dropFirst(usable.count))
    }

    /// The shared objects in this directory, sorted by name.
    ///
    /// - Throws: `EOS_E_IO` where it can't be read.
    func sharedObjects() throws(EosError) -> [SystemPath] {
        guard let listing = opendir(usable) else {
            throw EosError(EOS_E_IO, "\(readable): \(String(cString: strerror(errno)))")
        }
        defer { closedir(listing) }
        var names: [[CChar]] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    Array(UnsafeBufferPointer(start: $0, count: strlen($0)))
                }
            }
            if name.suffix(3).elementsEqual(".so".utf8.map { CChar(bitPattern: $0) }) { names.append(name + [0]) }
        }
        names.sort { $0.lexicographicallyPrecedes($1) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) } }
        var paths: [SystemPath] = []
        for name in names {
            // A file that is gone again is none.
            let text =
                descriptor == nil
                ? String(validating: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self).map {
                    "\(usable)/\($0)"
                } : nil
            let readable = "\(readable)/\(readableText(name))"
            guard let path = try? SystemPath(name, in: dirfd(listing), called: readable, text) else { continue }
            paths.append(path)
        }
        return paths
    }
}
