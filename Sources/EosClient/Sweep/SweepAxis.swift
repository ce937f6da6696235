import CEos
import EosCore
import Foundation

/// One key of a sweep and the values that it takes: `policy.step=0.1,0.2`, `objective.seed=1..5`, `policy.c=0..1:0.25`.
public struct SweepAxis: Sendable, Equatable {
    public let key: String
    /// As a spec writes them.
    public let values: [String]

    /// Of all combinations, and so of the values of one key.
    static let limit = 10_000

    /// - Throws: `EOS_E_CONFIG` for what is no axis.
    public init(parsing text: String) throws(EosError) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw EosError(EOS_E_CONFIG, "\"\(text)\" is not an axis; write key=value,value or key=first..last")
        }
        key = String(text[..<equals])
        var values: [String] = []
        for word in Self.split(text[text.index(after: equals)...]) {
            let word = word.trimmingCharacters(in: .whitespaces)
            guard !word.isEmpty else { throw EosError(EOS_E_CONFIG, "\(text): a value is empty; remove one comma") }
            values += try Self.range(word, in: text) ?? [word]
            guard values.count <= Self.limit else {
                throw EosError(EOS_E_CONFIG, "\(text) has more than \(Self.limit) values; use a larger step")
            }
        }
        if let twice = Set(values).first(where: { value in values.count { $0 == value } > 1 }) {
            throw EosError(EOS_E_CONFIG, "\(text): \(twice) is given twice; remove one")
        }
        self.values = values
    }

    /// At commas outside of brackets and quotes.
    private static func split(_ text: Substring) -> [Substring] {
        var words: [Substring] = []
        var start = text.startIndex
        var depth = 0
        var quote: Character?
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
                continue
            }
            switch character {
            case "\"", "'": quote = character
            case "[": depth += 1
            case "]": depth -= 1
            case "," where depth == 0:
                words.append(text[start..<index])
                start = text.index(after: index)
            default: break
            }
        }
        return words + [text[start...]]
    }

    /// `first..last` of integers, or `first..last:step`; both ends belong to it. Decimal, so that 0.1 stays 0.1.
    ///
    /// - Returns: nil where the word is no range, as "../data.csv" is none.
    private static func range(_ word: String, in text: String) throws(EosError) -> [String]? {
        guard let dots = word.range(of: "..") else { return nil }
        let parts = word[dots.upperBound...].split(separator: ":", omittingEmptySubsequences: false)
        guard let first = number(word[..<dots.lowerBound]), parts.count <= 2, let last = number(parts[0]) else {
            return nil
        }
        func fault(_ what: String) -> EosError { EosError(EOS_E_CONFIG, "\(text): the range \(word) \(what)") }
        var step = Decimal(first <= last ? 1 : -1)
        if parts.count == 2 {
            guard let given = number(parts[1]), given != 0 else {
                throw fault("has a step that is not a number; give a number")
            }
            step = given
        } else if !isInteger(first) || !isInteger(last) {
            throw fault("needs a step, as \(word):0.1")
        }
        guard (last - first) * step >= 0 else { throw fault("moves away from its end; change the sign of the step") }
        guard abs((last - first) / step) <= Decimal(limit) else {
            throw fault("has more than \(limit) values; use a larger step")
        }
        var values: [String] = []
        var value = first
        while step > 0 ? value <= last : value >= last {
            values.append("\(value)")
            value += step
        }
        return values
    }

    private static func number(_ text: some StringProtocol) -> Decimal? {
        guard let double = Double(String(text)), double.isFinite, abs(double) <= 1e15,
            double == 0 || abs(double) >= 1e-15
        else { return nil }
        return Decimal(string: String(text), locale: Locale(identifier: "en_US_POSIX"))
    }

    private static func isInteger(_ number: Decimal) -> Bool {
        var (number, whole) = (number, Decimal())
        NSDecimalRound(&whole, &number, 0, .plain)
        return whole == number
    }
}
