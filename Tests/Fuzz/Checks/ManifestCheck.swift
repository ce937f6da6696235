/// What holds for every text that is read as a manifest.
public enum ManifestCheck {
    /// - Returns: what does not hold; nil where all is well.
    public static func complaint(about text: String) -> String? { nil }
}
