import CEos
import EosPluginKit
import Testing

@Suite struct PluginTests {
    @Test func entryServesItsMajorOnly() throws {
        let table = try #require(testPlugin.entry(UInt32(EOS_ABI))).pointee
        #expect(testPlugin.entry(UInt32(EOS_ABI) + 7) != nil)
        #expect(testPlugin.entry(2 << 16) == nil)
        #expect(testPlugin.entry(0) == nil)
        #expect(table.struct_size == MemoryLayout<eos_plugin>.size)
        #expect(table.abi_major == EOS_ABI_MAJOR)
        #expect(String(cString: table.id) == "test.plugin")
        #expect(String(cString: table.version) == "1.2.3")
        #expect(String(cString: table.licence) == "MIT")
        #expect(String(cString: table.toolchain).hasPrefix("Swift, standard library 6."))
        #expect(table.get_factory(EOS_OBJECTIVE_FACTORY) == UnsafeRawPointer(testPlugin.objectiveFactory))
        #expect(table.get_factory(EOS_POLICY_FACTORY) == UnsafeRawPointer(testPlugin.policyFactory))
        #expect(table.get_factory("eos.objective/2") == nil)
    }

    @Test func factoriesListWhatTheyMake() throws {
        let objectives = testPlugin.objectiveFactory.pointee
        let ids = (0..<objectives.count(objectives.ctx)).map {
            String(cString: objectives.descriptor(objectives.ctx, $0)!.pointee.id)
        }
        #expect(ids == ["test.bare", "test.complete", "test.failing"])
        #expect(objectives.descriptor(objectives.ctx, 3) == nil)
        #expect(objectives.descriptor(objectives.ctx, -1) == nil)
        let policies = testPlugin.policyFactory.pointee
        #expect(policies.count(policies.ctx) == 4)
        #expect(String(cString: policies.descriptor(policies.ctx, 1)!.pointee.id) == "test.fixed")
    }

    @Test func aPluginMayOfferNothing() {
        let empty = Plugin(id: "test.empty", version: "1", licence: "MIT")
        #expect(empty.objectiveFactory.pointee.count(empty.objectiveFactory.pointee.ctx) == 0)
        #expect(empty.policyFactory.pointee.descriptor(empty.policyFactory.pointee.ctx, 0) == nil)
    }

    @Test func schemaRowsSayWhatTheBuilderWasTold() throws {
        let factory = testPlugin.objectiveFactory.pointee
        let descriptor = try #require(factory.descriptor(factory.ctx, 1)).pointee
        #expect(descriptor.flags == EOS_USES_DATA)
        #expect(String(cString: descriptor.title) == "complete")
        #expect(String(cString: descriptor.source) == "nowhere")
        let rows = UnsafeBufferPointer(start: descriptor.parameters, count: Int(descriptor.parameter_count))
        #expect(rows.allSatisfy { $0.struct_size == MemoryLayout<eos_parameter>.stride })
        #expect(rows.map { String(cString: $0.key) } == ["c", "cap", "size", "bias", "kind", "layers", "names"])
        #expect(
            rows.map { Int($0.type) } == [
                EOS_TYPE_F64, EOS_TYPE_F64, EOS_TYPE_I64, EOS_TYPE_BOOL, EOS_TYPE_STRING, EOS_TYPE_F64_ARRAY,
                EOS_TYPE_STRINGS,
            ])
        #expect(
            rows.map { $0.default_value.map { String(cString: $0) } } == [
                "0.0001", "auto", "3", "true", "b", "[64.0, 10.0]", nil,
            ])
        #expect(rows.map(\.minimum) == [0, 0, 1, 0, 0, 1, 0])
        #expect(rows.map(\.maximum) == [1, .infinity, 10, 0, 0, .infinity, 0])
        #expect(
            rows.map { Int($0.flags) } == [
                0, EOS_PARAMETER_AUTO | EOS_PARAMETER_LIVE, 0, 0, 0, 0, EOS_PARAMETER_REQUIRED,
            ])
        #expect(String(cString: rows[0].unit) == "s")
        #expect(rows[1].unit == nil)
        #expect(String(cString: rows[4].choices) == "a|b")
        #expect(String(cString: rows[0].text) == "a number")
    }

    @Test func anUnknownIdIsRefused() {
        let host = MockHost()
        let made = host.objective(testPlugin, "test.nothing")
        #expect(made.status == EOS_E_NOT_FOUND)
        #expect(
            host.failures.map(\.message) == [
                "test.nothing is unknown; this plugin has test.bare, test.complete, test.failing"
            ])
    }
}
