import CEos
import EosCore
import EosFFI
import EosPluginHost

extension RoleSyntax {
    static let observers = [
        RoleSyntax("observer") { request throws(EosError) in try request.plain(ObserverRole()) }
    ]
}

/// A callback without user data whose calls become lines of the run's log.
struct ObserverRole: Role {
    var name: String { "observer" }

    func check(_ type: CType, _ context: RoleContext) throws(EosError) {
        guard let signature = type.callback else {
            throw EosError(
                EOS_E_CONFIG,
                "\(type) is no function; write the observer's own prototype, such as void (*report)(int k, double f)")
        }
        try Observer.check(signature)
        _ = try CallInterface(signature, context.types)
    }

    func bind(_ type: CType, at address: UnsafeMutableRawPointer, _ builder: PlanBuilder) throws(EosError) {
        guard let signature = type.callback else { return }
        let target = builder.environment.observers
        let observer = try Observer(builder.call.interface.signature.name, signature, builder.types, target)
        if case .library = target {
            // As long as the library itself, which is never unloaded.
            _ = Unmanaged.passRetained(observer)
        } else {
            builder.keep(ObserverLife(observer))
        }
        address.storeBytes(of: observer.function, as: UnsafeMutableRawPointer.self)
    }

    func explain(_ type: CType) -> String { "an observer: each call is a line of the log" }
}

/// Silences an observer when the object goes that it was made for.
private final class ObserverLife {
    private let observer: Observer
    init(_ observer: Observer) { self.observer = observer }
    deinit { observer.end() }
}
