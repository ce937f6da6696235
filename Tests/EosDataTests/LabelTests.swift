import Testing

/// Numbers for classes as the collections of UCI, LIBSVM and EMNIST have them.
@Suite struct LabelTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func write(_ name: String, _ labels: [String]) throws {
        try scratch.write(name, labels.enumerated().map { "\($0),\($1)\n" }.joined())
    }

    @Test(arguments: [
        (["1", "2", "3", "1"], "a.csv: the labels are 1 to 3, and none is 0"),
        (["2", "1"], "a.csv: the labels are 1 and 2, and none is 0"),
        (["5", "5"], "a.csv: the labels are 5 alone, and none is 0"),
    ])
    func saysThatNoneIsZero(labels: [String], start: String) throws {
        try write("a.csv", labels)
        #expect(
            scratch.failure("file=a.csv format=csv")
                == start
                + "; set data.relabel = true to number them from 0, or data.classes if 0 is a class without samples"
        )
        #expect(try scratch.load("file=a.csv format=csv classes=6").labels == labels.map { Int32($0)! })
    }

    @Test(arguments: [
        (["1", "2", "3", "1"], [0, 1, 2, 0]), (["-1", "1", "+1", "-1"], [0, 1, 1, 0]),
        (["7", "-3", "7.0", "20"], [1, 0, 1, 2]),
        (["1e0", "2e0"], [0, 1]), (["2000000000", "0", "9007199254740991"], [1, 0, 2]), (["5"], [0]),
        (["0", "1"], [0, 1]),
    ])
    func relabelNumbersThemInOrder(labels: [String], classes: [Int32]) throws {
        try write("a.csv", labels)
        let data = try scratch.load("file=a.csv format=csv relabel=true")
        #expect(data.labels == classes)
        #expect(data.shape[5] == Int64(Set(classes).count))
        #expect(try scratch.load("file=a.csv format=csv relabel=true classes=9").shape[5] == 9)
    }

    /// The test file has the classes of the training file, of which it may lack some.
    @Test func testLabelsAreThoseOfTheTrainingFile() throws {
        try write("a.csv", ["3", "1", "2"])
        try write("b.csv", ["3", "3"])
        let data = try scratch.load("file=a.csv format=csv test_file=b.csv relabel=true")
        #expect(data.labels == [2, 0, 1, 2, 2])
        try write("b.csv", ["3", "4"])
        #expect(
            scratch.failure("file=a.csv format=csv test_file=b.csv relabel=true")
                == "b.csv:2: the class in column 2 is 4; the training file has 1 to 3; correct one of them")
    }

    /// Without relabelling the test file may lack the class 0.
    @Test func testLabelsNeedNoZero() throws {
        try write("a.csv", ["0", "1"])
        try write("b.csv", ["1", "2"])
        #expect(try scratch.load("file=a.csv format=csv test_file=b.csv").shape[5] == 3)
    }

    @Test func negativeLabelsAreNamed() throws {
        try write("a.csv", ["1", "-1"])
        #expect(
            scratch.failure("file=a.csv format=csv")
                == "a.csv:2: the class in column 2 is -1; classes are numbered from 0; set data.relabel = true to "
                + "number the labels (-1 and 1) from 0")
        #expect(
            scratch.failure("file=a.csv format=csv classes=2")
                == "a.csv:2: the class in column 2 is -1; it must be an integer from 0 to 1; correct it or "
                + "data.classes, or "
                + "set data.relabel = true to number the labels from 0")
    }

    /// One label out of all proportion would make a layer of as many units.
    @Test(arguments: ["2000000000", "2147483647", "4294967296", "1000", "9007199254740991"])
    func labelsOutOfProportionAreNoClasses(label: String) throws {
        try write("a.csv", ["0", "1", label])
        #expect(
            scratch.failure("file=a.csv format=csv")
                == "a.csv:3: the class in column 2 is \(label), and the file's 3 samples have 3 different labels; "
                + "correct it, or set data.relabel = true to number them from 0, or data.classes")
        try write("a.csv", ["0", "1"])
        try write("b.csv", ["0", label])
        #expect(
            scratch.failure("file=a.csv format=csv test_file=b.csv").hasPrefix(
                "b.csv:2: the class in column 2 is \(label), "))
    }

    @Test func proportionGrowsWithTheSamples() throws {
        try write("a.csv", (0..<3000).map { "\($0)" })
        #expect(try scratch.load("file=a.csv format=csv").shape[5] == 3000)
        try write("a.csv", ["0", "999"])
        #expect(try scratch.load("file=a.csv format=csv").shape[5] == 1000)
        #expect(try scratch.load("file=a.csv format=csv classes=2147483647").shape[5] == 2_147_483_647)
    }

    @Test(arguments: ["1.5", "1e300", "1e16", "setosa", "", "nan", "inf", "0x1", "9007199254740993"])
    func whatIsNoIntegerIsNoLabel(label: String) throws {
        try write("a.csv", ["0", label])
        for keys in ["", " relabel=true", " classes=3"] {
            #expect(
                scratch.failure("file=a.csv format=csv" + keys)
                    == "a.csv:2: the class in column 2 is \"\(label)\"; it must be an integer")
        }
    }

    @Test func tooManyLabelsForTheClasses() throws {
        try write("a.csv", ["4", "1", "9", "12"])
        #expect(
            scratch.failure("file=a.csv format=csv relabel=true classes=3")
                == "a.csv: has 4 different labels, 1 to 12, more than data.classes = 3; correct one of them")
    }

    /// EMNIST's letters are 1 to 26.
    @Test func idxAndNpyAreRelabelledToo() throws {
        func words(_ numbers: [Int]) -> [UInt8] {
            numbers.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
        }
        try scratch.write("x", words([2051, 3, 1, 1]) + [5, 6, 7])
        try scratch.write("y", words([2049, 3]) + [26, 1, 13])
        #expect(
            scratch.failure("file=x labels=y format=idx").hasPrefix("y: the labels are 1 to 26, and none is 0; set "))
        #expect(try scratch.load("file=x labels=y format=idx relabel=true").labels == [2, 0, 1])

        func npy(_ shape: String, _ numbers: [Int64]) -> [UInt8] {
            let text = "{'descr': '<i8', 'fortran_order': False, 'shape': \(shape), }"
            let start: [UInt8] = [0x93] + Array("NUMPY".utf8)
            return start + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8) + numbers.withUnsafeBytes { Array($0) }
        }
        try scratch.write("x.npy", npy("(2, 1)", [8, 9]))
        try scratch.write("y.npy", npy("(2,)", [1, -1]))
        #expect(
            scratch.failure("file=x.npy labels=y.npy format=npy").hasPrefix(
                "y.npy: sample 2: the label is -1; classes are"))
        #expect(try scratch.load("file=x.npy labels=y.npy format=npy relabel=true").labels == [1, 0])
    }

    @Test func otherFormatsTakeNoRelabelling() {
        for format in ["cifar", "ts"] {
            #expect(
                scratch.failure("file=a format=\(format) relabel=true")
                    .hasPrefix("data.relabel has no meaning with data.format = \"\(format)\"; its keys are "))
        }
    }
}
