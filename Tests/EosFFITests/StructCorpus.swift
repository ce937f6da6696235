import EosCore
import EosFFI
import Foundation
import TestSupport

/// Functions of structs by value with what a C compiler makes of them: a source in C and the same prototypes for us.
///
/// For each prototype NUMBER there are three functions in C. `take_NUMBER` is called: it makes its result of a digest of
/// every field of every argument. `direct_NUMBER` calls it from C, with arguments and result given by pointers.
/// `back_NUMBER` calls a function of the prototype with arguments given by pointers.
struct StructCorpus {
    /// In the order of their declaration: each may hold those before it.
    private(set) var layouts: [StructLayout] = []
    private(set) var prototypes: [Signature] = []
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(state: seed)
        // Every size, by bytes, by floats in pairs and by what is aligned to 8.
        for size in 1...64 { add([.array(.integer(bytes: 1, isSigned: false), count: size)]) }
        for count in 1...16 { add(Array(repeating: .float, count: count)) }
        for count in 1...8 { add(Array(repeating: .double, count: count)) }
        for count in 1...8 { add([.array(.float, count: count), .array(.double, count: count)]) }
        for _ in 0..<96 { add((0...random.below(5)).map { _ in field() }) }
        for layout in layouts { addPrototype([.structure(layout.name)], returns: .structure(layout.name)) }
        for _ in 0..<160 { addPrototype((0...random.below(14)).map { _ in argument() }, returns: argument()) }
    }

    private static let scalars: [CType] = [
        .integer(bytes: 1, isSigned: true), .integer(bytes: 2, isSigned: false), .integer(bytes: 4, isSigned: true),
        .integer(bytes: 8, isSigned: false), .float, .double, .pointer(.double, isConstant: false),
    ]

    private mutating func add(_ types: [CType]) {
        let fields = types.enumerated().map { Signature.Parameter("f\($0)", $1) }
        layouts.append(StructLayout(name: "s\(layouts.count)", fields: fields))
    }

    /// A number, an array of numbers, a struct or an array of them; at most 64 bytes or so in all.
    private mutating func field() -> CType {
        let scalar = Self.scalars[random.below(Self.scalars.count)]
        switch random.below(6) {
        case 0: return .array(scalar, count: 1 + random.below(3))
        case 1: return .structure(layouts[random.below(layouts.count)].name)
        case 2: return .array(.structure("s\(random.below(12))"), count: 1 + random.below(2))
        case 3: return .array(.array(.float, count: 1 + random.below(2)), count: 1 + random.below(2))
        default: return scalar
        }
    }

    private mutating func argument() -> CType {
        random.below(3) == 0
            ? Self.scalars[random.below(Self.scalars.count)] : .structure(layouts[random.below(layouts.count)].name)
    }

    private mutating func addPrototype(_ types: [CType], returns: CType) {
        prototypes.append(
            Signature(
                name: "take_\(prototypes.count)", returns: returns,
                parameters: types.enumerated().map { Signature.Parameter("a\($0)", $1) }))
    }

    // MARK: The source in C.

    var source: String {
        var text = """
            #include <stddef.h>
            #include <stdint.h>
            #include <string.h>
            /* FNV-1a over the bytes of numbers. */
            static uint64_t mix(uint64_t hash, const void *number, size_t size) {
                const unsigned char *bytes = number;
                for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 1099511628211u;
                return hash;
            }
            #define START 14695981039346656037u

            """
        for layout in layouts {
            let fields = layout.fields.map { declaration($0.type, $0.name!) + ";" }.joined(separator: " ")
            text += "typedef struct { \(fields) } \(layout.name);\n"
            let size = "size_t size_\(layout.name)(void)"
            text += "\(size);\n\(size) { return sizeof(\(layout.name)); }\n"
            text += "static uint64_t mix_\(layout.name)(uint64_t h, const \(layout.name) *v) {\n"
            for field in layout.fields { text += visit(field.type, "v->\(field.name!)", mixing, depth: 0) }
            text += "return h; }\n"
            text += "static void fill_\(layout.name)(\(layout.name) *v, uint64_t h) {\nmemset(v, 0, sizeof *v);\n"
            for field in layout.fields { text += visit(field.type, "v->\(field.name!)", filling, depth: 0) }
            text += "}\n"
        }
        for prototype in prototypes { text += functions(prototype) }
        return text
    }

    private func functions(_ prototype: Signature) -> String {
        let number = prototype.name.dropFirst(5)
        let list = prototype.parameters.map { declaration($0.type, $0.name!) }.joined(separator: ", ")
        let result = declaration(prototype.returns, "").trimmingCharacters(in: .whitespaces)
        let given = prototype.parameters.enumerated().map { index, parameter in
            "*(\(declaration(parameter.type, "*")))arguments[\(index)]"
        }.joined(separator: ", ")
        var text = "\(result) take_\(number)(\(list));\n\(result) take_\(number)(\(list)) {\nuint64_t h = START;\n"
        for parameter in prototype.parameters { text += visit(parameter.type, parameter.name!, mixing, depth: 0) }
        text += "\(declaration(prototype.returns, "result")); memset(&result, 0, sizeof result);\n"
        text += visit(prototype.returns, "result", filling, depth: 0) + "return result; }\n"
        for (name, function, callee) in [
            ("direct_\(number)", "void **arguments, void *out", "take_\(number)"),
            ("back_\(number)", "\(result) (*f)(\(list)), void **arguments, void *out", "f"),
        ] {
            text += "void \(name)(\(function));\nvoid \(name)(\(function)) {\n"
            text += "\(declaration(prototype.returns, "result")) = \(callee)(\(given));\n"
            text += "memcpy(out, &result, sizeof result); }\n"
        }
        // The digest of a result: what lies between its fields means nothing.
        let digest = "uint64_t digest_\(number)(const void *at)"
        text += "\(digest);\n\(digest) {\nuint64_t h = START;\n"
        text += "\(declaration(prototype.returns, "result")); memcpy(&result, at, sizeof result);\n"
        return text + visit(prototype.returns, "result", mixing, depth: 0) + "return h; }\n"
    }

    private func declaration(_ type: CType, _ name: String) -> String {
        switch type {
        case .array(let element, let count): declaration(element, "\(name)[\(count)]")
        case .structure(let structure): "\(structure) \(name)"
        default: "\(type) \(name)"
        }
    }

    private let mixing = { (type: CType, place: String) in
        if case .structure(let name) = type { return "h = mix_\(name)(h, &\(place));\n" }
        return "h = mix(h, &\(place), sizeof \(place));\n"
    }

    /// Each number differs from its neighbours; a float that is not a number would not compare.
    private let filling = { (type: CType, place: String) in
        switch type {
        case .structure(let name): "fill_\(name)(&\(place), h); h = mix(h, &h, 8);\n"
        case .pointer: "\(place) = (double *)(uintptr_t)(h & 0xfffff8); h = mix(h, &h, 8);\n"
        case .float, .double: "\(place) = (float)(h % 1000003); h = mix(h, &h, 8);\n"
        default: "\(place) = (__typeof__(\(place)))h; h = mix(h, &h, 8);\n"
        }
    }

    private func visit(
        _ type: CType, _ place: String, _ each: (CType, String) -> String, depth: Int
    ) -> String {
        guard case .array(let element, let count) = type else { return each(type, place) }
        return "for (int i\(depth) = 0; i\(depth) < \(count); i\(depth)++) {\n"
            + visit(element, "\(place)[i\(depth)]", each, depth: depth + 1) + "}\n"
    }
}

/// Steele, Lea, Flood, 2014: the same numbers on every machine.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
