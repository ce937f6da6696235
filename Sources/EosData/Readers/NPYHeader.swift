import EosCore

/// The dictionary at the beginning of a .npy file: {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }.
struct NPYHeader {
    private let text: String

    init(_ text: String) { self.text = text }

    /// What follows a key as Python writes it: a word, a string with its quotes, or a tuple or list with its brackets.
    func value(_ key: String) -> String? {
        guard let rest = after(key) else { return nil }
        var quotes: Character?
        var depth = 0
        let value = rest.prefix { character in
            if let quote = quotes {
                if character == quote { quotes = nil }
                return true
            }
            switch character {
            case "'", "\"": quotes = character
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case ",", "}": return depth > 0
            default: break
            }
            return true
        }
        return trimmed(value)
    }

    private func after(_ key: String) -> Substring? {
        for quote in ["'", "\""] {
            var rest = text[...]
            let name = "\(quote)\(key)\(quote)"
            while !rest.isEmpty {
                if rest.hasPrefix(name) { return rest.dropFirst(name.count).drop { $0 == " " || $0 == ":" } }
                rest = rest.dropFirst()
            }
        }
        return nil
    }
}

private func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0.isWhitespace }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
}

/// What the header says of the elements, or why it is not read.
extension NPYArray {
    static func element(_ header: NPYHeader, _ file: DataFile) throws(EosError) -> Element {
        let type = try value("descr", header, file)
        let known = Element.allCases.map(\.rawValue).joined(separator: ", ")
        guard type.count >= 2, let quote = type.first, quote == "'" || quote == "\"", type.last == quote else {
            guard type.hasPrefix("[") || type.hasPrefix("(") else {
                throw file.damaged(
                    "has the header entry 'descr': \(type), which is not a quoted type; save it with numpy.save")
            }
            throw file.damaged(
                "has elements of the structured type \(type); save each of its fields as a separate array, of one of "
                    + known)
        }
        let name = String(type.dropFirst().dropLast())
        guard let element = Element(rawValue: name) else {
            throw file.damaged("has elements of type \(name); convert them to one of \(known)")
        }
        return element
    }

    static func requireOrder(_ header: NPYHeader, _ file: DataFile) throws(EosError) {
        switch try value("fortran_order", header, file) {
        case "False": return
        case "True":
            throw file.damaged("is in Fortran order; save it with numpy.save(..., numpy.ascontiguousarray(a))")
        case let other:
            throw file.damaged(
                "has the header entry 'fortran_order': \(other), which is neither True nor False; "
                    + "save it with numpy.save")
        }
    }

    /// The numbers of the tuple `shape`, each at least 0. Python 2 wrote long integers as 60L.
    static func shape(_ header: NPYHeader, _ file: DataFile) throws(EosError) -> [Int] {
        let text = try value("shape", header, file)
        var parts = text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
        // (3,) and ().
        if parts.last?.isEmpty == true { parts.removeLast() }
        guard text.count >= 2, text.first == "(", text.last == ")", parts.allSatisfy(isInteger) else {
            throw file.damaged(
                "has the header entry 'shape': \(text), which is not a tuple of integers; save it with numpy.save")
        }
        var shape: [Int] = []
        for (index, part) in parts.enumerated() {
            let digits = part.hasSuffix("L") ? String(part.dropLast()) : part
            guard let size = Int(digits), size >= 0 else {
                let range = digits.hasPrefix("-") ? "it must not be negative" : "the largest is \(Int.max)"
                throw file.damaged(
                    "has the shape \(text), whose dimension \(index + 1) is \(digits): \(range); "
                        + "save it with numpy.save")
            }
            shape.append(size)
        }
        return shape
    }

    private static func isInteger(_ text: String) -> Bool {
        var digits = text[...]
        if digits.hasPrefix("-") || digits.hasPrefix("+") { digits = digits.dropFirst() }
        if digits.hasSuffix("L") { digits = digits.dropLast() }
        return !digits.isEmpty && digits.allSatisfy { ("0"..."9").contains($0) }
    }

    private static func value(_ key: String, _ header: NPYHeader, _ file: DataFile) throws(EosError) -> String {
        guard let value = header.value(key), !value.isEmpty else {
            throw file.damaged("has a header without \(key); save it with numpy.save")
        }
        return value
    }
}
