import CEos
import EosCore
import TOMLKit

/// A text in TOML that was read, and where its keys stand.
public struct TOMLDocument {
    public let root: TOMLTable
    public let lines: LineIndex

    /// - Parameter file: as errors name it.
    /// - Throws: `EOS_E_CONFIG` with file, line and what is wrong for a text that is not TOML.
    public init(text: String, file: String) throws(EosError) {
        guard !text.utf8.contains(0) else {
            throw EosError(EOS_E_CONFIG, "\(file): this is not a text file: it holds a zero byte")
        }
        try TOMLText.check(text, file: file)
        do {
            root = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let place = error.source.begin
            throw EosError(
                EOS_E_CONFIG, "\(file):\(place.line):\(place.column): this is not TOML: \(error.description)")
        } catch {
            throw EosError(EOS_E_CONFIG, "\(file): this is not TOML: \(error)")
        }
        lines = LineIndex(text)
    }
}
