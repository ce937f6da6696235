import EosFFI
import Foundation
import TestSupport
import Testing

/// The functions of Tests/Fixtures/marshalling.c.
struct Library: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer
    let types: TypeTable

    static let shared = Result { try Library() }

    init() throws {
        let file = try BuiltFixture.build("Tests/Fixtures/marshalling.c")
        handle = try #require(dlopen(file, RTLD_NOW | RTLD_LOCAL))
        let mixed = try SignatureParser.structure(
            "mixed", fields: "char tag; double weight; int16_t count; float scale; uint8_t last;")
        let nested = try SignatureParser.structure(
            "nested", fields: "int32_t first; mixed inner; void *nothing;", structs: ["mixed"])
        let split = try SignatureParser.structure("split", fields: "int32_t first; float second[2];")
        types = try TypeTable([mixed, nested, split])
    }

    func symbol(_ name: String) throws -> UnsafeRawPointer {
        UnsafeRawPointer(try #require(dlsym(handle, name), "no symbol \(name)"))
    }

    /// The function of a prototype.
    func call(_ prototype: String) throws -> ForeignCall {
        let signature = try SignatureParser.function(prototype, structs: ["mixed", "nested", "split"])
        return ForeignCall(try symbol(signature.name), try CallInterface(signature, types))
    }
}
