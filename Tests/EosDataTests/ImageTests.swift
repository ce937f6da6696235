import EosCore
import Testing

/// An idx file: the magic number and sizes, big-endian, then bytes.
private func idx(_ magic: Int, _ sizes: [Int], _ bytes: [UInt8]) -> [UInt8] {
    ([magic] + sizes).flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } } + bytes
}

@Suite struct IDXTests {
    let scratch: Scratch
    private let keys = "file=images format=idx labels=labels"

    init() throws {
        scratch = try Scratch()
        try scratch.write("images", idx(2051, [3, 2, 2], (0..<12).map { UInt8($0 * 20) }))
        try scratch.write("labels", idx(2049, [3], [2, 0, 4]))
    }

    @Test(arguments: [ElementType.f32, .f64]) func readsImages(type: ElementType) throws {
        let data = try scratch.load(keys + " train=2 test=1", as: type)
        #expect(data.shape == [2, 1, 4, 1, 4, 5])
        #expect(data.inputs == (0..<12).map { Double($0 * 20) })
        #expect(data.labels == [2, 0, 4])
        #expect(try scratch.load(keys + " classes=10", as: type).shape[5] == 10)
    }

    @Test func readsATestFile() throws {
        try scratch.write("more", idx(2051, [1, 2, 2], [1, 2, 3, 4]))
        try scratch.write("more-labels", idx(2049, [1], [9]))
        let data = try scratch.load(keys + " train=1 test_file=more test_labels=more-labels")
        #expect(data.shape == [1, 1, 4, 1, 4, 10])
        #expect(data.inputs == [0, 20, 40, 60, 1, 2, 3, 4])
        #expect(data.labels == [2, 9])
    }

    @Test func refusesDamage() throws {
        try scratch.write("cut", idx(2051, [3, 2, 2], [1, 2, 3]))
        #expect(
            scratch.failure("file=cut format=idx labels=labels")
                == "cut: has 19 bytes instead of the 28 that its header requires (3 x 2 x 2); download it again")
        try scratch.write("long", idx(2051, [1, 1, 1], [1, 2, 3]))
        #expect(
            scratch.failure("file=long format=idx labels=labels")
                == "long: has 19 bytes instead of the 17 that its header requires (1 x 1 x 1); download it again")
        try scratch.write("huge", idx(2051, [0xffff_ffff, 0xffff_ffff, 0xffff_ffff], []))
        #expect(scratch.failure("file=huge format=idx labels=labels").hasPrefix("huge: has 16 bytes instead of the "))
        try scratch.write("header", [0, 0, 8])
        #expect(
            scratch.failure("file=header format=idx labels=labels")
                == "header: ends after 3 bytes, within the header of idx images; download it again")
        #expect(
            scratch.failure("file=labels format=idx labels=images")
                == "labels: holds idx labels, but idx images are expected; give the images as data.file and the labels "
                + "as data.labels")
        #expect(
            scratch.failure("file=images format=idx labels=images")
                == "images: holds idx images, but idx labels are expected; give the images as data.file and the labels "
                + "as data.labels"
        )
        try scratch.write("two", idx(2049, [2], [0, 1]))
        #expect(
            scratch.failure("file=images format=idx labels=two")
                == "two: holds 2 labels, but \(scratch.directory.path())/images has 3 images; give files that belong "
                .replacing(scratch.directory.path() + "/", with: "") + "together")
        #expect(
            scratch.failure(keys + " classes=4")
                == "labels: sample 3: the label is 4; it must be an integer from 0 to 3; correct it or data.classes, "
                + "or set data.relabel = true to number the labels from 0")
        try scratch.write("wide", idx(2051, [2, 2, 3], [UInt8](repeating: 0, count: 12)))
        #expect(
            scratch.failure(keys + " test_file=wide test_labels=two")
                == "wide: its samples have 6 numbers (1 channels x 6), those for training 4 numbers (1 channels x 4); "
                + "give files that belong together")
        try scratch.write("float", [0, 0, 13, 3] + [UInt8](repeating: 0, count: 12))
        #expect(
            scratch.failure("file=float format=idx labels=labels")
                == "float: begins with 3331 instead of 2051, the magic number of idx images (unsigned bytes); give a "
                + "file of this kind"
        )
        // The product of what remains is beyond any number.
        try scratch.write("none", idx(2051, [0, 0xffff_ffff, 0xffff_ffff], []))
        try scratch.write("no-labels", idx(2049, [0], []))
        #expect(
            scratch.failure("file=none format=idx labels=no-labels")
                == "none: holds 0 images of 4294967295 x 4294967295 pixels; give a file with images")
        try scratch.write("none", idx(2051, [0, 2, 2], []))
        #expect(
            scratch.failure("file=none format=idx labels=no-labels")
                == "none: holds 0 images of 2 x 2 pixels; give a file with images")
    }
}

@Suite struct CIFARTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func record(_ label: UInt8, _ shift: Int) -> [UInt8] {
        [label] + (0..<3072).map { UInt8(truncatingIfNeeded: $0 / 4 + shift) }
    }

    @Test(arguments: [ElementType.f32, .f64]) func readsRecords(type: ElementType) throws {
        try scratch.write("a.bin", record(3, 0) + record(9, 5))
        let data = try scratch.load("file=a.bin format=cifar train=1 test=1", as: type)
        #expect(data.shape == [1, 1, 3072, 3, 1024, 10])
        #expect(data.labels == [3, 9])
        #expect(data.sample(1) == record(9, 5).dropFirst().map { Double($0) })
    }

    @Test func refusesDamage() throws {
        try scratch.write("cut.bin", record(1, 0) + record(2, 0).dropLast())
        #expect(
            scratch.failure("file=cut.bin format=cifar")
                == "cut.bin: has 6145 bytes, 3072 more than 1 records of 3073; download it again, in the binary "
                + "version of CIFAR-10")
        try scratch.write("empty.bin", "")
        #expect(scratch.failure("file=empty.bin format=cifar").hasPrefix("empty.bin: has 0 bytes"))
        try scratch.write("label.bin", record(1, 0) + record(10, 0))
        #expect(
            scratch.failure("file=label.bin format=cifar train=1")
                == "label.bin: sample 2: the label is 10; it must be an integer from 0 to 9; correct it or data.classes"
        )
    }
}

@Suite struct CompressionTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func readsGzByItsContentsNotItsName() throws {
        let text = Array((0..<5000).map { "\($0),\($0 % 7)\n" }.joined().utf8)
        try scratch.write("a.csv", gzip(text))
        try scratch.write("b.csv.gz", text)
        let compressed = try scratch.load("file=a.csv format=csv")
        #expect(compressed.inputs == (0..<5000).map(Double.init))
        #expect(try scratch.load("file=b.csv.gz format=csv").inputs == compressed.inputs)
    }

    /// What cat makes of several gz files, and sizes that the trailer of the last does not tell.
    @Test func readsSeveralMembers() throws {
        try scratch.write("a.csv", gzip([UInt8](repeating: 10, count: 300_000)) + gzip(Array("1,0\n".utf8)))
        #expect(try scratch.load("file=a.csv format=csv").inputs == [1])
    }

    /// As tapes and block devices leave them, and tar with them.
    @Test func passesZerosOver() throws {
        let zeros = [UInt8](repeating: 0, count: 513)
        try scratch.write("a.csv", gzip(Array("1,0\n".utf8)) + zeros)
        #expect(try scratch.load("file=a.csv format=csv").inputs == [1])
        try scratch.write("a.csv", gzip(Array("1,0\n".utf8)) + zeros + gzip(Array("2,1\n".utf8)) + zeros)
        #expect(try scratch.load("file=a.csv format=csv").inputs == [1, 2])
    }

    /// The end of the input and that of the memory for the output may meet.
    @Test(arguments: [63, 64, 65, 127, 128, 129, 4095, 4096, 4097]) func readsToTheLastByte(length: Int) throws {
        let text = [UInt8](repeating: 10, count: length - 4) + Array("1,0\n".utf8)
        // The size at its end says 0, so that the memory has to grow to every power of two.
        try scratch.write("a.csv", gzip(text) + gzip([]))
        #expect(try scratch.load("file=a.csv format=csv").inputs == [1])
        try scratch.write("a.csv", Array(gzip(text).dropLast(8)))
        #expect(scratch.failure("file=a.csv format=csv").hasPrefix("a.csv: its gzip compression is cut short at byte "))
    }

    @Test func refusesDamage() throws {
        let good = gzip(Array((0..<500).map { "\($0),\($0 % 7)\n" }.joined().utf8))
        for length in [2, 10, 11, good.count / 2, good.count - 1] {
            try scratch.write("cut.csv", Array(good[..<length]))
            let message = scratch.failure("file=cut.csv format=csv")
            #expect(message.hasPrefix("cut.csv: its gzip compression is cut short at byte "), "\(message)")
        }
        for place in [3, good.count / 2, good.count - 6] {
            var bad = good
            bad[place] ^= 0x55
            try scratch.write("bad.csv", bad)
            let message = scratch.failure("file=bad.csv format=csv")
            #expect(message.hasPrefix("bad.csv: its gzip compression is "), "\(message)")
        }
        try scratch.write("tail.csv", good + [1, 2, 3])
        #expect(
            scratch.failure("file=tail.csv format=csv")
                == "tail.csv: 3 bytes follow the end of its gzip data at byte \(good.count), and they are neither "
                + "zeros nor gzip; download the file again")
    }
}
