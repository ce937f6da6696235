import CEos
import EosCore
import EosFFI
import EosForeign
import EosPluginHost
import Glibc
import TestSupport
import Testing

/// A library of searches, loaded.
final class SearchLibrary: @unchecked Sendable {
    // Unchecked: written by init only.
    private let handle: UnsafeMutableRawPointer

    static let c = Result { try SearchLibrary("searches.c", ["-lm", "-lpthread"]) }
    static let fortran = Result { try SearchLibrary("fmin.f90", []) }

    init(_ source: String, _ options: [String]) throws {
        let file = try BuiltFixture.build("Tests/Fixtures/\(source)", options)
        handle = try #require(dlopen(file, RTLD_NOW | RTLD_LOCAL))
    }

    func symbol(_ name: String) throws -> UnsafeRawPointer {
        UnsafeRawPointer(try #require(dlsym(handle, name), "no symbol \(name)"))
    }

    /// A policy around one of its functions.
    ///
    /// - Parameter roles: in the order of the prototype.
    func policy(
        _ prototype: String, _ roles: [SearchRole], returns: SearchDeclaration.Result = .step,
        parameters: [Parameter] = [], keys: String = "", structs: [StructLayout] = [], timeLimit: Double = 60,
        host: Host = Host(threads: 1)
    ) throws -> any Policy {
        let signature = try SignatureParser.function(prototype, structs: Set(structs.map(\.name)))
        var search = try SearchDeclaration(signature, try TypeTable(structs), roles: roles, returns: returns)
        search.timeLimit = timeLimit
        let declaration = try PolicyDeclaration(
            id: "test.\(signature.name)", title: signature.name, source: nil, parameters: parameters, search: search)
        var given = Configuration()
        try given.set(assignments: keys)
        return try declaration.makePolicy(
            try symbol(signature.name), library: self, try declaration.schema.resolve(given, for: "policy"), host: host)
    }
}

/// The roles of a callback for the value or the slope, as a manifest's "phi" and "dphi" find them.
func callback(_ prototype: String, _ result: CallbackShape.Role = .value) throws -> SearchRole {
    .callback(try CallbackShape(try SignatureParser.function(prototype), giving: result))
}

/// Gradient descent with a search that is called directly, in C's own manner: what a policy must reproduce.
///
/// The functions that the search calls take no user data, so that the ray is one for all; use it in one test at a time.
enum DirectDescent {
    nonisolated(unsafe) private static var function = ClosedForm.quadratic
    nonisolated(unsafe) private static var x: [Double] = []
    nonisolated(unsafe) private static var g: [Double] = []

    static func value(_ t: Double) -> Double {
        let value = function.value(t == 0 ? x : function.move(x, t, g))
        return value.isFinite ? value : .infinity
    }

    static func slope(_ t: Double) -> Double {
        t == 0
            ? -function.dot(g, g)
            : -function.dot(function.gradient(function.move(x, t, g)), g)
    }

    static let phi: @convention(c) (Double) -> Double = { value($0) }
    static let dphi: @convention(c) (Double) -> Double = { slope($0) }
    static let phiByReference: @convention(c) (UnsafePointer<Double>) -> Double = { value($0.pointee) }
    static let phiInSingle: @convention(c) (UnsafePointer<Float>) -> Float = { Float(value(Double($0.pointee))) }

    /// The steps of `count` iterations.
    ///
    /// - Parameter search: gives the step, from the last one; NaN at first.
    static func steps(_ function: ClosedForm, _ count: Int, _ search: (Double) -> Double) -> [Double] {
        (self.function, x) = (function, function.start)
        var steps: [Double] = []
        for _ in 0..<count {
            g = function.gradient(x)
            steps.append(search(steps.last ?? .nan))
            x = function.move(x, steps.last!, g)
        }
        return steps
    }
}
