import CEos
import EosCore

/// Reads C prototypes and the fields of structs: `double f(int n, const double *x, double (*phi)(double t), void *data)`.
///
/// Arrays among the arguments are the pointers that they decay to; inside a struct they are arrays. Refused, with the reason: variable arguments, bit fields, unions, complex
/// numbers, long double, functions that return functions.
public struct SignatureParser {
    /// As many arguments as a function may have.
    public static let mostParameters = 64
    /// How deep callbacks may nest.
    static let deepest = 4
    /// Of an array inside a struct.
    static let mostElements = 1 << 16
    static let mostDimensions = 4

    private let tokens: [SignatureScanner.Token]
    private let structs: Set<String>
    private var next = 0
    private var depth = 0
    /// Whether what the next star points to is const.
    private var isConstant = false

    /// - Parameter structs: names of structs that are declared, which may be used without the word `struct`.
    /// - Throws: `EOS_E_CONFIG` with the column, what stands there and what is expected.
    public static func function(_ text: String, structs: Set<String> = []) throws(EosError) -> Signature {
        var parser = SignatureParser(try SignatureScanner(text).tokens, structs)
        let returns = try parser.type()
        let name = try parser.word("the name of the function")
        guard parser.take("(") else { throw parser.unexpected("'(' after the function's name") }
        let parameters = try parser.parameters()
        guard !parser.take("(") else { throw parser.unexpected("no second list of arguments") }
        _ = parser.take(";")
        guard parser.token.kind == .end else { throw parser.unexpected("the end of the prototype of one function") }
        if case .function = returns { throw parser.fault("a function can't be returned; return a pointer") }
        return Signature(name: name, returns: returns, parameters: parameters)
    }

    /// Reads `size_t size; double *data;`, the inside of a struct's braces.
    public static func structure(
        _ name: String, fields text: String, structs: Set<String> = []
    ) throws(EosError) -> StructLayout {
        var parser = SignatureParser(try SignatureScanner(text).tokens, structs)
        var fields: [Signature.Parameter] = []
        while parser.token.kind != .end {
            guard fields.count < mostParameters else {
                throw parser.fault("a struct of more than \(mostParameters) fields is not supported")
            }
            let field = try parser.parameter(isField: true)
            guard let name = field.name else { throw parser.unexpected("the name of the field") }
            guard field.type != .void else { throw parser.fault("the field \(name) has the type void") }
            guard !fields.contains(where: { $0.name == name }) else {
                throw parser.fault("the field \(name) is declared twice")
            }
            fields.append(field)
            guard parser.take(";") || parser.token.kind == .end else {
                throw parser.unexpected("';' after a field; declare one field at a time")
            }
        }
        guard !fields.isEmpty else { throw EosError(EOS_E_CONFIG, "a struct without fields; declare at least one") }
        return StructLayout(name: name, fields: fields)
    }

    private init(_ tokens: [SignatureScanner.Token], _ structs: Set<String>) {
        self.tokens = tokens
        self.structs = structs
    }
}

/// Tokens. The last one is the end, which is never passed.
extension SignatureParser {
    private var token: SignatureScanner.Token { tokens[next] }

    private mutating func advance() { if token.kind != .end { next += 1 } }

    private mutating func take(_ mark: String) -> Bool {
        guard token.kind == .mark, token.text == mark else { return false }
        advance()
        return true
    }

    private mutating func word(_ wanted: String) throws(EosError) -> String {
        guard token.kind == .word, !TypeName.combining.contains(token.text), !TypeName.ignored.contains(token.text)
        else { throw unexpected(wanted) }
        defer { advance() }
        return token.text
    }

    private func unexpected(_ wanted: String) -> EosError {
        fault("\(token.kind == .end ? "the prototype ends" : "'\(token.text)'") where \(wanted) is expected")
    }

    private func fault(_ what: String) -> EosError { EosError(EOS_E_CONFIG, "column \(token.column): \(what)") }
}

/// The grammar.
extension SignatureParser {
    /// After '(' and up to ')'.
    private mutating func parameters() throws(EosError) -> [Signature.Parameter] {
        if take(")") { return [] }
        var parameters: [Signature.Parameter] = []
        while true {
            if token.text == "..." {
                throw fault("variable arguments can't be passed; write a small C function around it")
            }
            guard parameters.count < Self.mostParameters else {
                throw fault("a function of more than \(Self.mostParameters) arguments is not supported")
            }
            let parameter = try parameter(isField: false)
            if parameter.type == .void {
                guard parameters.isEmpty, parameter.name == nil, take(")") else {
                    throw fault("an argument can't be void; write void *, or (void) for no arguments")
                }
                return []
            }
            if let name = parameter.name, parameters.contains(where: { $0.name == name }) {
                throw fault("the argument \(name) is declared twice")
            }
            parameters.append(parameter)
            if take(")") { return parameters }
            guard take(",") else { throw unexpected("',' or ')' after an argument") }
        }
    }

    private mutating func parameter(isField: Bool) throws(EosError) -> Signature.Parameter {
        let base = try type()
        if take("(") {
            let name = try pointerName()
            guard take("(") else { throw unexpected("a callback such as double (*phi)(double)") }
            return try callback(name, returning: base)
        }
        var name: String?
        if token.kind == .word { name = try word("a name") }
        // `double phi(double)` as an argument is a pointer to a function, too.
        if !isField, name != nil, take("(") { return try callback(name, returning: base) }
        if isField { return Signature.Parameter(name, try array(of: base)) }
        var type = base
        var dimensions = 0
        while take("[") {
            // Sizes say nothing about how an array is passed.
            while token.kind == .word || token.kind == .number || token.text == "*" { advance() }
            guard take("]") else { throw unexpected("']'") }
            dimensions += 1
        }
        if dimensions > 0 {
            guard type != .void else { throw fault("an array of void has no elements") }
            try checkStars(Self.stars(of: type))
            type = .pointer(type, isConstant: isConstant)
        }
        return Signature.Parameter(name, type)
    }

    /// After the name of a field: its dimensions, each a number.
    private mutating func array(of element: CType) throws(EosError) -> CType {
        var dimensions: [Int] = []
        while take("[") {
            guard token.kind == .number, let count = Int(token.text), (1...Self.mostElements).contains(count) else {
                throw fault("the size of an array inside a struct is a number from 1 to \(Self.mostElements)")
            }
            advance()
            guard take("]") else { throw unexpected("']'") }
            dimensions.append(count)
            guard dimensions.count <= Self.mostDimensions, dimensions.reduce(1, *) <= Self.mostElements else {
                throw fault(
                    "an array inside a struct has at most \(Self.mostDimensions) dimensions and \(Self.mostElements) "
                        + "elements")
            }
        }
        guard element != .void || dimensions.isEmpty else { throw fault("an array of void has no elements") }
        return dimensions.reversed().reduce(element) { .array($0, count: $1) }
    }

    /// After `double (`: `*phi)`.
    private mutating func pointerName() throws(EosError) -> String? {
        guard take("*") else { throw unexpected("a callback such as double (*phi)(double)") }
        skipQualifiers()
        let name = token.kind == .word ? try word("the name of the callback") : nil
        guard take(")") else { throw unexpected("a callback such as double (*phi)(double)") }
        return name
    }

    /// After the opening of its arguments.
    private mutating func callback(
        _ name: String?, returning returns: CType
    ) throws(EosError) -> Signature.Parameter {
        guard depth < Self.deepest else { throw fault("callbacks nest deeper than \(Self.deepest)") }
        depth += 1
        defer { depth -= 1 }
        let signature = Signature(name: name ?? "", returns: returns, parameters: try parameters())
        return Signature.Parameter(name, .pointer(.function(signature), isConstant: false))
    }

    /// A base type and its stars.
    private mutating func type() throws(EosError) -> CType {
        isConstant = false
        var type = try baseType()
        var stars = 0
        while take("*") {
            try checkStars(stars)
            stars += 1
            type = .pointer(type, isConstant: isConstant)
            isConstant = false
            skipQualifiers()
        }
        return type
    }

    /// Throws where there is no room for one more.
    private func checkStars(_ count: Int) throws(EosError) {
        guard count < 8 else { throw fault("a pointer to a pointer, eight times over, is not supported") }
    }

    private static func stars(of type: CType) -> Int { type.pointee.map { 1 + stars(of: $0) } ?? 0 }

    private mutating func baseType() throws(EosError) -> CType {
        skipQualifiers()
        let first = token
        guard first.kind == .word else { throw unexpected("a type") }
        if let reason = TypeName.refused[first.text] { throw fault("\(first.text): \(reason)") }
        if let type = TypeName.single[first.text] {
            advance()
            skipQualifiers()
            return type
        }
        if first.text == "struct" || first.text == "enum" {
            advance()
            let name = try word("the name of the \(first.text)")
            skipQualifiers()
            return first.text == "enum" ? .int : .structure(name)
        }
        var words: [String] = []
        while token.kind == .word, TypeName.combining.contains(token.text) {
            guard words.count < 5 else { throw fault("this combination of words is not a C type") }
            words.append(token.text)
            advance()
            skipQualifiers()
        }
        if words.isEmpty {
            guard structs.contains(first.text) else {
                let near = TypeName.nearest(to: first.text, structs).map { "; did you mean \($0)?" }
                throw fault(
                    "unknown type \(first.text)"
                        + (near
                            ?? "; use C types, void * for opaque data, or declare [struct.\(first.text)]"))
            }
            advance()
            skipQualifiers()
            return .structure(first.text)
        }
        if let reason = TypeName.refused[token.text] { throw fault("\(token.text): \(reason)") }
        guard let type = TypeName.combined(words) else {
            let name = words.joined(separator: " ")
            throw EosError(
                EOS_E_CONFIG,
                "column \(first.column): \(name) can't be passed: "
                    + (words.contains("double") ? "only float and double can" : "it is not a C type"))
        }
        return type
    }

    private mutating func skipQualifiers() {
        while token.kind == .word, TypeName.ignored.contains(token.text) {
            if token.text == "const" { isConstant = true }
            advance()
        }
    }
}
