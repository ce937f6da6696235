import Foundation
import TestSupport
import Testing

/// `eos analyze RUN large-steps|phases|regime`, on run directories.
@Suite struct AnalyzeTests {
    private static func product(_ more: String = "") -> String {
        """
        name = "product"
        [objective]
        plugin = "product"
        depth = 5
        start = [1.1, 1.0, 0.9, 1.05, 0.97]
        [policy]
        name = "constant"
        step = 0.41
        [stop]
        loss = 0
        iterations = 3000

        """ + more
    }

    private static let network = """
        name = "clusters"
        [objective]
        plugin = "mlp"
        layers = [16, 32, 32, 10]
        activation = "tanh"
        dtype = "f64"
        seed = 1
        [objective.data]
        generator = "clusters"
        train = 100
        test = 20
        [policy]
        name = "nls"
        [stop]
        iterations = 150
        [probes.sharpness]
        every = 10
        [compute]
        threads = 1

        """

    private static let constant = network.replacing("name = \"nls\"", with: "name = \"constant\"\nstep = 0.05")

    private static func trained(_ spec: String, _ changes: String...) throws -> Command {
        let eos = try Command()
        try eos.write(spec, to: "spec.toml")
        let sets = changes.map { "--set '\($0)'" }.joined(separator: " ")
        let result = try eos.shell("\"$EOS\" train spec.toml --out run \(sets)")
        #expect(result.status == 0, "\(result.error)")
        return eos
    }

    private func json(_ eos: Command, _ analysis: String) throws -> [String: Any] {
        let result = try eos.shell("\"$EOS\" analyze run \(analysis) --json")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.split(separator: "\n").count == 1)
        return try members(result.output)
    }

    /// The equality of NLS: every step is certified, with the margin that the paper proves (acceptance: .999).
    @Test func everyStepOfTheEqualitySearchIsCertified() throws {
        let eos = try Self.trained(Self.network)
        let result = try json(eos, "large-steps --every 5")
        #expect(result["rejected_share"] as? Double == 1 && result["certified_share"] as? Double == 1)
        #expect(result["least_margin"] as? Double ?? 0 >= 0.999)
        #expect(result["samples"] as? Int == 31 && result["every"] as? Int == 5)
        #expect(result["shrink"] as? Double == 0.5 && result["decrease"] as? Double == 1e-4)
        let steps = try #require(result["steps"] as? [[String: Any]])
        #expect(steps.count == 31 && steps.allSatisfy { $0["neighbour_fails"] as? Bool == true })
        let sharpness = try #require(result["step_sharpness"] as? [String: Double])
        #expect(sharpness["share_above_1"]! >= sharpness["share_above_2"]! && sharpness["least"]! > 0)
        let smoothness = try #require(result["step_smoothness"] as? [String: Double])
        #expect(smoothness["least"]! <= smoothness["median"]! && smoothness["median"]! <= smoothness["largest"]!)
        // For people.
        let text = try eos("analyze", "run", "large-steps", "--samples", "3")
        #expect(text.status == 0 && text.output.contains("certified to be large") && text.output.contains("100 %"))
    }

    @Test func aSmallStepIsNot() throws {
        let eos = try Self.trained(Self.constant, "stop.iterations=40")
        let result = try json(eos, "large-steps --samples 5")
        #expect(result["rejected_share"] is NSNull && result["certified_share"] as? Double == 0)
        #expect(result["least_margin"] is NSNull && result["longest_gap"] is NSNull)
    }

    @Test func phasesFollowTheSharpness() throws {
        let eos = try Self.trained(Self.network)
        let recorded = try json(eos, "phases")
        #expect(recorded["measurements"] as? Int == 16)
        #expect(abs((recorded["sharpness_bound"] as? Double ?? 0) - 0.2) < 1e-12)
        let phases = try #require(recorded["phases"] as? [[String: Any]])
        #expect(phases.first?["begin"] as? Int == 0 && phases.contains { $0["end"] as? Int == 150 })
        // Measured anew it is the same where it was measured.
        let anew = try json(eos, "phases --every 10")
        #expect(anew["measurements"] as? Int == 16)
        #expect(anew["phases"] as? NSArray == recorded["phases"] as? NSArray)
        #expect(try json(eos, "phases --every 50")["measurements"] as? Int == 4)
    }

    /// The papers' terms are those of steps along the negative gradient.
    @Test(arguments: ["phases", "large-steps", "regime"])
    func otherDirectionsAreRefused(_ analysis: String) throws {
        let spec = Self.network.replacing("name = \"nls\"", with: "name = \"lbfgs\"")
        let eos = try Self.trained(spec, "stop.iterations=20")
        let result = try eos("analyze", "run", analysis)
        #expect(result.status != 0)
        #expect(result.error.contains("policy lbfgs uses other directions"), "\(result.error)")
    }

    @Test func withoutSharpnessItSaysSo() throws {
        let eos = try Self.trained(Self.product(), "probes.sharpness.every=0", "stop.iterations=50")
        let result = try eos("analyze", "run", "phases")
        #expect(
            result.status == 0 && result.error.contains("the sharpness was not measured")
                && result.error.contains("--every")
        )
        #expect(result.output.contains("no phase was found"))
    }

    @Test func divergenceIsTold() throws {
        let eos = try Command()
        try eos.write(Self.product(), to: "spec.toml")
        #expect(try eos("train", "spec.toml", "--out", "run", "--set", "policy.step=3").status == 1)
        let phases = try #require(try json(eos, "phases")["phases"] as? [[String: Any]])
        #expect(phases.contains { $0["phase"] as? String == "divergence" && $0["rise"] is NSNull })
    }

    /// The figures of the specification (least-squares rates), through the command.
    @Test func theSupercriticalRegime() throws {
        let eos = try Self.trained(Self.product())
        let result = try json(eos, "regime")
        #expect(result["regime"] as? String == "supercritical" && result["origin"] as? String == "closed_form")
        let measured = try #require(result["measured"] as? [String: Double])
        let predicted = try #require(result["predicted"] as? [String: Double])
        #expect(abs(measured["upper"]! - 0.04108) < 1e-4 && abs(measured["lower"]! + 0.05288) < 1e-4)
        #expect(abs(measured["two_step_multiplier"]! - 0.79988) < 1e-3)
        #expect(abs(predicted["two_step_multiplier"]! - 0.8) < 1e-12)
        let samples = try #require(result["samples"] as? [[String: Double]])
        #expect(abs(samples[0]["distance"]! - 0.15305363577) < 1e-10)
        // The same without the closed forms and the metrics.
        let computed = try json(eos, "regime --computed --samples 50")
        #expect(computed["origin"] as? String == "computed")
        for key in ["sharpness", "curvature", "flip_coefficient"] {
            #expect(abs((computed[key] as! Double) / (result[key] as! Double) - 1) < 1e-6)
        }
        let first = try #require(computed["samples"] as? [[String: Double]])[0]
        // The run ends near the flattest minimum, to which the distances are.
        #expect(
            abs(first["distance"]! - 0.15305363577) < 1e-6 && abs(abs(first["normal_distance"]!) - 0.00368871788) < 1e-9
        )
        #expect(try eos("analyze", "run", "regime").output.contains("supercritical"))
    }

    @Test func theOtherRegimes() throws {
        let critical = try Self.trained(Self.product(), "policy.step=0.4", "stop.iterations=1000")
        let result = try json(critical, "regime")
        #expect(result["regime"] as? String == "critical")
        let last = try #require(result["samples"] as? [[String: Double]]).last!
        #expect(abs(last["distance"]! / 0.101945966 - 1) < 1e-6)
        #expect(abs(last["normal_distance"]! / 0.0185742932 - 1) < 1e-6)
        #expect(abs(last["sharpness"]! / 5.0208000707 - 1) < 1e-9)
        // Too short for a slope.
        #expect((result["measured"] as? [String: Any])?["distance_slope"] is NSNull)
        #expect(try critical("analyze", "run", "regime").output.contains("too short"))

        let below = try Self.trained(
            Self.product(), "policy.step=0.39", "objective.start=[1.3, 1.0, 0.8, 1.1, 0.9]", "stop.iterations=6000")
        let subcritical = try json(below, "regime")
        let measured = try #require(subcritical["measured"] as? [String: Double])
        let predicted = try #require(subcritical["predicted"] as? [String: Any])
        #expect(abs(measured["convergence_factor"]! - (predicted["convergence_factor"] as! Double)) < 1e-4)
        #expect(measured["below_the_edge"]! > 100 && measured["below_the_edge"]! < 1200)
    }

    @Test func anInnerProductHasItsRegime() throws {
        let spec = Self.product().replacing("plugin = \"product\"", with: "plugin = \"inner-product\"")
            .replacing("depth = 5", with: "size = 2\ntarget = 2").replacing(
                "start = [1.1, 1.0, 0.9, 1.05, 0.97]", with: "start = [1.1, 0.9, 1.0, 1.05]")
        let eos = try Self.trained(spec, "policy.step=0.505")
        let result = try json(eos, "regime")
        #expect(result["regime"] as? String == "supercritical" && result["origin"] as? String == "closed_form")
        #expect(result["sharpness"] as? Double == 4 && result["curvature"] as? Double == 4)
        let (measured, predicted) = (
            try #require(result["measured"] as? [String: Double]),
            try #require(result["predicted"] as? [String: Double])
        )
        #expect(abs(measured["amplitude"]! / predicted["amplitude"]! - 1) < 0.03)
        #expect(abs(measured["upper"]! - predicted["upper"]!) < 1e-4)
    }

    @Test func mistakesAreTold() throws {
        let eos = try Self.trained(Self.network)
        for (arguments, fragments) in [
            ("analyze run regime", ["steps of the run vary", "constant"]),
            ("analyze run", ["the analysis is missing", "large-steps"]),
            ("analyze phases run", ["name the run first"]),
            ("analyze", ["<run>"]),
            ("analyze nowhere phases", ["nowhere"]),
            ("analyze spec.toml phases", ["spec.toml"]),
            ("analyze run large-steps --every 0", ["--every is 0"]),
            ("analyze run large-steps --every 2 --samples 3", ["--every and --samples"]),
            ("analyze run large-steps --points 3", ["--points is 3"]),
            ("analyze run phases --every -1", ["--every"]),
            ("analyze run regime --samples 1", ["--samples is 1"]),
        ] {
            let result = try eos.shell("EOS_SOCKET=/nowhere \"$EOS\" \(arguments)")
            #expect(
                result.status == (arguments.contains("nowhere") || arguments.contains("spec.toml") ? 1 : 2),
                "\(arguments): \(result.error)")
            #expect(result.status != 0 && result.messages.count == 1, "\(arguments): \(result.error)")
            for fragment in fragments { #expect(result.error.contains(fragment), "\(arguments): \(result.error)") }
        }
        // A network is no least squares with one residual, even with a constant step.
        let constant = try Self.trained(Self.constant, "stop.iterations=5")
        let refused = try constant("analyze", "run", "regime")
        #expect(refused.status == 2 && refused.error.contains("one residual"))
    }

    /// A run whose objective is another one by now.
    @Test func aRunThatCannotBeRepeatedIsFoundOut() throws {
        let eos = try Self.trained(Self.product())
        _ = try eos.shell("sed -i 's/^start = .*/start = [1.2, 1.0, 0.9, 1.05, 0.97]/' run/spec.toml")
        let result = try eos("analyze", "run", "large-steps")
        #expect(result.status == 2 && result.error.contains("differs from its records at iteration 0"))
    }
}
