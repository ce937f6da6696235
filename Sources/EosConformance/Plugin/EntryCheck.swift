import CEos
import EosCore

extension Check where Subject == PluginSubject {
    /// The tables of the plugin itself. What no host could use was refused before, with its reason.
    static var entry: Check {
        Check("entry", "the entry, the version and the factories are valid") { subject throws(EosError) in
            guard let plugin = subject.plugin else { return .skipped("a manifest has no tables") }
            var findings: [Finding] = []
            let table = plugin.table.pointee
            findings += size(table.struct_size, of: eos_plugin.self)
            if Int(table.abi_minor) > EOS_ABI_MINOR {
                findings.warning(
                    "abi_minor is \(table.abi_minor), but this host has \(EOS_ABI_MINOR); later additions are not "
                        + "checked"
                )
            }
            guard let getFactory = table.get_factory else { return .fail("get_factory is NULL") }
            if getFactory("eos.conformance.unknown/1") != nil {
                findings.fail(
                    "get_factory(\"eos.conformance.unknown/1\") is not NULL; compare the id, and return NULL for one "
                        + "that is not known")
            }
            let offers = subject.maker.description.offers
            if offers.isEmpty {
                findings.warning("offers neither an objective nor a policy, because get_factory returns no factory")
            }
            if let pointer = getFactory(EOS_OBJECTIVE_FACTORY) {
                let factory = pointer.load(as: eos_objective_factory.self)
                findings += size(factory.struct_size, of: eos_objective_factory.self)
                findings += ends(
                    "eos.objective/1", factory.count!(factory.ctx), { factory.descriptor!(factory.ctx, $0) })
            }
            if let pointer = getFactory(EOS_POLICY_FACTORY) {
                let factory = pointer.load(as: eos_policy_factory.self)
                findings += size(factory.struct_size, of: eos_policy_factory.self)
                findings += ends("eos.policy/1", factory.count!(factory.ctx), { factory.descriptor!(factory.ctx, $0) })
            }
            for offer in offers {
                if offer.title.isEmpty {
                    findings.warning("\(offer.id) has no title; describe it in one line")
                }
                for parameter in offer.ownSchema.parameters where parameter.text.isEmpty {
                    findings.warning(
                        "\(offer.id): the key \(parameter.key) has no text; describe it in one sentence")
                }
            }
            return findings.orPass(
                "\(plugin.id) \(plugin.description.version), ABI \(table.abi_major).\(table.abi_minor), "
                    + counted(plugin.description.objectives.count, "objective") + ", "
                    + counted(plugin.description.policies.count, "policy", "policies"))
        }
    }

    /// A descriptor before the first and past the last is none.
    private static func ends(
        _ factory: String, _ count: Int64, _ descriptor: (Int64) -> UnsafePointer<eos_descriptor>?
    ) -> [Finding] {
        for index in [count, count + 1, -1] where descriptor(index) != nil {
            return .fail(
                "\(factory): descriptor(\(index)) is not NULL, although count is \(count); check the index before "
                    + "it is used")
        }
        for index in 0..<count where descriptor(index) != descriptor(index) {
            return .fail("\(factory): descriptor(\(index)) gives another pointer each time; return the same constant")
        }
        return []
    }
}

/// Whether a table's size can be that of any release.
func size<Table>(_ size: UInt32, of type: Table.Type) -> [Finding] {
    let known = MemoryLayout<Table>.size
    if Int(size) > 1 << 16 {
        return .fail("\(type).struct_size is \(size); set it to sizeof(\(type)), which is \(known) in this release")
    }
    if Int(size) > known {
        return .warning("\(type).struct_size is \(size), but this host knows \(known) bytes; the rest is not checked")
    }
    return []
}
