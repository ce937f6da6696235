import CEos
import EosClient
import EosCore
import Testing

@Suite struct SweepTests {
    @Test(arguments: [
        ("a=0.1,0.2", ["0.1", "0.2"]),
        ("a=1..5", ["1", "2", "3", "4", "5"]),
        ("a=3..1", ["3", "2", "1"]),
        ("a=-2..2:2", ["-2", "0", "2"]),
        ("a=0.1..0.5:0.1", ["0.1", "0.2", "0.3", "0.4", "0.5"]),
        ("a=1..0:-0.25", ["1", "0.75", "0.5", "0.25", "0"]),
        ("a=1e-3..3e-3:1e-3", ["0.001", "0.002", "0.003"]),
        ("a=0..1:0.3", ["0", "0.3", "0.6", "0.9"]),
        ("a=1..2,8", ["1", "2", "8"]),
        ("a=7..7", ["7"]),
        ("policy.name=nls, ls", ["nls", "ls"]),
        ("a=[64, 10],[64, 100, 10]", ["[64, 10]", "[64, 100, 10]"]),
        (#"a="x,y",'z'"#, [#""x,y""#, "'z'"]),
        ("a=../digits.csv", ["../digits.csv"]),
        ("a=b=c", ["b=c"]),
    ])
    func axes(text: String, values: [String]) throws {
        #expect(try SweepAxis(parsing: text).values == values)
    }

    @Test(arguments: [
        ("a", "\"a\" is not an axis; write key=value,value or key=first..last"),
        ("=1", "\"=1\" is not an axis"),
        ("a=", "a=: a value is empty"),
        ("a=1,,2", "a=1,,2: a value is empty; remove one comma"),
        ("a=0.1..0.5", "the range 0.1..0.5 needs a step, as 0.1..0.5:0.1"),
        ("a=1..5:0", "the range 1..5:0 has a step that is not a number"),
        ("a=1..5:x", "the range 1..5:x has a step that is not a number"),
        ("a=1..5:-1", "the range 1..5:-1 moves away from its end"),
        ("a=1..1000000", "the range 1..1000000 has more than 10000 values; use a larger step"),
        ("a=1,2,1", "a=1,2,1: 1 is given twice; remove one"),
    ])
    func whatIsNoAxisIsRefused(text: String, fault: String) {
        let error = #expect(throws: EosError.self) { try SweepAxis(parsing: text) }
        #expect(error?.message.contains(fault) == true, "\(error?.message ?? "")")
    }

    @Test func everyCombinationOnceTheLastAxisFastest() throws {
        let axes = try ["policy.step=0.1,0.2", "objective.seed=1..3"].map { try SweepAxis(parsing: $0) }
        let members = try Sweep("digits", over: axes).members
        #expect(
            members.map(\.name) == [
                "digits step=0.1 seed=1", "digits step=0.1 seed=2", "digits step=0.1 seed=3",
                "digits step=0.2 seed=1", "digits step=0.2 seed=2", "digits step=0.2 seed=3",
            ])
        #expect(members[4].assignments == ["policy.step=0.2", "objective.seed=2"])
    }

    @Test(arguments: [
        (["policy.name=nls,ls"], "x policy=nls"),
        (["policy.name='nls',ls"], "x policy=nls"),
        (["stop.loss=1,2", "objective.loss=mse,ce"], "x stop.loss=1 objective.loss=mse"),
        (["stop.iterations=1,2", "objective.seed=3,4"], "x iterations=1 seed=3"),
    ])
    func namesHaveTheShortestEndsThatTellKeysApart(axes: [String], name: String) throws {
        let sweep = try Sweep("x", over: try axes.map { try SweepAxis(parsing: $0) })
        #expect(sweep.members[0].name == name)
    }

    @Test func tooManyCombinationsAndKeysGivenTwiceAreRefused() throws {
        let axis = try SweepAxis(parsing: "a=1..101")
        let other = try SweepAxis(parsing: "b=1..101")
        #expect(
            throws: EosError(EOS_E_CONFIG, "the sweep has more than 10000 combinations; submit it in several sweeps")
        ) {
            try Sweep("x", over: [axis, other])
        }
        #expect(throws: EosError(EOS_E_CONFIG, "--over a is given twice; give all of its values in one option")) {
            try Sweep("x", over: [axis, axis])
        }
    }
}
