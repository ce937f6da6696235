import Foundation

/// Which BLAS the plugins that were loaded brought with them.
enum BLAS {
    static func finding() -> Doctor.Finding {
        let files = mapped()
        guard let file = files.first else {
            return Doctor.Finding(
                "blas", "no plugin that was found uses one",
                remedy: "build the mlp plugin with OpenBLAS (libopenblas-dev) if you want to train it")
        }
        let text = files.joined(separator: ", ")
        guard let description = openBLAS(file) else { return Doctor.Finding("blas", text) }
        return Doctor.Finding("blas", "\(text): \(description)")
    }

    /// Libraries of this process whose names speak of a BLAS.
    private static func mapped() -> [String] {
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
        return files
    }

    /// "OpenBLAS 0.3.21 ... Haswell", from the library itself.
    private static func openBLAS(_ file: String) -> String? {
        guard let handle = dlopen(file, RTLD_NOW | RTLD_NOLOAD), let symbol = dlsym(handle, "openblas_get_config")
        else {
            return nil
        }
        typealias Describe = @convention(c) () -> UnsafePointer<CChar>?
        return unsafeBitCast(symbol, to: Describe.self)().map { String(cString: $0) }
    }
}
