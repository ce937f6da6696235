import EosCore
import Testing

/// A .npy file of version 1 as NumPy pads it, or with the longer length of version 2.
private func npy(
    _ type: String, _ shape: String, _ data: [UInt8], fortran: String = "False", version: UInt8 = 1,
    descr: String? = nil
) -> [UInt8] {
    let dictionary = "{'descr': \(descr ?? "'\(type)'"), 'fortran_order': \(fortran), 'shape': \(shape), }"
    let prefix = version == 1 ? 10 : 12
    let padding = 63 - (prefix + dictionary.utf8.count) % 64
    let text = dictionary + String(repeating: " ", count: padding) + "\n"
    let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: text.utf8.count >> (8 * $0)) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(text.utf8) + data
}

private func bytes<Element>(_ values: [Element]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

@Suite struct NPYTests {
    let scratch: Scratch
    private let keys = "file=x.npy labels=y.npy format=npy"

    init() throws {
        scratch = try Scratch()
        try scratch.write("y.npy", npy("<i8", "(2,)", bytes([Int64(3), 0])))
    }

    @Test(arguments: [
        ("<f8", bytes([1.0, 2, 3, 4])), ("<f4", bytes([Float(1), 2, 3, 4])), ("|u1", [1, 2, 3, 4]),
        ("<i4", bytes([Int32(1), 2, 3, 4])), ("<i8", bytes([Int64(1), 2, 3, 4])),
    ])
    func readsEveryType(type: String, data: [UInt8]) throws {
        for version: UInt8 in [1, 2] {
            try scratch.write("x.npy", npy(type, "(2, 2)", data, version: version))
            for element in [ElementType.f32, .f64] {
                let data = try scratch.load(keys, as: element)
                #expect(data.shape == [2, 0, 2, 2, 1, 4])
                #expect(data.inputs == [1, 2, 3, 4])
                #expect(data.labels == [3, 0])
            }
        }
    }

    /// Long integers as Python 2 wrote them.
    @Test func readsShapesOfPython2() throws {
        try scratch.write("x.npy", npy("<f8", "(2L, 2L)", bytes([1.0, 2, 3, 4])))
        try scratch.write("y.npy", npy("<i8", "(2L,)", bytes([Int64(3), 0])))
        #expect(try scratch.load(keys).inputs == [1, 2, 3, 4])
    }

    /// A length that leaves the line feed at the header's end out: the byte behind the header is no data.
    @Test func readsHeadersThatAreCountedWithoutTheirEnd() throws {
        let data = bytes([1.0, 2, 3, 4])
        let good = npy("<f8", "(2L, 2L)", data)
        let end = good.count - data.count - 1
        var short = good
        short[8] -= 1
        try scratch.write("x.npy", short)
        #expect(try scratch.load(keys).inputs == [1, 2, 3, 4])
        // Any other byte there, or one more, is damage.
        short[end] = 32
        try scratch.write("x.npy", short)
        #expect(scratch.failure(keys).hasPrefix("x.npy: has 33 bytes of data instead of the 32 of its shape"))
        try scratch.write("x.npy", Array(good[...end]) + [10] + data)
        #expect(scratch.failure(keys).hasPrefix("x.npy: has 33 bytes of data instead of the 32 of its shape"))
    }

    @Test func refusesNumbersBeyondTheType() throws {
        try scratch.write("x.npy", npy("<f8", "(2, 2)", bytes([1.0, 2, -1e39, 4])))
        #expect(try scratch.load(keys).inputs == [1, 2, -1e39, 4])
        let error = #expect(throws: EosError.self) { try scratch.load(keys, as: .f32) }
        #expect(
            error?.message.hasSuffix(
                "x.npy: sample 2: number 1 is -1e+39, beyond the range of f32; scale the feature, or train in f64")
                == true)
    }

    @Test func ranksAreTablesSeriesAndImages() throws {
        let data = bytes((0..<24).map { Float($0) })
        try scratch.write("x.npy", npy("<f4", "(2, 4, 3)", data))
        #expect(try scratch.load(keys).shape == [2, 0, 12, 3, 4, 4])
        try scratch.write("x.npy", npy("<f4", "(2, 3, 2, 2)", data))
        let images = try scratch.load(keys + " train=1 test=1")
        #expect(images.shape == [1, 1, 12, 3, 4, 4])
        #expect(images.inputs == (0..<24).map { Double($0) })
    }

    @Test func rowsMayBeSeries() throws {
        let data = bytes((0..<24).map { Float($0) })
        try scratch.write("x.npy", npy("<f4", "(2, 12)", data))
        #expect(try scratch.load(keys + " channels=3").shape == [2, 0, 12, 3, 4, 4])
        try scratch.write("x.npy", npy("<f4", "(2, 4, 3)", data))
        #expect(
            scratch.failure(keys + " channels=3")
                == "data.channels = 3, but x.npy does not hold rows of features; remove it")
    }

    @Test func labelsMayBeAColumnAndNumbers() throws {
        try scratch.write("x.npy", npy("|u1", "(2, 1)", [5, 6]))
        try scratch.write("y.npy", npy("<f8", "(2, 1)", bytes([0.0, 1])))
        #expect(try scratch.load(keys).labels == [0, 1])
    }

    @Test func refusesWhatItCannotRead() throws {
        func expect(_ file: [UInt8], _ message: String) throws {
            try scratch.write("x.npy", file)
            #expect(scratch.failure(keys) == "x.npy: \(message)")
        }
        let data = bytes([1.0, 2, 3, 4])
        try expect(
            npy("<f8", "(2, 2)", data, fortran: "True"),
            "is in Fortran order; save it with numpy.save(..., numpy.ascontiguousarray(a))")
        try expect(
            npy(">f8", "(2, 2)", data), "has elements of type >f8; convert them to one of <f4, <f8, |u1, <i4, <i8")
        try expect(
            npy("<f\n8", "(2, 2)", data), "has elements of type <f 8; convert them to one of <f4, <f8, |u1, <i4, <i8")
        try expect(
            npy("<f8", "(2, 2)", Array(data.dropLast())),
            "has 31 bytes of data instead of the 32 of its shape (2, 2); save it again")
        try expect(
            npy("<f8", "(2, 9223372036854775807)", data),
            "has 32 bytes of data instead of more than 9223372036854775807 of its shape (2, 9223372036854775807); "
                + "save it again"
        )
        try expect(
            npy("<f8", "(4,)", data),
            "has the shape (4,); it must be (n, features), (n, steps, channels) or (n, planes, rows, columns)")
        try expect(
            npy("<f8", "(2, 0, 9223372036854775807, 4)", []),
            "has the shape (2, 0, 9223372036854775807, 4) and no samples; give an array with samples")
        try expect(
            npy("<f8", "(" + String(repeating: "2, ", count: 40_000) + ")", [], version: 2),
            "has an invalid header of 120116 bytes; save it with numpy.save")
        try expect(npy("<f8", "(0, 2)", []), "has the shape (0, 2) and no samples; give an array with samples")
        try expect(
            npy("<f8", "(2, 2)", data, version: 3),
            "has version 3 of .npy, but only 1 and 2 are supported; save it with numpy.save")
        try expect(Array("1,2,3\n".utf8), "is not a .npy file; save it with numpy.save")
        try expect(
            Array(npy("<f8", "(2, 2)", data)[..<40]), "ends after 40 bytes, within its header; save it again")
        try expect(
            npy("<f8", "(2, 2)", bytes([1, 2, .nan, 4.0])),
            "sample 2: number 1 is nan; every number must be finite")
    }

    /// Each sentence is about what is wrong, and about nothing else.
    @Test(arguments: [
        ("'<f8'", "False", "(2, -2)", "has the shape (2, -2), whose dimension 2 is -2: it must not be negative"),
        ("'<f8'", "False", "(-2L, 2L)", "has the shape (-2L, 2L), whose dimension 1 is -2: it must not be negative"),
        (
            "'<f8'", "False", "(2, 9223372036854775808)",
            "has the shape (2, 9223372036854775808), whose dimension 2 is 9223372036854775808: the largest is "
                + "9223372036854775807"
        ),
        ("'<f8'", "False", "(2, 2.0)", "has the header entry 'shape': (2, 2.0), which is not a tuple of integers"),
        ("'<f8'", "False", "(2, , 2)", "has the header entry 'shape': (2, , 2), which is not a tuple of integers"),
        ("'<f8'", "False", "4", "has the header entry 'shape': 4, which is not a tuple of integers"),
        ("'<f8'", "False", "(2, 2", "has the header entry 'shape': (2, 2, }, which is not a tuple of integers"),
        ("'<f8'", "0", "(2, 2)", "has the header entry 'fortran_order': 0, which is neither True nor False"),
        ("3", "False", "(2, 2)", "has the header entry 'descr': 3, which is not a quoted type"),
    ])
    func headersAreRefusedForWhatIsWrong(
        _ type: String, _ order: String, _ shape: String, _ sentence: String
    ) throws {
        try scratch.write("x.npy", npy("", shape, bytes([1.0, 2, 3, 4]), fortran: order, descr: type))
        #expect(scratch.failure(keys) == "x.npy: \(sentence); save it with numpy.save")
    }

    @Test(arguments: [
        "[('a', '<f4'), ('b', '<f4')]", "[('shape', '<f8')]", "('<f8', (2,))", "[('a', [('x', '<i4'), ('y', '<i4')])]",
    ])
    func structuredTypesAreNamedWhole(_ type: String) throws {
        try scratch.write("x.npy", npy("", "(2, 2)", bytes([1.0, 2, 3, 4]), descr: type))
        #expect(
            scratch.failure(keys)
                == "x.npy: has elements of the structured type \(type); save each of its fields as a separate array, "
                + "of one of <f4, <f8, |u1, <i4, <i8")
    }

    @Test(arguments: ["descr", "fortran_order", "shape"]) func theEntryThatIsMissingIsNamed(_ key: String) throws {
        let file = npy("<f8", "(2, 2)", bytes([1.0, 2, 3, 4]))
        // Another name of the same length, so that all else is as it was.
        let name = Array("'\(key)'".utf8)
        let place = try #require(file.indices.first { file[$0...].starts(with: name) })
        var other = file
        other[place + 1] = 90
        try scratch.write("x.npy", other)
        #expect(scratch.failure(keys) == "x.npy: has a header without \(key); save it with numpy.save")
    }

    @Test func refusesLabelsThatAreNone() throws {
        try scratch.write("x.npy", npy("|u1", "(2, 1)", [5, 6]))
        try scratch.write("y.npy", npy("<f8", "(2,)", bytes([0.0, 1.5])))
        #expect(
            scratch.failure(keys)
                == "y.npy: sample 2: the label is 1.5; it must be an integer"
        )
        try scratch.write("y.npy", npy("|u1", "(3,)", [0, 1, 2]))
        #expect(
            scratch.failure(keys) == "y.npy: has the shape (3,), but x.npy holds 2 samples; labels must be (2,)")
    }
}
