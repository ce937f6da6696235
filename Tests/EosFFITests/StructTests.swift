import EosCore
import EosFFI
import Foundation
import TestSupport
import Testing

/// Structs by value, of every size and mixture, arrive as they do where a C compiler makes the call.
@Suite struct StructTests {
    private struct Corpus: @unchecked Sendable {
        let corpus: StructCorpus
        let types: TypeTable
        let handle: UnsafeMutableRawPointer

        init() throws {
            corpus = StructCorpus(seed: 16)
            let directory = try TemporaryDirectory()
            let source = "\(directory.path)/structs.c"
            try corpus.source.write(toFile: source, atomically: true, encoding: .utf8)
            handle = try #require(dlopen(try BuiltFixture.build(source), RTLD_NOW | RTLD_LOCAL))
            types = try TypeTable(corpus.layouts)
        }

        func symbol(_ name: String) throws -> UnsafeMutableRawPointer {
            try #require(dlsym(handle, name), "no symbol \(name)")
        }
    }

    private static let shared = Result { try Corpus() }

    private typealias Direct =
        @convention(c) (UnsafeMutablePointer<UnsafeMutableRawPointer?>, UnsafeMutableRawPointer) -> Void
    private typealias Back =
        @convention(c) (
            UnsafeMutableRawPointer, UnsafeMutablePointer<UnsafeMutableRawPointer?>, UnsafeMutableRawPointer
        ) -> Void
    private typealias Digest = @convention(c) (UnsafeRawPointer) -> UInt64

    /// A prototype with arguments at random, and what C gives for them.
    private final class Trial {
        let call: ForeignCall
        let arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>
        let result = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 64)
        private let direct: Direct
        private let back: Back
        private let digest: Digest
        private let sizes: [Int]
        private let isFloat: [Bool]

        init(_ corpus: Corpus, _ prototype: Signature) throws {
            let number = prototype.name.dropFirst(5)
            call = ForeignCall(try corpus.symbol(prototype.name), try CallInterface(prototype, corpus.types))
            direct = unsafeBitCast(try corpus.symbol("direct_\(number)"), to: Direct.self)
            back = unsafeBitCast(try corpus.symbol("back_\(number)"), to: Back.self)
            digest = unsafeBitCast(try corpus.symbol("digest_\(number)"), to: Digest.self)
            sizes = prototype.parameters.map { corpus.types.size(of: $0.type)?.size ?? 0 }
            isFloat = prototype.parameters.map { $0.type.isFloatingPoint }
            arguments = .allocate(capacity: max(1, sizes.count))
            for index in sizes.indices { arguments[index] = call.slot(index) }
        }

        deinit {
            arguments.deallocate()
            result.deallocate()
        }

        func fill(_ random: inout SplitMix64) {
            for (index, size) in sizes.enumerated() {
                for offset in 0..<size {
                    // A signalling number that is not one would change on its way through a register.
                    let byte = UInt8(truncatingIfNeeded: random.next()) & (offset % 4 >= 2 ? 0x3f : 0xff)
                    call.slot(index).storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
                }
            }
        }

        var expected: UInt64 {
            direct(arguments, result)
            return digest(result)
        }

        var found: UInt64 {
            call.invoke()
            return digest(call.resultPointer)
        }

        /// By C, through a function that was made at run time and that calls C again.
        func foundThroughClosure() throws -> UInt64 {
            let closure = try Closure(
                call.interface, context: unsafeBitCast(direct, to: UnsafeMutableRawPointer.self)
            ) { @Sendable _, result, arguments, context in
                unsafeBitCast(context!, to: Direct.self)(arguments!, result!)
            }
            back(closure.function, arguments, result)
            withExtendedLifetime(closure) {}
            return digest(result)
        }
    }

    @Test func sizesAreThoseOfTheCompiler() throws {
        let corpus = try Self.shared.get()
        for layout in corpus.corpus.layouts {
            let size = unsafeBitCast(
                try corpus.symbol("size_\(layout.name)"), to: (@convention(c) () -> Int).self)
            #expect(corpus.types.layouts[layout.name]?.size == size(), "\(layout)")
        }
        let sizes = Set(corpus.types.layouts.values.map(\.size))
        #expect(sizes.isSuperset(of: 1...64))
    }

    @Test func arriveAndReturnAsInC() throws {
        let corpus = try Self.shared.get()
        var random = SplitMix64(state: 1)
        var inMemory = 0
        for prototype in corpus.corpus.prototypes {
            let trial = try Trial(corpus, prototype)
            // Several in a row: a call must leave nothing behind that changes the next one.
            for round in 0..<4 {
                trial.fill(&random)
                let places = prototype.parameters.indices.map { trial.call.slot($0) }
                #expect(trial.found == trial.expected, "call \(round + 1) of \(prototype)")
                #expect(prototype.parameters.indices.map { trial.call.slot($0) } == places, "\(prototype)")
                #expect(trial.found == trial.expected, "again, \(prototype)")
            }
            if (corpus.types.size(of: prototype.returns)?.size ?? 0) > 16 { inMemory += 1 }
        }
        #expect(corpus.corpus.prototypes.count > 300 && inMemory > 100)
    }

    @Test func arriveInClosuresAsInC() throws {
        let corpus = try Self.shared.get()
        var random = SplitMix64(state: 2)
        for prototype in corpus.corpus.prototypes {
            // Integers shorter than a register come back as a whole one.
            if let size = prototype.returns.size, prototype.returns.isInteger, size < 8 { continue }
            let trial = try Trial(corpus, prototype)
            trial.fill(&random)
            #expect(try trial.foundThroughClosure() == trial.expected, "\(prototype)")
        }
    }

    @Test func arriveOnSeveralThreads() throws {
        let corpus = try Self.shared.get()
        let prototypes = corpus.corpus.prototypes.filter { $0.parameters.count > 4 }.prefix(8)
        #expect(prototypes.count == 8)
        let wrong = Counter()
        let done = Counter()
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            var random = SplitMix64(state: UInt64(thread))
            for prototype in prototypes {
                guard let trial = try? Trial(corpus, prototype) else { return wrong.add() }
                for _ in 0..<500 {
                    trial.fill(&random)
                    if trial.found != trial.expected { wrong.add() }
                    done.add()
                }
            }
        }
        #expect(wrong.value == 0 && done.value == 4 * 8 * 500)
    }

    @Test func arraysAreReadInFields() throws {
        let layout = try SignatureParser.structure(
            "s", fields: "double x[3]; const char *names[2]; float m[2][3]; s0 inner[2];", structs: ["s0"])
        #expect(
            layout.fields.map { "\($0.type) \($0.name!)" } == [
                "double[3] x", "const char *[2] names", "float[2][3] m", "struct s0[2] inner",
            ])
        let inner = StructLayout(name: "s0", fields: [Signature.Parameter("a", .integer(bytes: 2, isSigned: true))])
        let found = try #require(try TypeTable([inner, layout]).layouts["s"])
        #expect(found.offsets == [0, 24, 40, 64] && found.size == 72 && found.alignment == 8)
    }

    @Test(arguments: [
        ("double x[0];", "a number from 1 to 65536"), ("double x[];", "a number from 1 to 65536"),
        ("double x[n];", "a number from 1 to 65536"), ("double x[-1];", "column 10"),
        ("double x[65537];", "a number from 1 to 65536"), ("double x[3", "']'"), ("void x[3];", "array of void"),
        ("char x[2][2][2][2][2];", "at most 4 dimensions"), ("char x[65536][65536];", "65536 elements"),
        ("double x[3] y;", "';' after a field"),
    ])
    func arraysThatAreNone(_ fields: String, _ sentence: String) throws {
        let error = #expect(throws: EosError.self) { try SignatureParser.structure("s", fields: fields) }
        #expect(error?.message.contains(sentence) == true, "\(error?.message ?? "")")
    }

    /// Nested arrays multiply: the size is known before any of it is made.
    @Test func largeStructsAreRefused() throws {
        var layouts = [StructLayout(name: "s0", fields: [Signature.Parameter("x", .array(.double, count: 8192))])]
        #expect(try TypeTable(layouts).layouts["s0"]?.size == TypeTable.largest)
        layouts.append(
            StructLayout(name: "s1", fields: [Signature.Parameter("x", .array(.structure("s0"), count: 65536))]))
        let large = Signature.Parameter(nil, .structure("s0"))
        let types = try TypeTable([layouts[0]])
        _ = try CallInterface(Signature(name: "f", returns: .void, parameters: [large]), types)
        let many = #expect(throws: EosError.self) {
            try CallInterface(Signature(name: "f", returns: .void, parameters: [large, large]), types)
        }
        #expect(many?.message.hasPrefix("f: 131072 bytes of arguments by value") == true)
        let error = #expect(throws: EosError.self) { try TypeTable(layouts) }
        #expect(error?.message == "struct s1 is larger than 65536 bytes; pass it as void *")
    }
}
