import EosCore
import EosPluginHost
import Foundation
import Testing

/// The portable problems of the paper's specification: small networks with MSE over N*K, one-hot targets, K = 10.
struct Problem: Sendable {
    let keys: String
    static let outputs = 10.0

    /// Clusters in 16 dimensions, 200 for training; 16-32-32-10, tanh.
    static let b = Problem(
        keys: "layers=[16,32,32,10] activation=tanh data.generator=clusters data.train=200 data.test=1000")

    /// The same with relu and every initial parameter multiplied by `scale`.
    static func g(scale: Double) -> Problem {
        Problem(
            keys: "layers=[16,32,32,10] activation=relu init_scale=\(scale) data.generator=clusters data.train=200 "
                + "data.test=1000")
    }

    /// The first 500 digits, standardised globally; 64-100-100-10, relu.
    static let c = Problem(
        keys: "layers=[64,100,100,10] activation=relu data.file=digits/optdigits.tes data.format=csv data.train=500 "
            + "data.test=1000 data.standardize=global")

    func objective(dtype: String = "f64") throws -> any Objective {
        var configuration = Configuration()
        try configuration.set(assignments: keys + " loss=mse dtype=\(dtype)")
        return try Self.catalogue.makeObjective("mlp", configuration, host: Host(threads: 1))
    }

    private static let catalogue = catalogue(of: "mlp")

    /// A plugin of this package, from the directory that the tests were built into.
    static func catalogue(of plugin: String) -> Catalogue {
        var catalogue = Catalogue()
        let products = Bundle.allBundles.map(\.bundlePath) + [ProcessInfo.processInfo.arguments[0]]
        for place in products {
            var directory = URL(fileURLWithPath: place)
            while directory.pathComponents.count > 1 {
                directory.deleteLastPathComponent()
                let file = directory.appendingPathComponent("libeos-plugin-\(plugin).so").path
                if let plugin = try? LoadedPlugin.load(path: file) {
                    try? catalogue.add(plugin)
                    return catalogue
                }
            }
        }
        return catalogue
    }
}

/// The digits need the data directory.
let hasData = PluginSearchPath.variable("EOS_DATA_DIR") != nil
let needsData = Comment("EOS_DATA_DIR is not set: the digits can't be found")
