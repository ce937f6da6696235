import Foundation

/// Which BLAS the files that were loaded brought with them.
enum BLASLibraries {
    /// "/usr/lib/.../libopenblas.so.0: OpenBLAS 0.3.21 ... Haswell", for each library of this process whose name speaks
    /// of a BLAS.
    static func loaded() -> [String] {
        var files: [String] = []
        for line in maps().split(separator: "\n") {
            guard let slash = line.firstIndex(of: "/") else { continue }
            let path = String(line[slash...])
            let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
            if ["blas", "mkl", "blis", "atlas"].contains(where: { name.contains($0) }), !files.contains(path) {
                files.append(path)
            }
        }
        return files.map { file in openBLAS(file).map { "\(file): \($0)" } ?? file }
    }

    /// Read piece by piece: the kernel gives a page at a time, which Foundation takes for the end.
    private static func maps() -> String {
        let file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(file, &piece, piece.count), count > 0 { bytes += piece[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// From the library itself.
    private static func openBLAS(_ file: String) -> String? {
        guard let handle = dlopen(file, RTLD_NOW | RTLD_NOLOAD), let symbol = dlsym(handle, "openblas_get_config")
        else { return nil }
        typealias Describe = @convention(c) () -> UnsafePointer<CChar>?
        return unsafeBitCast(symbol, to: Describe.self)().map { String(cString: $0) }
    }
}
