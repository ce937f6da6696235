import CEos
import EosCore

extension EosError {
    /// Whether a failure that came up while something was made is none of the user's.
    var isOurs: Bool {
        switch Int(status) {
        case EOS_E_MEMORY, EOS_E_NONFINITE, EOS_E_FAILED, EOS_E_CANCELLED, EOS_E_PLUGIN: true
        default: false
        }
    }
}
