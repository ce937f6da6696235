import CEos
import EosCore
import EosPluginHost
import Testing

@Suite struct CatalogueTests {
    @Test func makesAnObjective() throws {
        var catalogue = Catalogue()
        try catalogue.add(try Fixture.load())
        var configuration = Configuration()
        configuration["scale"] = .number(3)
        let objective = try catalogue.makeObjective("bowl", configuration, host: Host(threads: 1))
        var x = [Double](repeating: 0, count: 3)
        try objective.initialPoint(seed: 1, into: &x)
        #expect(x == (0..<3).map { Random(seed: 1).normal($0) })
        #expect(try objective.evaluate(at: [1.0, 2, 2]) == 13.5)
    }

    @Test func clustersThroughTheHost() throws {
        var catalogue = Catalogue()
        try catalogue.add(try Fixture.load())
        var configuration = Configuration()
        configuration["data.generator"] = .string("clusters")
        configuration["data.train"] = .integer(20)
        configuration["data.test"] = .integer(5)
        let error = #expect(throws: EosError.self) {
            try catalogue.makeObjective("reader", configuration, host: Host(threads: 1))
        }
        #expect(error?.message == "reader: 20 + 5 samples of 16")
    }
}
