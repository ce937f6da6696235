import EosCore
import EosForeign
import EosPluginHost
import Glibc
import TestSupport
import Testing

/// A library of searches, loaded, and policies that a manifest makes of them.
final class SearchLibrary: @unchecked Sendable {
    // Unchecked: written by init only.
    private let handle: UnsafeMutableRawPointer
    let file: String

    static let c = Result { try SearchLibrary("searches.c", ["-lm", "-lpthread"]) }
    static let fortran = Result { try SearchLibrary("fmin.f90", []) }

    init(_ source: String, _ options: [String]) throws {
        file = try BuiltFixture.build("Tests/Fixtures/\(source)", options)
        handle = try #require(dlopen(file, RTLD_NOW | RTLD_LOCAL))
    }

    func symbol(_ name: String) throws -> UnsafeRawPointer {
        UnsafeRawPointer(try #require(dlsym(handle, name), "no symbol \(name)"))
    }

    /// Calls one of its functions that take nothing and return an int.
    func call(_ name: String) throws -> Int32 {
        unsafeBitCast(try symbol(name), to: (@convention(c) () -> Int32).self)()
    }

    /// The manifest of one search.
    ///
    /// - Parameters:
    ///   - arguments: their roles, in TOML.
    ///   - more: what else the tables [policy] and, before it, the manifest hold.
    func manifest(
        _ prototype: String, _ arguments: String, returns: String? = "step", search: String = "", before: String = "",
        after: String = ""
    ) -> String {
        """
        id = "org.example.searches"
        version = "1.0.0"
        licence = "MIT"
        library = "\(file)"
        \(before)
        [[policy]]
        id = "org.example.search"
        title = "a search"
        [policy.search]
        function = "\(prototype)"
        arguments = { \(arguments) }
        \(returns.map { "returns = \"\($0)\"" } ?? "")
        \(search)
        \(after)
        """
    }

    /// The policy of a manifest.
    func policy(_ text: String, keys: String = "", host: Host = Host(threads: 1)) throws -> any Policy {
        let manifest = try Manifest(text: text, file: "searches.toml")
        let library = try ForeignLibrary.load(manifest)
        let offer = try #require(manifest.description.policies.first)
        var given = Configuration()
        try given.set(assignments: keys)
        return try library.makePolicy(offer, try offer.resolve(given), host: host)
    }
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
