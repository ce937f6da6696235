import EosCore
import EosFFI

/// What holds for every text that is read as a prototype, and as the fields of a struct.
public enum SignatureCheck {
    /// Names of structs that may be used without the word `struct`.
    static let structs: Set = ["problem", "gsl_vector"]

    /// - Returns: what does not hold; nil where all is well.
    public static func complaint(about text: String) -> String? {
        do throws(EosError) {
            let signature = try SignatureParser.function(text, structs: structs)
            if let complaint = complaint(about: signature) { return complaint }
        } catch {
            if let complaint = complaint(about: error) { return complaint }
        }
        do throws(EosError) {
            let layout = try SignatureParser.structure("problem", fields: text, structs: structs)
            return layout.fields.isEmpty ? "a struct without fields was read" : nil
        } catch {
            return complaint(about: error)
        }
    }

    /// What was read says the same when it is written out and read again.
    private static func complaint(about signature: Signature) -> String? {
        guard !signature.name.isEmpty else { return "a function without a name was read" }
        // A callback is written out for people.
        if signature.parameters.contains(where: { $0.type.callback != nil }) { return nil }
        do throws(EosError) {
            let again = try SignatureParser.function(signature.description, structs: structs)
            return again == signature ? nil : "\(signature) becomes \(again) when it is read again"
        } catch {
            return "\(signature) can't be read again: \(error.message)"
        }
    }

    /// Errors are one line and name a place, but for the two of a text as a whole.
    private static func complaint(about error: EosError) -> String? {
        if let complaint = Sentence.complaint(about: error) { return complaint }
        let whole = ["a prototype of ", "a struct without fields"]
        guard error.message.hasPrefix("column ") || whole.contains(where: error.message.hasPrefix) else {
            return "names no column: \(error.message)"
        }
        return nil
    }
}
