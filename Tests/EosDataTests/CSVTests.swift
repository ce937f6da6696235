import CEos
import EosCore
import Testing

@Suite struct CSVTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func readsNumbersAndClasses() throws {
        try scratch.write("a.csv", "1,-2.5,0\n 3e2, .5 ,2\r\n+0,7.,1\n\n")
        let data = try scratch.load("file=a.csv format=csv")
        #expect(data.shape == [3, 0, 2, 2, 1, 3])
        #expect(data.inputs == [1, -2.5, 300, 0.5, 0, 7])
        #expect(data.labels == [0, 2, 1])
        #expect(data.lengths == nil)
        #expect(data.table.pointee.struct_size == UInt32(MemoryLayout<eos_dataset>.size))
        #expect(data.table.pointee.dtype == UInt32(EOS_F64))
    }

    @Test(arguments: ["x,y,class\n1,2,0\n", "\u{feff}1,2,0", "1,2,0", "\n\nx,y,class\n1,2,0\n\n \n"])
    func passesHeadersMarksAndBlankLinesOver(text: String) throws {
        try scratch.write("a.csv", text)
        let data = try scratch.load("file=a.csv format=csv")
        #expect(data.inputs == [1, 2])
        #expect(data.labels == [0])
    }

    @Test func splitsInFileOrder() throws {
        try scratch.write("a.csv", (0..<10).map { "\($0),\($0 % 3)\n" }.joined())
        let data = try scratch.load("file=a.csv format=csv train=4 test=3", as: .f32)
        #expect(data.shape == [4, 3, 1, 1, 1, 3])
        #expect(data.inputs == [0, 1, 2, 3, 4, 5, 6])
        #expect(data.labels == [0, 1, 2, 0, 1, 2, 0])
        #expect(data.table.pointee.dtype == UInt32(EOS_F32))
        #expect(try scratch.load("file=a.csv format=csv test=3").shape[..<2] == [7, 3])
        #expect(try scratch.load("file=a.csv format=csv train=2").shape[..<2] == [2, 0])
    }

    @Test func takesTestSamplesFromTheirFile() throws {
        try scratch.write("a.csv", "1,0\n2,1\n3,0\n")
        try scratch.write("b.csv", "4,4\n5,0\n")
        let all = try scratch.load("file=a.csv format=csv test_file=b.csv")
        #expect(all.inputs == [1, 2, 3, 4, 5])
        #expect(all.labels == [0, 1, 0, 4, 0])
        #expect(all.shape == [3, 2, 1, 1, 1, 5])
        #expect(try scratch.load("file=a.csv format=csv test_file=b.csv train=1 test=1").inputs == [1, 4])
    }

    /// Two steps of two channels: standardised by channel, over all steps.
    @Test func rowsMayBeSeries() throws {
        try scratch.write("a.csv", "1,10,3,30,0\n1,20,-1,20,1\n")
        let data = try scratch.load("file=a.csv format=csv channels=2")
        #expect(data.shape == [2, 0, 4, 2, 2, 2])
        #expect(data.inputs == [1, 10, 3, 30, 1, 20, -1, 20])
        #expect(data.lengths == nil)
        let standard = try scratch.load("file=a.csv format=csv channels=2 standardize=per-channel")
        let root = 2.0.squareRoot()
        let expected = [0, -root, root, root, 0, 0, -root, 0]
        #expect(zip(standard.inputs, expected).allSatisfy { abs($0 - $1) < 1e-15 })
        #expect(
            scratch.failure("file=a.csv format=csv channels=3")
                == "data.channels = 3 does not divide the 4 features of a row of a.csv; give a divisor")
        #expect(try scratch.load("file=a.csv format=csv channels=4").shape == [2, 0, 4, 4, 1, 2])
    }

    @Test func classesAreThoseOfTheWholeFile() throws {
        try scratch.write("a.csv", "1,0\n2,1\n3,7\n")
        #expect(try scratch.load("file=a.csv format=csv train=1").shape[5] == 8)
        #expect(try scratch.load("file=a.csv format=csv train=1 classes=20").shape[5] == 20)
    }

    /// Correctly rounded decimals against the standard library's.
    @Test func readsDecimalsExactly() throws {
        var texts = [
            "0.1", "123456789012345678", "1e22", "1e23", "9007199254740993", "4.9e-324", "2.2250738585072014e-308",
            "1.7976931348623157e308", "0.000000000000000000000000000000123", "3.14159265358979323846264338327950288",
            "1e-400", "00000000000000000000000001.5",
        ]
        for counter in 0..<2000 {
            let bits = Random(seed: 3).bits(UInt64(counter))
            let value = Double(bitPattern: bits)
            if value.isFinite { texts.append("\(value)") }
            texts.append("\(Double(bits % 1_000_000) / 1000)")
        }
        try scratch.write("a.csv", texts.map { "\($0),0\n" }.joined())
        let data = try scratch.load("file=a.csv format=csv")
        #expect(data.inputs.map(\.bitPattern) == texts.map { Double($0)!.bitPattern })
    }

    @Test(arguments: [
        ("1,2,0\n1,0\n", "a.csv:2: has 2 columns instead of 3; every line must hold all features and the class"),
        ("1,2,0\n1,2", "a.csv:2: has 2 columns instead of 3; every line must hold all features and the class"),
        ("5\n", "a.csv:1: has 1 column instead of at least 2; every line must hold all features and the class"),
        (
            "1,2,0\n\n1,oops,0\n",
            "a.csv:3: column 2 is \"oops\", not a finite number; correct or remove the line"
        ),
        ("1,,0\n", "a.csv:1: column 2 is \"\", not a finite number; correct or remove the line"),
        ("1,nan,0\n", "a.csv:1: column 2 is \"nan\", not a finite number; correct or remove the line"),
        ("1e999,0\n", "a.csv:1: column 1 is \"1e999\", not a finite number; correct or remove the line"),
        ("1 2,0\n", "a.csv:1: column 1 is \"1 2\", not a finite number; correct or remove the line"),
        (
            "1,2,0\n1,2,-1\n",
            "a.csv:2: the class in column 3 is -1; classes are numbered from 0; set data.relabel = true to number the "
                + "labels (-1 and 0) from 0"
        ),
        (
            "1,2,.5\n", "a.csv:1: the class in column 3 is \".5\"; it must be an integer"
        ),
        ("1,2,\n", "a.csv:1: the class in column 3 is \"\"; it must be an integer"),
        (
            "1,2,0\n1,2,9999999999\n",
            "a.csv:2: the class in column 3 is 9999999999, and the file's 2 samples have 2 different labels; correct "
                + "it, or set data.relabel = true to number them from 0, or data.classes"
        ),
        ("", "a.csv: holds no samples; give a file with numbers"),
        ("x,y,class\n", "a.csv: holds no samples; give a file with numbers"),
    ])
    func refusesDamage(text: String, message: String) throws {
        try scratch.write("a.csv", text)
        #expect(scratch.failure("file=a.csv format=csv") == message)
    }

    @Test func namesLabelsBeyondTheClasses() throws {
        try scratch.write("a.csv", "1,2,0\n1,2,3\n")
        #expect(
            scratch.failure("file=a.csv format=csv train=1 classes=3")
                == "a.csv:2: the class in column 3 is 3; it must be an integer from 0 to 2; correct it or "
                + "data.classes, or set "
                + "data.relabel = true to number the labels from 0")
    }

    @Test(arguments: [
        ("train=4", "a.csv: has 3 samples, fewer than requested: data.train = 4; request fewer samples"),
        (
            "train=2 test=2",
            "a.csv: has 3 samples, fewer than requested: data.train = 2 and data.test = 2; request fewer samples"
        ),
        (
            "test=3",
            "a.csv: has 3 samples, fewer than requested: one for training besides data.test = 3; request fewer samples"
        ),
        (
            "test=9223372036854775807",
            "a.csv: has 3 samples, fewer than requested: one for training besides data.test = 9223372036854775807; "
                + "request fewer samples"
        ),
        ("test_file=b.csv test=2", "b.csv: has 1 samples, fewer than requested: data.test = 2; request fewer samples"),
        (
            "test_file=c.csv",
            "c.csv:1: has 3 columns instead of 2; every line must hold all features and the class"
        ),
    ])
    func saysHowManyThereAre(keys: String, message: String) throws {
        try scratch.write("a.csv", "1,0\n2,1\n3,0\n")
        try scratch.write("b.csv", "1,0\n")
        try scratch.write("c.csv", "1,2,0\n")
        #expect(scratch.failure("file=a.csv format=csv \(keys)") == message)
    }
}
