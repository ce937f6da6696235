import EosCore
import Testing

private let header = "# made here\n@problemName x\n@timeStamps false\n@univariate false\n@classLabel true up down\n"

@Suite struct SeriesTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(arguments: [ElementType.f32, .f64]) func storesStepByStep(type: ElementType) throws {
        try scratch.write("a.ts", header + "@dimensions 2\n@data\n1,2,3:10,20,30:down\n4,5,6: 40 ,50,60 : up \n")
        let data = try scratch.load("file=a.ts format=ts", as: type)
        #expect(data.shape == [2, 0, 6, 2, 3, 2])
        #expect(data.inputs == [1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60])
        #expect(data.labels == [1, 0])
        #expect(data.lengths == nil)
    }

    @Test func padsUnequalLengths() throws {
        try scratch.write("a.ts", header + "@data\n1,2:10,20:down\n3:30:up\n")
        let data = try scratch.load("file=a.ts format=ts")
        #expect(data.shape == [2, 0, 4, 2, 2, 2])
        #expect(data.inputs == [1, 10, 2, 20, 3, 30, 0, 0])
        #expect(data.lengths == [2, 1])
    }

    /// sktime and its archive write `@seriesLength` beside `@equalLength false`, in either order.
    @Test(arguments: [
        "@equalLength false\n@seriesLength 5\n", "@seriesLength 5\n@equallength FALSE\n",
        "@seriesLength none\n@equalLength false\n",
    ])
    func seriesLengthDoesNotBindUnequalLengths(text: String) throws {
        try scratch.write("a.ts", header + text + "@data\n1,2:10,20:down\n3:30:up\n")
        let data = try scratch.load("file=a.ts format=ts")
        #expect(data.inputs == [1, 10, 2, 20, 3, 30, 0, 0])
        #expect(data.lengths == [2, 1])
    }

    @Test func countsOfChannelsMayBeAnything() throws {
        try scratch.write("a.ts", header + "@dimensions 9223372036854775807\n@data\n1,2:10,20:down\n")
        #expect(
            scratch.failure("file=a.ts format=ts")
                == "a.ts:8: has 2 channels and a label instead of 9223372036854775807 and a label; every line must "
                + "hold whole series")
    }

    @Test func listsOfLabelsAreCut() throws {
        let names = (0..<1000).map { "c\($0)" }.joined(separator: " ")
        try scratch.write("a.ts", "@classLabel true \(names)\n@data\n1,2:up\n")
        #expect(scratch.failure("file=a.ts format=ts").hasSuffix("c18 c19 and 980 more"))
    }

    /// A test file may hold longer series and list its labels in another order.
    @Test func testSeriesFollowTheTrainingFile() throws {
        try scratch.write("a.ts", header + "@data\n1,2:10,20:down\n3,4:30,40:up\n")
        try scratch.write("b.ts", "@classLabel true down up\n@data\n5,6,7:50,60,70:down\n")
        let data = try scratch.load("file=a.ts format=ts test_file=b.ts")
        #expect(data.shape == [2, 1, 6, 2, 3, 2])
        #expect(data.sample(0) == [1, 10, 2, 20, 0, 0])
        #expect(data.sample(2) == [5, 50, 6, 60, 7, 70])
        #expect(data.labels == [1, 0, 1])
        #expect(data.lengths == [2, 2, 3])
    }

    @Test(arguments: [
        (
            "@data\n1,2:1,2:left\n",
            "a.ts:7: the label is \"left\"; it must be a label of the training file, @classLabel: up down"
        ),
        (
            "@data\n1,2:1,2:up\n1,2:up\n",
            "a.ts:8: has 1 channels and a label instead of 2 and a label; every line must hold whole series"
        ),
        (
            "@dimensions 3\n@data\n1,2:1,2:up\n",
            "a.ts:8: has 2 channels and a label instead of 3 and a label; every line must hold whole series"
        ),
        (
            "@data\n1,2\n",
            "a.ts:7: has 0 channels and a label instead of 1 and a label; every line must hold whole series"
        ),
        (
            "@data\n1,2:1,2,3:up\n",
            "a.ts:7: channel 2 has 3 values, channel 1 has 2; all channels of a series must have the same length"
        ),
        (
            "@seriesLength 3\n@equalLength true\n@data\n1,2:1,2:up\n",
            "a.ts:9: the series has 2 steps instead of the 3 of @seriesLength; correct one of them"
        ),
        (
            "@data\n1,2:1,?:up\n",
            "a.ts:7: value 2 of channel 2 is not a finite number (missing values are not supported); correct or "
                + "remove the line"
        ),
        (
            "@data\n1,NaN:1,2:up\n",
            "a.ts:7: value 2 of channel 1 is not a finite number (missing values are not supported); correct or "
                + "remove the line"
        ),
        ("@data\n\n", "a.ts: has no series after @data; give a file with series"),
        ("", "a.ts: has no line @data; give a file in the .ts format of sktime"),
        ("@missing true\n@data\n", "a.ts:6: \"@missing true\" is not supported; give series without"),
        (
            "@dimensions none\n@data\n",
            "a.ts:6: \"none\" is not a count; it must be an integer of at least 1"
        ),
        (
            "\u{b}\n@data\n",
            "a.ts:6: \" \" is before @data; the header of .ts has only lines that begin with @ or #"
        ),
        (
            "1,2:up\n@data\n",
            "a.ts:6: \"1,2:up\" is before @data; the header of .ts has only lines that begin with @ or #"
        ),
    ])
    func refusesDamage(text: String, message: String) throws {
        try scratch.write("a.ts", header + text)
        #expect(scratch.failure("file=a.ts format=ts") == message)
    }

    @Test func needsLabels() throws {
        try scratch.write("a.ts", "@data\n1,2:up\n")
        #expect(
            scratch.failure("file=a.ts format=ts")
                == "a.ts: has no line \"@classLabel true NAME ...\" before @data; add the labels")
    }
}
