import CCounting
import EosFFI
import Glibc
import Testing

/// A million calls take nothing from the heap, in either direction.
@Suite(.enabled(if: eos_allocations() >= 0, "a sanitizer has its own heap"))
struct AllocationTests {
    private static let calls = 1_000_000

    /// What a thread takes while `body` runs.
    private func allocations(_ body: () throws -> Void) rethrows -> Int64 {
        let before = eos_allocations()
        try body()
        return eos_allocations() - before
    }

    /// What this program takes, and the libraries that it is linked to.
    @Test func theCounterCounts() throws {
        let taken = allocations { fclose(fopen("/dev/null", "r")) }
        #expect(taken >= 1)
        #expect(allocations { UnsafeMutablePointer<Double>.allocate(capacity: 1000).deallocate() } == 1)
        var numbers: [Int] = []
        #expect(allocations { numbers.append(1) } == 1)
    }

    @Test func callsDoNotAllocate() throws {
        let library = try Library.shared.get()
        let same = try library.call("double same_double(double value)")
        let next = try library.call("void next_double(double *value)")
        var sum = 0.0
        var value = 0.0
        withUnsafeMutablePointer(to: &value) { pointer in
            let taken = allocations {
                for index in 0..<Self.calls {
                    same.set(0, Double(index))
                    same.invoke()
                    sum += same.result(as: Double.self)
                    next.set(0, UnsafeMutableRawPointer(pointer))
                    next.invoke()
                }
            }
            #expect(taken == 0)
        }
        #expect(sum == Double(Self.calls - 1) * Double(Self.calls) / 2)
        #expect(value != 0)
    }

    private final class Ray {
        var calls = 0
        var last = 0.0
    }

    @Test func closuresDoNotAllocate() throws {
        let ray = Ray()
        let interface = try CallInterface(try SignatureParser.function("double phi(double t)"), try TypeTable())
        let closure = try Closure(interface, context: Unmanaged.passUnretained(ray).toOpaque()) {
            @Sendable _, result, arguments, context in
            let call = Closure.Call(result, arguments, context)
            Unmanaged<Ray>.fromOpaque(call.context)._withUnsafeGuaranteedRef { ray in
                ray.calls += 1
                ray.last = call.argument(0)
                call.giveBack(2 * ray.last)
            }
        }
        let phi = unsafeBitCast(closure.function, to: (@convention(c) (Double) -> Double).self)
        var sum = 0.0
        let taken = allocations {
            for index in 0..<Self.calls { sum += phi(Double(index)) }
        }
        #expect(taken == 0)
        #expect(ray.calls == Self.calls && ray.last == Double(Self.calls - 1))
        #expect(sum == Double(Self.calls - 1) * Double(Self.calls))
        withExtendedLifetime(closure) {}
    }
}
