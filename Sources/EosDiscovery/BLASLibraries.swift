import Foundation

/// Which BLAS the files that were loaded brought with them.
enum BLASLibraries {
    /// "/usr/lib/.../libopenblas.so.0: OpenBLAS 0.3.21 ... Haswell", for each library of this process whose name speaks
    /// of a BLAS.
    static func loaded() -> [String] {
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        var files: [String] = []
        for line in maps.split(separator: "\n") {
            guard let slash = line.firstIndex(of: "/") else { continue }
            let path = String(line[slash...])
            let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
            if ["blas", "mkl", "blis", "atlas"].contains(where: { name.contains($0) }), !files.contains(path) {
                files.append(path)
            }
        }
        return files.map { file in openBLAS(file).map { "\(file): \($0)" } ?? file }
    }

    /// From the library itself.
    private static func openBLAS(_ file: String) -> String? {
        guard let handle = dlopen(file, RTLD_NOW | RTLD_NOLOAD), let symbol = dlsym(handle, "openblas_get_config")
        else { return nil }
        typealias Describe = @convention(c) () -> UnsafePointer<CChar>?
        return unsafeBitCast(symbol, to: Describe.self)().map { String(cString: $0) }
    }
}
