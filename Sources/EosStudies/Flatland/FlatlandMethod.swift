/// A step-size policy as the study runs it.
struct FlatlandMethod: Sendable, Equatable {
    /// Part of keys.
    let key: String
    /// In tables and legends; that of constant steps gets the step.
    let title: String
    /// The lines of `[policy]`.
    let policy: String
    /// In figures.
    let style: Int

    private init(_ key: String, _ title: String, _ style: Int, _ policy: String? = nil) {
        self.key = key
        self.title = title
        self.style = style
        self.policy = policy ?? "name = \"\(key)\""
    }

    static let nls = FlatlandMethod("nls", "NLS", 0)
    static let capped = FlatlandMethod("nls-ub", "NLS-ub", 1)
    static let monotone = FlatlandMethod("ls", "LS", 2)
    static let ponls = FlatlandMethod("ponls", "PoNLS", 3)
    static let polyak = FlatlandMethod("polyak", "Polyak", 4)
    static let cdat = FlatlandMethod("cdat", "CDAT", 5)
    static let adgd = FlatlandMethod("adgd", "AdGD", 6)

    static func constant(_ step: Double) -> FlatlandMethod {
        FlatlandMethod(
            "constant-\(step.significant())", "constant \(step.significant())", 7,
            "name = \"constant\"\nstep = \(step)")
    }

    /// All but constant steps.
    static let adaptive = [nls, capped, monotone, ponls, polyak, cdat, adgd]
}
