import EosCore
import EosPluginHost
import Glibc

/// The plugins of this package, from the directory that the tests were built into.
enum Plugins {
    /// Whether the real data sets are there.
    static var hasData: Bool { getenv("EOS_DATA_DIR") != nil }

    /// - Parameter settings: assignments as on the command line: "layers=[16,10] activation=tanh".
    static func make(_ id: String, _ settings: String, threads: Int = 1) throws(EosError) -> any Objective {
        try make(id, settings, host: Host(threads: threads))
    }

    static func make(_ id: String, _ settings: String, host: Host) throws(EosError) -> any Objective {
        var configuration = Configuration()
        try configuration.set(assignments: settings)
        var catalogue = Catalogue()
        for name in [
            "mlp", "product", "inner-product", "mean-model", "single-neuron", "threshold-network", "path-rnn",
        ] {
            try catalogue.add(LoadedPlugin.load(path: "\(directory)/libeos-plugin-\(name).so"))
        }
        return try catalogue.makeObjective(id, configuration, host: host)
    }

    private static let directory: String = {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &path, path.count - 1)
        let executable = String(decoding: path.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(executable[..<(executable.lastIndex(of: "/") ?? executable.startIndex)])
    }()
}
