import CEos
import EosPluginKit

private let plugin = Plugin(
    id: "eos.rosenbrock", version: EOS_VERSION_STRING, licence: "Apache-2.0", objectives: [Rosenbrock.self])

@c @implementation
public func eos_plugin_entry(_ hostABI: UInt32) -> UnsafePointer<eos_plugin>? { plugin.entry(hostABI) }
