import EosCore
import Testing

/// What other programs write, and what is downloaded instead of data.
@Suite struct ForeignFilesTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(arguments: [
        "1,2,0\r3,4,1\r", "1,2,0\r\n3,4,1\r\n", "1,2,0\n3,4,1", "1,2,0\r\r\n3,4,1\n\n\n",
        "\u{feff}1,2,0\r\n3,4,1\r\n \t\r\n",
        "# by hand\n1,2,0\n  # more\n3,4,1\n", "\"x\",\"y, in m\",\"class\"\n1,2,0\n3,4,1\n",
        "# x;y\nx;y,z,class\n1,2,0\n3,4,1",
        "Two samples\n1,2,0\n3,4,1\n",
    ])
    func readsWhatOtherProgramsWrite(text: String) throws {
        for bytes in [Array(text.utf8), gzip(Array(text.utf8))] {
            try scratch.write("a.csv", bytes)
            let data = try scratch.load("file=a.csv format=csv")
            #expect(data.inputs == [1, 2, 3, 4])
            #expect(data.labels == [0, 1])
        }
    }

    static let separators =
        "convert the file to columns separated by ',' and decimals with '.'"

    @Test(arguments: [
        ("0.5;1.5;0\n2;3;1\n", "a.csv:1: holds ';'; \(separators)"),
        ("0,5;1,5;0\n", "a.csv:1: holds ';'; \(separators)"),
        ("x;y;class\n0,5;1,5;0\n", "a.csv:2: holds ';'; \(separators)"),
        ("1,2,0\n1;2;0\n", "a.csv:2: holds ';'; \(separators)"),
        ("1\t2\t0\n", "a.csv:1: holds a tab between numbers; \(separators)"),
        ("1,5\t2,5\t0\n", "a.csv:1: holds a tab between numbers; \(separators)"),
        ("x\ty\tclass\n1,5\t2,5\t0\n", "a.csv:2: holds a tab between numbers; \(separators)"),
        ("1|2|0\n", "a.csv:1: holds '|'; \(separators)"),
        ("1 2 0\n", "a.csv:1: holds spaces between words; \(separators)"),
        ("+1 1:0.5 2:0.25\n", "a.csv:1: holds spaces between words; \(separators)"),
        (
            "\"0.5\",\"1.5\",\"0\"\n",
            "a.csv:1: column 1 is in quotes: \"0.5\"; write numbers and classes without quotes (R: quote = FALSE)"
        ),
        (
            "\"x\",\"y\",\"class\"\n0.5,\"1.5\",0\n",
            "a.csv:2: column 2 is in quotes: \"1.5\"; write numbers and classes without quotes (R: quote = FALSE)"
        ),
        (
            "0.5,1.5,'0'\n",
            "a.csv:1: column 3 is in quotes: '0'; write numbers and classes without quotes (R: quote = FALSE)"
        ),
        (
            "\"1,5\",2,0\n1,2,0\n",
            "a.csv:1: column 1 is in quotes: \"1; write numbers and classes without quotes (R: quote = FALSE)"
        ),
        (
            "\"\",\"x\",\"class\"\n\"1\",0.5,0\n",
            "a.csv:1: the first column has no name, like a column of row names; write the file without row names "
                + "(R: row.names = FALSE, pandas: index=False), or name the column"
        ),
        (
            ",x,class\n0,0.5,0\n",
            "a.csv:1: the first column has no name, like a column of row names; write the file without row names "
                + "(R: row.names = FALSE, pandas: index=False), or name the column"
        ),
        (
            "x,class\n1,0.5,0\n",
            "a.csv:2: has 3 columns, and the header in line 1 names 2; write the file without row names "
                + "(R: row.names = FALSE), or correct the header"
        ),
        ("1,NA,0\n", "a.csv:1: column 2 is \"NA\", not a finite number; correct or remove the line"),
        ("1,?,0\n", "a.csv:1: column 2 is \"?\", not a finite number; correct or remove the line"),
        ("1,1d5,0\n", "a.csv:1: column 2 is \"1d5\", not a finite number; correct or remove the line"),
        ("1,2,0,\n", "a.csv:1: the class in column 4 is \"\"; it must be an integer"),
        ("1,2,0 # x\n", "a.csv:1: the class in column 3 is \"0 # x\"; it must be an integer"),
        ("1,2,0\r1,2\r", "a.csv:2: has 2 columns instead of 3; every line must hold all features and the class"),
        (
            "1,2,0\n1,2\u{0},0\n",
            "a.csv:2: byte 10 of the file is zero, so it is not UTF-8 text; save it as UTF-8"
        ),
    ])
    func saysWhatIsForeign(text: String, message: String) throws {
        try scratch.write("a.csv", text)
        #expect(scratch.failure("file=a.csv format=csv") == message)
    }

    @Test(arguments: [
        (
            Array("<!DOCTYPE html><html>404</html>".utf8),
            "is a web page (HTML or XML) without data; download the file itself"
        ),
        (
            Array("\u{feff}\n  <HTML lang=en>".utf8),
            "is a web page (HTML or XML) without data; download the file itself"
        ),
        (
            Array("<?xml version=\"1.0\"?><Error>AccessDenied</Error>".utf8),
            "is a web page (HTML or XML) without data; download the file itself"
        ),
        ([0xff, 0xfe, 0x31, 0, 0x2c, 0], "is UTF-16 text; save it as UTF-8"),
        ([0xfe, 0xff, 0, 0x31], "is UTF-16 text; save it as UTF-8"),
        ([0xff, 0xfe, 0, 0, 0x31, 0, 0, 0], "is UTF-32 text; save it as UTF-8"),
        (
            Array("PK\u{3}\u{4}rest".utf8),
            "is a zip archive (as .npz and .xlsx are); unpack it and give the file of the data"
        ),
        (Array("BZh91AY&SY".utf8), "is compressed by bzip2; decompress it or compress it with gzip"),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1], "is compressed by xz; decompress it or compress it with gzip"),
        ([0x28, 0xb5, 0x2f, 0xfd, 1], "is compressed by zstd; decompress it or compress it with gzip"),
        (
            [UInt8](repeating: 0x61, count: 257) + Array("ustar\u{0}00".utf8),
            "is a tar archive; unpack it and give the file of the data"
        ),
        (
            Array("version https://git-lfs.github.com/spec/v1\n".utf8),
            "is a Git LFS pointer without data; download the file itself (git lfs pull)"
        ),
    ])
    func namesWhatHoldsNoData(bytes: [UInt8], message: String) throws {
        for contents in [bytes, gzip(bytes)] {
            try scratch.write("a.gz", contents)
            try scratch.write("labels", "")
            for format in ["csv", "ts", "cifar", "idx labels=labels", "npy labels=labels"] {
                #expect(scratch.failure("file=a.gz format=\(format)") == "a.gz: \(message)")
            }
        }
    }

    /// A name that begins as one of them does not make a file another.
    @Test(arguments: ["PK,BZh,class\n1,2,0\n", "BZh9,x,class\n1,2,0\n", "version,https,class\n1,2,0\n"])
    func namesAreNoSignatures(text: String) throws {
        try scratch.write("a.csv", text)
        #expect(try scratch.load("file=a.csv format=csv").inputs == [1, 2])
    }

    @Test func numbersBeyondF32AreNamed() throws {
        try scratch.write("a.csv", "1,0\n-1e39,1\n")
        #expect(try scratch.load("file=a.csv format=csv").inputs == [1, -1e39])
        let error = #expect(throws: EosError.self) { try scratch.load("file=a.csv format=csv", as: .f32) }
        #expect(
            error?.message.hasSuffix(
                "a.csv:2: column 1 is -1e+39, beyond the range of f32; scale the feature, or train in f64") == true)
    }

    /// A field of 10 MB: read as the number that it is, or named in a sentence of a few words, in a moment.
    @Test(.timeLimit(.minutes(1))) func hugeFields() throws {
        let digits = [UInt8](repeating: UInt8(ascii: "3"), count: 10_000_000)
        try scratch.write("a.csv", Array("0.".utf8) + digits + Array(",0\n".utf8))
        #expect(try scratch.load("file=a.csv format=csv").inputs == [1.0 / 3])
        try scratch.write("a.csv", digits + Array(",0\n".utf8))
        let shown = String(repeating: "3", count: 40) + "..."
        #expect(
            scratch.failure("file=a.csv format=csv")
                == "a.csv:1: column 1 is \"\(shown)\", not a finite number; correct or remove the line")
        try scratch.write("a.csv", [UInt8](repeating: UInt8(ascii: ","), count: 10_000_000))
        #expect(scratch.failure("file=a.csv format=csv").hasPrefix("a.csv:1: the first column has no name"))
    }
}
