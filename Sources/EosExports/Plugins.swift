import CEos
import EosCore
import EosPluginHost

@c @implementation
public func eos_load_plugin(
    _ context: OpaquePointer!, _ path: UnsafePointer<CChar>!, _ out: UnsafeMutablePointer<UnsafePointer<eos_plugin>?>!
) -> eos_status {
    Context.reporting(context) { context throws(EosError) in
        let plugin = try context.load(try SystemPath(try required(path, "path")))
        if let out { out.pointee = plugin.table }
    }
}

@c @implementation
public func eos_load_plugins(
    _ context: OpaquePointer!, _ directory: UnsafePointer<CChar>!, _ loaded: UnsafeMutablePointer<Int64>!
) -> eos_status {
    Context.reporting(context) { context throws(EosError) in
        let place = try SystemPath(try required(directory, "directory"))
        defer { place.close() }
        var count: Int64 = 0
        for path in try place.sharedObjects() {
            do throws(EosError) {
                _ = try context.load(path)
                count += 1
            } catch {
                context.log(EOS_LOG_WARNING, error.message)
            }
        }
        if let loaded { loaded.pointee = count }
    }
}

extension Context {
    /// Loads a plugin and makes what it offers known.
    fileprivate func load(_ path: SystemPath) throws(EosError) -> LoadedPlugin {
        var isKept = false
        defer { if !isKept { path.close() } }
        do throws(EosError) {
            let plugin = try LoadedPlugin.load(path: path.usable)
            isKept = plugin.path == path.usable
            for remark in plugin.takeRemarks() { log(EOS_LOG_WARNING, remark) }
            try catalogue.add(plugin)
            return plugin
        } catch {
            throw path.naming(error)
        }
    }
}

@c @implementation
public func eos_descriptor_at(
    _ context: OpaquePointer!, _ kind: Int32, _ index: Int64,
    _ out: UnsafeMutablePointer<UnsafePointer<eos_descriptor>?>!
) -> eos_status {
    Context.reporting(context) { context throws(EosError) in
        let out = try required(out, "out")
        guard let kind = Offer.Kind(rawValue: kind) else {
            throw EosError(
                EOS_E_INVALID, "kind is \(kind); it must be EOS_KIND_OBJECTIVE (1) or EOS_KIND_POLICY (2)")
        }
        let offers = context.catalogue.offers(kind)
        guard offers.indices.contains(Int(index)) else {
            throw EosError(
                EOS_E_NOT_FOUND, "\(kind.name) \(index) does not exist; \(offers.count) are known, from 0 on")
        }
        out.pointee = offers[Int(index)].descriptor
    }
}
