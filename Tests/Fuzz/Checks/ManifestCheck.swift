import EosCore
import EosForeign

/// What holds for every text that is read as a manifest.
public enum ManifestCheck {
    private static let file = "fuzzed.toml"

    /// - Returns: what does not hold; nil where all is well.
    public static func complaint(about text: String) -> String? {
        do throws(EosError) {
            let manifest = try Manifest(text: text, file: file)
            guard !manifest.description.offers.isEmpty else { return "a manifest that offers nothing was read" }
            let again = try Manifest(text: text, file: file)
            return again.description == manifest.description ? nil : "reading it again gives something else"
        } catch {
            if let complaint = Sentence.complaint(about: error) { return complaint }
            return error.message.hasPrefix("\(file):") ? nil : "names no place: \(error.message)"
        }
    }
}
