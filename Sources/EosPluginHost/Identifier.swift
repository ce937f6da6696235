import CEos
import EosCore

/// The ids of plugins and of what they offer: reverse DNS, "org.example.name", whose last part is the short name.
public enum Identifier {
    /// Throws unless `id` has at least two parts of letters, digits, '-' and '_'.
    public static func check(_ id: String, _ name: String) throws(EosError) {
        let parts = id.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isValid = parts.count >= 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isPart) }
        guard isValid else {
            throw EosError(
                EOS_E_PLUGIN,
                "\(name) is \"\(id)\"; it must be a reverse domain name, such as \"org.example.name\": at least two "
                    + "parts of letters, digits, '-' and '_'")
        }
    }

    /// The last part.
    public static func short(_ id: String) -> String { id.split(separator: ".").last.map(String.init) ?? id }

    private static func isPart(_ byte: UInt8) -> Bool {
        isLower(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "-")
    }

    /// Whether `key` is lower case words, "first_step", with a dot between a table and its key, "data.file".
    public static func isKey(_ key: String) -> Bool {
        let parts = key.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            part.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } == true && part.allSatisfy(isLower)
        }
    }

    private static func isLower(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
    }
}
