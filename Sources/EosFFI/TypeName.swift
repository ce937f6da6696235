import EosCore

/// The names of C's arithmetic types.
enum TypeName {
    /// Words that say nothing about how a value is passed.
    static let ignored: Set = [
        "const", "volatile", "restrict", "__restrict", "__restrict__", "static", "extern", "inline", "register",
    ]

    /// Words that combine to one type: "unsigned long int".
    static let combining: Set = ["signed", "unsigned", "short", "long", "int", "char", "float", "double"]

    /// Names of one word.
    static let single: [String: CType] = [
        "void": .void, "_Bool": .bool, "bool": .bool,
        "int8_t": .integer(bytes: 1, isSigned: true), "uint8_t": .integer(bytes: 1, isSigned: false),
        "int16_t": .integer(bytes: 2, isSigned: true), "uint16_t": .integer(bytes: 2, isSigned: false),
        "int32_t": .integer(bytes: 4, isSigned: true), "uint32_t": .integer(bytes: 4, isSigned: false),
        "int64_t": .integer(bytes: 8, isSigned: true), "uint64_t": .integer(bytes: 8, isSigned: false),
        "size_t": .integer(bytes: 8, isSigned: false), "ssize_t": .integer(bytes: 8, isSigned: true),
        "ptrdiff_t": .integer(bytes: 8, isSigned: true), "intptr_t": .integer(bytes: 8, isSigned: true),
        "uintptr_t": .integer(bytes: 8, isSigned: false),
    ]

    /// Types that exist in C and that can't be passed, with what to do.
    static let refused: [String: String] = [
        "union": "unions can't be passed; write a small C function around it",
        "_Complex": "complex numbers can't be passed; write a small C function around it",
        "complex": "complex numbers can't be passed; write a small C function around it",
        "__float128": "only float and double can be passed; write a small C function around it",
        "_Float128": "only float and double can be passed; write a small C function around it",
        "va_list": "variable arguments can't be passed; write a small C function around it",
    ]

    /// The type that a set of combining words means; nil for sets that C does not have, "long double" among them.
    static func combined(_ words: [String]) -> CType? {
        let sorted = words.sorted()
        switch sorted {
        case ["float"]: return .float
        case ["double"]: return .double
        case ["char"]: return .character
        case ["char", "signed"]: return .integer(bytes: 1, isSigned: true)
        case ["char", "unsigned"]: return .integer(bytes: 1, isSigned: false)
        default: break
        }
        guard words.filter({ $0 == "int" }).count <= 1 else { return nil }
        switch sorted.filter({ $0 != "int" }) {
        case [], ["signed"]: return .int
        case ["unsigned"]: return .integer(bytes: 4, isSigned: false)
        case ["short"], ["short", "signed"]: return .integer(bytes: 2, isSigned: true)
        case ["short", "unsigned"]: return .integer(bytes: 2, isSigned: false)
        case ["long"], ["long", "signed"], ["long", "long"], ["long", "long", "signed"]:
            return .integer(bytes: 8, isSigned: true)
        case ["long", "unsigned"], ["long", "long", "unsigned"]: return .integer(bytes: 8, isSigned: false)
        default: return nil
        }
    }

    /// What somebody who wrote `word` may have meant.
    static func nearest(to word: String, _ structs: Set<String>) -> String? {
        EosCore.nearest(to: word, in: single.keys.sorted() + combining.sorted() + structs.sorted())
    }
}
