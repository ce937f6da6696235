import EosCore

extension Host {
    /// What stands around the calls into the code of `file`: it tells this host what that changed in the process.
    public func watch(over file: String) -> CallGuard {
        CallGuard(file: file, scope: scope) { [weak self] message in self?.warn(message) }
    }
}
