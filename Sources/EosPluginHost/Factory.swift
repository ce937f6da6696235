import CEos
import EosCore
import Glibc

/// The factories of a plugin: what they offer, and making it.
enum Factory {
    typealias Getter = @convention(c) (UnsafePointer<CChar>?) -> UnsafeRawPointer?

    /// Everything that the plugin offers, checked.
    static func offers(of file: String, _ getFactory: Getter) throws(EosError) -> [Offer] {
        let offers =
            try offers(.objective, of: file, getFactory(EOS_OBJECTIVE_FACTORY), eos_objective_factory.self)
            + offers(.policy, of: file, getFactory(EOS_POLICY_FACTORY), eos_policy_factory.self)
        for (index, offer) in offers.enumerated() {
            guard !offers[..<index].contains(where: { $0.id == offer.id && $0.kind == offer.kind }) else {
                throw EosError(EOS_E_PLUGIN, "offers the \(offer.kind.name) \(offer.id) twice")
            }
        }
        return offers
    }

    private static func offers<Table: FactoryTable>(
        _ kind: Offer.Kind, of file: String, _ pointer: UnsafeRawPointer?, _: Table.Type
    ) throws(EosError) -> [Offer] {
        guard let pointer else { return [] }
        let factory = try Table(factory: pointer)
        guard let count = factory.count, let descriptor = factory.descriptor, factory.canCreate else {
            throw EosError(EOS_E_PLUGIN, "the factory \(kind.factory) lacks count, descriptor or create; set all three")
        }
        let known = count(factory.ctx)
        guard (0...10_000).contains(known) else {
            throw EosError(EOS_E_PLUGIN, "the factory \(kind.factory) has a count of \(known); it must be 0 to 10000")
        }
        var offers: [Offer] = []
        for index in 0..<known {
            offers.append(try Offer(kind, descriptor(factory.ctx, index), index: index, file: file))
        }
        return offers
    }

    /// Makes an objective; whoever takes it over destroys it.
    static func makeObjective(
        _ offer: Offer, _ values: Configuration, _ host: Host, _ getFactory: Getter
    ) throws(EosError) -> (UnsafePointer<eos_objective_ops>, UnsafeMutableRawPointer?) {
        let factory = try eos_objective_factory(factory: getFactory(offer.kind.factory))
        return try make(values, host) { host, config, ops, instance in
            factory.create(factory.ctx, host, offer.id, config, ops, instance)
        }
    }

    /// Makes a policy; whoever takes it over destroys it.
    static func makePolicy(
        _ offer: Offer, _ values: Configuration, _ host: Host, _ getFactory: Getter
    ) throws(EosError) -> (UnsafePointer<eos_policy_ops>, UnsafeMutableRawPointer?) {
        let factory = try eos_policy_factory(factory: getFactory(offer.kind.factory))
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
        guard let table else {
            throw EosError(EOS_E_PLUGIN, "create returned EOS_OK but no table of functions; set *ops")
        }
        return (table, instance)
    }
}

/// What the factories of all kinds have.
private protocol FactoryTable: SizedTable {
    static var name: String { get }
    var ctx: UnsafeMutableRawPointer! { get }
    var count: (@convention(c) (UnsafeMutableRawPointer?) -> Int64)! { get }
    var descriptor: (@convention(c) (UnsafeMutableRawPointer?, Int64) -> UnsafePointer<eos_descriptor>?)! { get }
    var canCreate: Bool { get }
}

extension FactoryTable {
    fileprivate init(factory pointer: UnsafeRawPointer?) throws(EosError) {
        try self.init(at: pointer?.assumingMemoryBound(to: Self.self), "the factory \(Self.name)")
    }
}

extension eos_objective_factory: FactoryTable {
    fileprivate static var name: String { EOS_OBJECTIVE_FACTORY }
    fileprivate var canCreate: Bool { create != nil }
}

extension eos_policy_factory: FactoryTable {
    fileprivate static var name: String { EOS_POLICY_FACTORY }
    fileprivate var canCreate: Bool { create != nil }
}
