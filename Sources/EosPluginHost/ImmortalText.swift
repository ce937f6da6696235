import Glibc

/// C text that is never freed, for constants of the process.
func immortalText(_ text: String?) -> UnsafePointer<CChar>? {
    text.map { UnsafePointer(strdup($0)) }
}
