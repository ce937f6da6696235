import EosCore
import EosData
import Foundation
import TestSupport
import Testing

/// A file's name is bytes, and need not be UTF-8.
@Suite struct FileNameTests {
    /// Latin-1, a stray continuation, a character that is cut, and one that stands for a byte inside of eos.
    static let names: [[UInt8]] = [
        Array("caf".utf8) + [0xe9], [0x80, 0xff], [0xe2, 0x82], [0xf4, 0x8f, 0xbf, 0xa9], Array("é".utf8),
    ]

    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func write(_ text: String, to path: String) throws {
        let file = ByteText.withBytes(of: path) { open($0, O_WRONLY | O_CREAT | O_EXCL, 0o600) }
        try #require(file >= 0)
        defer { close(file) }
        #expect(Glibc.write(file, text, text.utf8.count) == text.utf8.count)
    }

    private func text(_ bytes: [UInt8]) -> String {
        (bytes + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { ByteText.text($0.baseAddress!) }
        }
    }

    private func load(_ name: String, in directories: [String]) throws(EosError) -> Dataset {
        var keys = Configuration()
        keys["data.file"] = .string(name)
        keys["data.format"] = .string("csv")
        return try Dataset(keys, as: .f64, directories: directories)
    }

    @Test(arguments: names) func namesThatAreNoTextAreRead(_ bytes: [UInt8]) throws {
        let directory = scratch.directory.path
        // Swift's own repair of the bytes is the name of another file.
        if String(validating: bytes, as: UTF8.self) == nil {
            try write("9,9,0\n", to: "\(directory)/\(String(decoding: bytes, as: UTF8.self))")
        }
        let name = text(bytes)
        try write("1,2,0\n", to: "\(directory)/\(name)")
        let places = [(name, [directory]), (name, ["/nowhere", directory]), ("\(directory)/\(name)", [])]
        for (name, directories) in places {
            #expect(try load(name, in: directories).inputs == [1, 2])
        }
        // So may a directory's.
        let inner = "\(directory)/in-\(name)"
        #expect(ByteText.withBytes(of: inner) { mkdir($0, 0o700) } == 0)
        try write("3,4,0\n", to: "\(inner)/a.csv")
        #expect(try load("a.csv", in: [inner]).inputs == [3, 4])
    }

    @Test func aMissingOneIsShownByItsBytes() throws {
        let missing = text([0x61, 0xe9, 0x2e])
        let places = [scratch.directory.path, text([0x2f, 0xff])]
        let error = #expect(throws: EosError.self) { try load(missing, in: places) }
        #expect(error?.message.contains("data.file = \"a\\xe9.\": no such file in ") == true)
        #expect(error?.message.contains(", /\\xff") == true)
        let whole = #expect(throws: EosError.self) { try load("/nowhere/\(missing)", in: []) }
        #expect(whole?.message.hasPrefix("/nowhere/a\\xe9.: can't be opened: No such file") == true)
    }
}
