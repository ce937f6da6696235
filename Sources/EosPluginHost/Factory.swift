import CEos
import EosCore
import Glibc

/// The factories of a plugin: what they offer, and making it.
enum Factory {
    typealias Getter = @convention(c) (UnsafePointer<CChar>?) -> UnsafeRawPointer?

    /// Everything that the plugin offers, checked.
    static func offers(of file: String, _ getFactory: Getter) throws(EosError) -> [Offer] {
        var offers: [Offer] = []
        if let pointer = getFactory(EOS_OBJECTIVE_FACTORY) {
            let factory = try eos_objective_factory(at: pointer)
            guard let count = factory.count, let descriptor = factory.descriptor, factory.create != nil else {
                throw incomplete(.objective)
            }
            for index in 0..<(try checked(count(factory.ctx), .objective)) {
                offers.append(try Offer(.objective, descriptor(factory.ctx, index), index: index, file: file))
            }
        }
        if let pointer = getFactory(EOS_POLICY_FACTORY) {
            let factory = try eos_policy_factory(at: pointer)
            guard let count = factory.count, let descriptor = factory.descriptor, factory.create != nil else {
                throw incomplete(.policy)
            }
            for index in 0..<(try checked(count(factory.ctx), .policy)) {
                offers.append(try Offer(.policy, descriptor(factory.ctx, index), index: index, file: file))
            }
        }
        for (index, offer) in offers.enumerated() {
            guard !offers[..<index].contains(where: { $0.id == offer.id && $0.kind == offer.kind }) else {
                throw EosError(EOS_E_PLUGIN, "offers the \(offer.kind.name) \(offer.id) twice")
            }
        }
        return offers
    }

    /// Makes an objective; whoever takes it over destroys it.
    static func makeObjective(
        _ offer: Offer, _ values: Configuration, _ host: Host, _ getFactory: Getter
    ) throws(EosError) -> (UnsafePointer<eos_objective_ops>, UnsafeMutableRawPointer?) {
        let factory = try eos_objective_factory(at: getFactory(offer.kind.factory))
        return try make(values, host) { host, config, ops, instance in
            factory.create(factory.ctx, host, offer.id, config, ops, instance)
        }
    }

    /// Makes a policy; whoever takes it over destroys it.
    static func makePolicy(
        _ offer: Offer, _ values: Configuration, _ host: Host, _ getFactory: Getter
    ) throws(EosError) -> (UnsafePointer<eos_policy_ops>, UnsafeMutableRawPointer?) {
        let factory = try eos_policy_factory(at: getFactory(offer.kind.factory))
        return try make(values, host) { host, config, ops, instance in
            factory.create(factory.ctx, host, offer.id, config, ops, instance)
        }
    }

    private static func make<Table>(
        _ values: Configuration, _ host: Host,
        _ create: (
            UnsafePointer<eos_host>, OpaquePointer, UnsafeMutablePointer<UnsafePointer<Table>?>,
            UnsafeMutablePointer<UnsafeMutableRawPointer?>
        ) -> eos_status
    ) throws(EosError) -> (UnsafePointer<Table>, UnsafeMutableRawPointer?) {
        let handle = ConfigHandle(values)
        var table: UnsafePointer<Table>?
        var instance: UnsafeMutableRawPointer?
        _ = host.failures.take()
        let status = withExtendedLifetime(handle) { create(host.table, handle.pointer, &table, &instance) }
        guard status == EOS_OK else { throw host.failure(status, in: "create") }
        guard let table else { throw EosError(EOS_E_PLUGIN, "create returned EOS_OK and no table of functions") }
        return (table, instance)
    }

    private static func incomplete(_ kind: Offer.Kind) -> EosError {
        EosError(EOS_E_PLUGIN, "the factory \(kind.factory) lacks one of count, descriptor and create")
    }

    private static func checked(_ count: Int64, _ kind: Offer.Kind) throws(EosError) -> Int64 {
        guard (0...10_000).contains(count) else {
            throw EosError(EOS_E_PLUGIN, "the factory \(kind.factory) has a count of \(count); it must be 0 to 10000")
        }
        return count
    }
}

extension eos_objective_factory {
    fileprivate init(at pointer: UnsafeRawPointer?) throws(EosError) {
        try self.init(
            at: pointer?.assumingMemoryBound(to: Self.self), "the factory \(EOS_OBJECTIVE_FACTORY)")
    }
}

extension eos_policy_factory {
    fileprivate init(at pointer: UnsafeRawPointer?) throws(EosError) {
        try self.init(at: pointer?.assumingMemoryBound(to: Self.self), "the factory \(EOS_POLICY_FACTORY)")
    }
}
