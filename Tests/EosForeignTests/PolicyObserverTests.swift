import CEos
import EosCore
import EosFFI
import EosForeign
import Dispatch
import Testing

/// Functions without user data that report to the log of a run.
@Suite(.serialized) struct PolicyObserverTests {
    private static let report =
        "void report(int k, double f, float t, const char *what, const unsigned long *n, void *unused)"

    /// Has the library call the observer that it keeps, on this thread or on one of its own.
    private func callReporter(_ library: SearchLibrary) throws {
        #expect(try library.call("report_to_reporter") == 1)
    }

    private func setReporter(_ library: SearchLibrary, _ observer: Observer?) throws {
        let signature = try SignatureParser.function("void set_reporter(void *report)")
        let call = ForeignCall(try library.symbol("set_reporter"), try CallInterface(signature, try TypeTable()))
        call.set(0, observer?.function)
        call.invoke()
    }

    @Test func aCallIsALine() throws {
        let library = try SearchLibrary.c.get()
        let lines = LogLines()
        let signature = try SignatureParser.function(Self.report)
        let observer = try Observer("set_reporter", signature, try TypeTable(), .object(lines.host()))
        try setReporter(library, observer)
        try callReporter(library)
        #expect(
            lines.all == [
                "\(EOS_LOG_INFO) set_reporter: k=3 f=0.5 t=0.1 what=line end n=18446744073709551615"
            ])
        // After its object has gone the library still may call it, and nothing is said.
        observer.end()
        try callReporter(library)
        #expect(lines.all.count == 1)
        try setReporter(library, nil)
    }

    /// Each call goes to the log of the object that it was made for.
    @Test func eachIsBoundToItsOwnHost() throws {
        let signature = try SignatureParser.function("int report(long long k)")
        let logs = (0..<4).map { _ in LogLines() }
        let observers = try logs.map { try Observer("f", signature, try TypeTable(), .object($0.host())) }
        for (index, observer) in observers.enumerated() {
            let call = ForeignCall(observer.function, try CallInterface(signature, try TypeTable()))
            call.set(0, Int64(index))
            call.invoke()
            #expect(call.result(as: Int32.self) == 0)
        }
        for (index, log) in logs.enumerated() { #expect(log.all == ["\(EOS_LOG_INFO) f: k=\(index)"]) }
        for observer in observers { observer.end(isUncalled: true) }
    }

    @Test func anyThreadMayCall() throws {
        let signature = try SignatureParser.function("void report(int thread, long k)")
        let lines = LogLines()
        let observer = try Observer("f", signature, try TypeTable(), .object(lines.host()))
        let report = unsafeBitCast(observer.function, to: (@Sendable @convention(c) (Int32, Int) -> Void).self)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for k in 0..<200 { report(Int32(thread), k) }
        }
        let expected = (0..<8).flatMap { thread in (0..<200).map { "\(EOS_LOG_INFO) f: thread=\(thread) k=\($0)" } }
        #expect(lines.all.sorted() == expected.sorted())
        observer.end(isUncalled: true)
    }

    @Test func aSearchReportsItsTrials() throws {
        let library = try SearchLibrary.c.get()
        let lines = LogLines()
        let text = library.manifest(
            "double reporting(double (*phi)(double), double t, int (*report)(long long k, double f))",
            #"phi = "phi", t = "next_step", report = "observer""#)
        do {
            let policy = try library.policy(text, host: lines.host())
            let descent = try Descent(.quadratic, policy, "stop.iterations=1")
            try descent.run()
            let trials = Int(descent.trainer.progress.trials)
            #expect(trials > 1 && lines.all.count == trials)
            for k in 0..<trials { #expect(lines.all[k].hasPrefix("\(EOS_LOG_INFO) reporting: k=\(k) f=")) }
            // The library kept the function.
            #expect(try library.call("report_late") == 0)
            #expect(lines.all.last == "\(EOS_LOG_INFO) reporting: k=-1 f=0.5")
        }
        // Its object has gone: it may be called, and says nothing.
        let before = lines.all
        #expect(try library.call("report_late") == 0)
        #expect(lines.all == before)
    }

    /// What a setup call was given belongs to the library: it reports to whoever made an object last.
    @Test func aSetupCallMayTakeOne() throws {
        let library = try SearchLibrary.c.get()
        let prototype = Self.report.replacing("report(", with: "(*report)(")
        let text = library.manifest(
            "int backtrack(double (*phi)(double), double *t)", #"phi = "phi", t = "step""#, returns: "status",
            before: """
                [[setup]]
                function = "void set_reporter(\(prototype))"
                arguments = { report = "observer" }
                """)
        let (first, second) = (LogLines(), LogLines())
        let (one, other) = (first.host(), second.host())
        _ = try library.policy(text, host: one)
        #expect(try library.call("report_to_reporter") == 1)
        #expect(first.all.count == 1 && first.all[0].hasPrefix("\(EOS_LOG_INFO) set_reporter: k=3 f=0.5 t=0.1"))
        _ = try library.policy(text, host: other)
        #expect(try library.call("report_to_reporter") == 1)
        #expect(first.all.count == 1 && second.all.count == 1)
        withExtendedLifetime((one, other)) {}
    }

    @Test func anObjectiveMayTakeOne() throws {
        let library = try SearchLibrary.c.get()
        let lines = LogLines()
        let manifest = try Manifest(
            text: """
                id = "org.example.bowls"
                version = "1.0.0"
                licence = "MIT"
                library = "\(library.file)"
                [[objective]]
                id = "org.example.bowl"
                dimension = 2
                start = [1, 1]
                [objective.value]
                function = "double bowl(int n, const double *x, double *g, void (*report)(int k, double f))"
                arguments = { n = "dimension", x = "point", g = "gradient", report = "observer" }
                returns = "value"
                """, file: "bowl.toml")
        let offer = try #require(manifest.description.objectives.first)
        let objective = try ForeignLibrary.load(manifest).makeObjective(
            offer, try offer.resolve(Configuration()), host: lines.host())
        var value = 0.0
        var gradient = [0.0, 0.0]
        let status = [2.0, 1.0].withUnsafeBytes { x in
            gradient.withUnsafeMutableBytes { gradient in
                objective.evaluate(
                    at: x.baseAddress!, want: UInt32(EOS_WANT_VALUE | EOS_WANT_GRADIENT),
                    gradient: gradient.baseAddress!, evaluation: 1, value: &value)
            }
        }
        #expect(status == EOS_OK && value == 2.5 && gradient == [2, 1])
        #expect(lines.all == ["\(EOS_LOG_INFO) bowl: k=0 f=2.5"])
    }
}
