import Foundation
import Testing
import TestSupport

/// A program or a plugin built with the header of the last release still fits today's, as abidiff sees it.
@Suite(.enabled(if: isInstalled("abidiff"), "there is no abidiff here: install abigail-tools"))
struct CompatibilityTests {
    /// Until 1.0 is released it is what we hold ourselves to. EOS_RECORD=1 writes it anew, as for the layout.
    static let released = "\(Tree.root)/Tests/ABITests/eos-1.0.abi"

    @Test func headerFitsTheLastRelease() throws {
        let stub = try Stub()
        if ProcessInfo.processInfo.environment["EOS_RECORD"] == "1" {
            try stub.describe().write(toFile: Self.released, atomically: true, encoding: .utf8)
        }
        #expect(incompatible(try stub.changes(since: Self.released)).isEmpty)
    }

    /// What the record is of is of no machine in particular.
    @Test func recordNamesNoDirectory() throws {
        let recorded = try String(contentsOfFile: Self.released, encoding: .utf8)
        #expect(recorded.contains("path='eos.c'") && !recorded.contains("='/"))
    }

    /// One change of a header: the file, what is there, what is put in its place.
    struct Change: CustomTestStringConvertible, Sendable {
        let name: String
        let file: String
        let old: String
        let new: String

        init(_ name: String, in file: String, _ old: String, _ new: String) {
            self.name = name
            self.file = file
            self.old = old
            self.new = new
        }

        var testDescription: String { name }
    }

    private func changes(_ change: Change) throws -> [String] {
        let headers = try EditedHeaders()
        try headers.edit(change.file) { text in
            try #require(text.contains(change.old), "\(change.file) no longer says \(change.old)")
            return text.replacing(change.old, with: change.new)
        }
        let released = try Stub()
        let record = "\(released.directory.path)/released.abi"
        try released.describe().write(toFile: record, atomically: true, encoding: .utf8)
        return try Stub(of: headers.path).changes(since: record)
    }

    @Test(arguments: [
        Change("a field appended", in: "policy.h", "} eos_trial;", "double appended; } eos_trial;"),
        Change("fields appended", in: "trainer.h", "} eos_progress;", "double a; int64_t b; } eos_progress;"),
        Change("a function appended to a table", in: "host.h", "\n};", "\nvoid (*more)(const eos_host *host); };"),
        Change(
            "a function added", in: "runtime.h", "EOS_EXPORT uint32_t eos_abi(void);",
            "EOS_EXPORT uint32_t eos_abi(void); EOS_EXPORT double eos_more(int32_t number);"),
        Change(
            "a struct added", in: "data.h", "#endif",
            "typedef struct eos_more { uint32_t struct_size; } eos_more;\n#endif"),
    ])
    func additionsAreFine(_ change: Change) throws {
        // The guard of data.h is not the last #endif of what it includes.
        #expect(incompatible(try changes(change)).isEmpty)
    }

    @Test(arguments: [
        Change("a field's type", in: "trainer.h", "double sharpness; ", "int64_t sharpness; "),
        Change("a field's sign", in: "policy.h", "int64_t index; ", "uint64_t index; "),
        Change("a field's width", in: "policy.h", "int64_t index; ", "int32_t index, gap; "),
        Change("a field removed", in: "curvature.h", "const void *start; ", " "),
        Change("a field moved up", in: "trainer.h", "int64_t evaluation; ", "/* moved */"),
        Change(
            "fields in another order", in: "policy.h", "double dg_norm2;\n    double dx_norm2;",
            "double dx_norm2, dg_norm2;"),
        Change(
            "a field put between", in: "policy.h", "double step;\n    double value;", "double step, between, value;"),
        Change("a function removed", in: "runtime.h", "EOS_EXPORT uint32_t eos_abi(void);", ""),
        Change("a parameter added", in: "runtime.h", "eos_abi(void);", "eos_abi(int32_t which);"),
        Change("a result's type", in: "runtime.h", "EOS_EXPORT int64_t eos_last", "EOS_EXPORT int32_t eos_last"),
        Change(
            "a parameter of a function of a table", in: "policy.h", "const eos_iterate *iterate, double *step);",
            "const eos_iterate *iterate, float *step);"),
        Change(
            "a field changed beside one appended", in: "policy.h", "double step;\n    double value;\n",
            "double step;\n    int64_t value;\n double appended;\n"),
    ])
    func anythingElseIsReported(_ change: Change) throws {
        #expect(!incompatible(try changes(change)).isEmpty)
    }
}
