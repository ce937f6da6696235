import CEos
import EosCore
import EosFFI
import Testing

@Suite struct SignatureTests {
    @Test func readsWhatHeadersSay() throws {
        for (text, read) in [
            (
                "double f(int n, const double *x, double *restrict g, void *data)",
                "double f(int32_t n, const double * x, double * g, void * data)"
            ),
            (
                "void fg_(int *n, double x[], double *f, double g[static 2]);",
                "void fg_(int32_t * n, double * x, double * f, double * g)"
            ),
            ("extern float f(float)", "float f(float)"),
            ("unsigned long long int count(void)", "uint64_t count(void)"),
            (
                "long unsigned f(signed char a, unsigned char b, char c, short d, _Bool e, bool g)",
                "uint64_t f(int8_t a, uint8_t b, char c, int16_t d, bool e, bool g)"
            ),
            ("const char *name(size_t, ptrdiff_t, int64_t)", "const char * name(uint64_t, int64_t, int64_t)"),
            (
                "double f(const gsl_vector *v, struct other const *o, enum kind k)",
                "double f(const struct gsl_vector * v, const struct other * o, int32_t k)"
            ),
            (
                "double f(double **rows, const double *const *fixed)",
                "double f(double ** rows, const double *const * fixed)"
            ),
            ("double matrix(const double a[3][4])", "double matrix(const double * a)"),
            (
                "double search(double (*phi)(double t), double (*dphi)(double), double t0)",
                "double search(double (*)(double) phi, double (*)(double) dphi, double t0)"
            ),
            ("void each(void callback(int, const char *))", "void each(void (*)(int32_t, const char *) callback)"),
            ("struct pair both(struct pair p)", "struct pair both(struct pair p)"),
        ] {
            #expect(try SignatureParser.function(text, structs: ["gsl_vector"]).description == read, "\(text)")
        }
    }

    @Test func namesOfArgumentsAndCallbacksAreKept() throws {
        let signature = try SignatureParser.function("double fmin_(double *a, double (*phi)(const double *t))")
        #expect(signature.name == "fmin_" && signature.parameters.map(\.name) == ["a", "phi"])
        let phi = try #require(signature.parameters[1].type.callback)
        #expect(phi.name == "phi" && phi.returns == .double)
        #expect(phi.parameters == [.init("t", .pointer(.double, isConstant: true))])
    }

    @Test func readsFieldsOfStructs() throws {
        let vector = try SignatureParser.structure(
            "gsl_vector", fields: "size_t size; size_t stride; double *data; void *block; int owner;")
        #expect(vector.fields.map(\.name) == ["size", "stride", "data", "block", "owner"])
        #expect(vector.fields[2].type == .pointer(.double, isConstant: false))
        let function = try SignatureParser.structure(
            "gsl_function", fields: "double (*function)(double x, void *params); void *params")
        #expect(function.fields[0].type.callback?.parameters.count == 2)
    }

    @Test(arguments: [
        ("", "column 1: the prototype ends where a type is expected"),
        ("f(int n)", "column 1: unknown type f; use C types"),
        ("duble f(int n)", "column 1: unknown type duble; did you mean double?"),
        ("double f(int n", "column 15: the prototype ends where ',' or ')' after an argument is expected"),
        ("double f(int n) g", "column 17: 'g' where the end of the prototype"),
        ("double (int n)", "column 8: '(' where the name of the function is expected"),
        ("double f", "column 9: the prototype ends where '(' after the function's name is expected"),
        ("double f(const char *format, ...)", "column 30: variable arguments can't be passed"),
        ("long double f(double x)", "column 1: long double can't be passed: only float and double can"),
        ("double f(double _Complex z)", "column 17: _Complex: complex numbers can't be passed"),
        ("double f(union u x)", "column 10: union: unions can't be passed"),
        ("double f(int : 3)", "column 14: ':' is not allowed in a prototype: bit fields"),
        ("double f(std::vector<double> &x)", "column 13: ':' is not allowed in a prototype"),
        ("double f(double &x)", "column 17: '&' is not allowed in a prototype: write a reference as a pointer"),
        ("double f(int n, int n)", "the argument n is declared twice"),
        ("double f(short double x)", "column 10: short double can't be passed"),
        ("double f(int int x)", "column 10: int int can't be passed: it is not a C type"),
        ("double f(void x)", "an argument can't be void"),
        ("double f(int, void)", "an argument can't be void"),
        ("double (*f(int))(double)", "where the name of the function is expected"),
        ("double f(FILE *file)", "unknown type FILE; use C types, void * for opaque data"),
        ("double f(double x) { return x; }", "'{' is not allowed in a prototype"),
        ("double f(void a[2])", "an array of void has no elements"),
    ])
    func refusals(_ text: String, _ message: String) {
        let error = #expect(throws: EosError.self) { try SignatureParser.function(text) }
        #expect(error?.status == eos_status(EOS_E_CONFIG))
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        ("", "a struct without fields"), ("int a int b", "';' after a field"), ("int a; int a;", "is declared twice"),
        ("double a[n];", "the size of an array inside a struct"),
        ("int;", "the name of the field"), ("void a;", "the type void"),
        ("int a, b;", "declare one field at a time"),
    ])
    func refusalsOfFields(_ text: String, _ message: String) {
        let error = #expect(throws: EosError.self) { try SignatureParser.structure("s", fields: text) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    /// However long or deep, an error or a signature, and never a trap.
    @Test func monstersAreRefused() {
        let deep = String(repeating: "double (*f)(", count: 300)
        let wide = "double f(\(Array(repeating: "int", count: 65).joined(separator: ", ")))"
        for text in [
            "double f(" + deep, wide, String(repeating: "x", count: 5000),
            "double " + String(repeating: "*", count: 100),
            String(repeating: "unsigned ", count: 100) + "f(int)", "double f(int a[[[[", "double f(\u{0}int)", "é f()",
        ] {
            #expect(throws: EosError.self) { try SignatureParser.function(text) }
        }
    }
}
