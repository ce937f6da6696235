import CEos
import EosCore
import EosPluginHost
import Testing

@Suite struct CatalogueTests {
    private func catalogue(_ defines: [String] = []) throws -> Catalogue {
        var catalogue = Catalogue()
        try catalogue.add(try Fixture.load(defines))
        return catalogue
    }

    private func keys(_ assignments: String) throws -> Configuration {
        var configuration = Configuration()
        try configuration.set(assignments: assignments)
        return configuration
    }

    private func failure(
        _ name: String, _ assignments: String = "", in catalogue: Catalogue, host: Host = Host(threads: 1),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> EosError? {
        let configuration = try keys(assignments)
        return #expect(throws: EosError.self, sourceLocation: sourceLocation) {
            try catalogue.makeObjective(name, configuration, host: host)
        }
    }

    @Test func makesAnObjective() throws {
        let catalogue = try catalogue()
        let objective = try catalogue.makeObjective("bowl", try keys("scale=3"), host: Host(threads: 1))
        var x = [Double](repeating: 0, count: 3)
        try objective.initialPoint(seed: 1, into: &x)
        #expect(x == (0..<3).map { Random(seed: 1).normal($0) })
        #expect(try objective.evaluate(at: [1.0, 2, 2]) == 13.5)
        let started = try catalogue.makeObjective(
            "org.example.bowl", try keys("size=2 start=[5,6]"), host: Host(threads: 1))
        try started.initialPoint(seed: 1, into: &x)
        #expect(x[..<2] == [5, 6])
    }

    @Test func keepsTheHostForAsLongAsTheObjective() throws {
        weak var watched: Host?
        var objective: (any Objective)?
        do {
            let host = Host(threads: 1)
            watched = host
            objective = try catalogue().makeObjective("bowl", host: host)
        }
        #expect(watched != nil)
        #expect(try objective?.evaluate(at: [1.0, 0, 0]) == 0.5)
        // Heard while a training is under way, and not by evaluations before and after it.
        watched?.cancel()
        #expect(try objective?.evaluate(at: [1.0, 0, 0]) == 0.5)
        watched?.beginTraining()
        #expect(try objective?.evaluate(at: [1.0, 0, 0]) == 0.5)
        watched?.cancel()
        let error = #expect(throws: EosError.self) { try objective?.evaluate(at: [1.0, 0, 0]) }
        #expect(error == EosError(EOS_E_CANCELLED, "asked to stop"))
        watched?.endTraining()
        #expect(try objective?.evaluate(at: [1.0, 0, 0]) == 0.5)
        objective = nil
        #expect(watched == nil)
    }

    @Test(arguments: [
        ("mode=fail", EOS_E_CONFIG, "bowl: mode: asked to fail"),
        ("mode=silent", EOS_E_FAILED, "bowl: create returned -12 and set no error message"),
        ("mode=odd", EOS_E_FAILED, "bowl: create returned 7 and set no error message"),
        ("mode=null", EOS_E_PLUGIN, "bowl: create returned EOS_OK but no table of functions; set *ops"),
        ("start=[1,2]", EOS_E_CONFIG, "bowl: start: has 2 numbers instead of size = 3"),
        ("scal=1", EOS_E_CONFIG, "objective bowl: unknown key scal; did you mean scale?"),
        ("scale=-1", EOS_E_CONFIG, "objective bowl: scale = -1 is out of range; it must be 0 to 1000000"),
        ("size=2.5", EOS_E_CONFIG, "objective bowl: size = 2.5 is a number; it must be an integer"),
        (
            "mode=plan", EOS_E_CONFIG,
            "objective bowl: mode = \"plan\" is not one of plain, fail, silent, null, odd; did you mean plain?"
        ),
        ("data.file=a", EOS_E_CONFIG, "objective bowl: unknown key data.file; its keys are "),
    ])
    func saysWhyNothingWasMade(assignments: String, status: Int, message: String) throws {
        let error = try failure("bowl", assignments, in: try catalogue())
        #expect(error?.status == eos_status(status))
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    }

    @Test func pluginsReadEveryTypeOfValue() throws {
        let catalogue = try catalogue(["CREATE=recite"])
        #expect(
            try failure("bowl", in: catalogue)?.message
                == "bowl: org.example.bowl 1 nan 3 1 plain -4:-1 a,b -7 -4 -1")
        #expect(
            try failure(
                "bowl", "scale=2 size=7 centred=false cap=0.5 start=[1,2] names=[\"x\",\"y\",\"z\"]", in: catalogue)?
                .message == "bowl: org.example.bowl 2 0.5 7 0 plain 0:2 x,z -7 -4 -1")
    }

    @Test func pluginsReadData() throws {
        let catalogue = try catalogue()
        #expect(
            try failure("reader", "data.generator=clusters data.train=20 data.test=5", in: catalogue)?.message
                == "reader: 20 + 5 samples of 16")
        #expect(
            try failure("reader", in: catalogue)
                == EosError(
                    EOS_E_CONFIG, "reader: no data set is given; give data.file and data.format, or data.generator"))
        #expect(
            try failure("reader", "data.train=3", in: catalogue)?.message
                == "objective reader: data.train is given without data.file or data.generator; give one of them")
    }

    @Test func findsByIdAndByShortName() throws {
        var catalogue = try catalogue()
        #expect(try catalogue.find(.objective, "bowl").id == "org.example.bowl")
        #expect(try catalogue.find(.objective, "org.example.bowl").name == "bowl")
        #expect(try catalogue.find(.policy, "eos.nls").name == "nls")
        for (name, message) in [
            ("bowel", "unknown objective bowel; did you mean bowl?"),
            ("zzzz", "unknown objective zzzz; use one of bowl, reader"),
            ("nls", "unknown objective nls; use one of bowl, reader"),
        ] {
            let error = #expect(throws: EosError.self) { try catalogue.find(.objective, name) }
            #expect(error == EosError(EOS_E_NOT_FOUND, message))
        }
        let none = #expect(throws: EosError.self) { try Catalogue().find(.objective, "mlp") }
        #expect(
            none?.message
                == "unknown objective mlp; no plugin offers one; set EOS_PLUGIN_PATH to the directory of plugins or "
                + "load one"
        )

        let first = catalogue.plugins[0].path
        let other = try Fixture.load(["PLUGIN_ID=\"com.other\"", "OBJECTIVE_ID=\"com.bowl\"", "COUNT=1"])
        try catalogue.add(other)
        let error = #expect(throws: EosError.self) { try catalogue.find(.objective, "bowl") }
        #expect(
            error?.message
                == "the objective bowl is ambiguous: org.example.bowl (\(first)) and com.bowl (\(other.path)); "
                + "give the whole id")
        #expect(try catalogue.find(.objective, "com.bowl").file == other.path)
    }

    @Test func anIdIsThereOnce() throws {
        var catalogue = Catalogue()
        let first = try Fixture.load()
        try catalogue.add(first)
        try catalogue.add(first)
        #expect(catalogue.plugins.count == 1)
        #expect(catalogue.objectives.count == 2)
        let same = try Fixture.load()
        var error = #expect(throws: EosError.self) { try catalogue.add(same) }
        #expect(
            error?.message
                == "\(same.path): the plugin org.example.fixture is already loaded from \(first.path)")
        let double = try Fixture.load(["PLUGIN_ID=\"com.other\""])
        error = #expect(throws: EosError.self) { try catalogue.add(double) }
        #expect(
            error?.message
                == "\(double.path): the objective org.example.bowl is already offered by \(first.path)")
        #expect(catalogue.plugins.count == 1)
    }

    @Test func policiesOfPluginsAndOfEos() throws {
        var catalogue = Catalogue()
        let host = Host(threads: 1)
        #expect(catalogue.policies.map(\.name) == BuiltInPolicies.all.map(\.id))
        _ = try catalogue.makePolicy("nls", host: host)
        try catalogue.add(try Fixture.load(source: "policy.c"))
        #expect(catalogue.policies.count == BuiltInPolicies.all.count + 2)

        var policy = try catalogue.makePolicy("fixed", try keys("step=0.25"), host: host)
        var iterate = eos_iterate()
        #expect(try policy.propose(iterate) == 0.25)
        iterate.value = 101
        let error = #expect(throws: EosError.self) { _ = try policy.propose(iterate) }
        #expect(error?.message == "the value is above 100")

        func failure(_ name: String, _ assignments: String = "") throws -> String? {
            let configuration = try keys(assignments)
            return #expect(throws: EosError.self) { _ = try catalogue.makePolicy(name, configuration, host: host) }?
                .message
        }
        #expect(try failure("fixed") == "policy fixed: step is missing; set it to a number: the step")
        #expect(try failure("org.example.nls") == "nls: is here for its name")
        #expect(try failure("nls")?.hasPrefix("the policy nls is ambiguous: eos.nls (eos itself) and org.exa") == true)
        #expect(try failure("eos.nls", "cc=1")?.hasPrefix("policy nls: unknown key cc") == true)
    }

    /// What C programs see of the policies of eos says the same as what Swift sees.
    @Test func descriptorsOfEosPoliciesAreSound() throws {
        for (offer, kind) in zip(Catalogue().policies, BuiltInPolicies.all) {
            let descriptor = offer.descriptor.pointee
            #expect(descriptor.struct_size == UInt32(MemoryLayout<eos_descriptor>.size))
            #expect(String(cString: descriptor.id) == "eos.\(kind.id)")
            #expect(String(cString: descriptor.title) == kind.title)
            #expect(String(cString: descriptor.source) == kind.source)
            #expect(descriptor.parameter_count == Int64(kind.schema.parameters.count))
            for (index, parameter) in kind.schema.parameters.enumerated() {
                let row = descriptor.parameters[index]
                #expect(row.struct_size == UInt32(MemoryLayout<eos_parameter>.size))
                #expect(String(cString: row.key) == parameter.key)
                #expect(row.type == parameter.kind.rawValue)
                #expect(row.default_value.map { String(cString: $0) } == parameter.defaultText)
                #expect(row.minimum == parameter.range?.lowerBound ?? 0)
                #expect(row.maximum == parameter.range?.upperBound ?? 0)
                #expect(row.choices.map { String(cString: $0) } ?? "" == parameter.choices.joined(separator: "|"))
                #expect(row.flags == parameter.flags.rawValue)
            }
        }
    }
}
