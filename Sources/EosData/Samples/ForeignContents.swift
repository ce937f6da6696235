/// Files that are given for data files and hold something else, told by how they begin. Each has a remedy of its own.
enum ForeignContents {
    /// What the file is and what to do; nil where it may hold data.
    static func sentence(_ bytes: UnsafeRawBufferPointer) -> String? {
        for (start, sentence) in starts where bytes.starts(with: start) { return sentence }
        if bytes.count >= 262, bytes[257..<262].elementsEqual("ustar".utf8) {
            return "is a tar archive; unpack it and give the file of the data"
        }
        // "BZh", the size of a block, and the digits of pi.
        if bytes.starts(with: "BZh".utf8), bytes.dropFirst(4).starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) {
            return compressed("bzip2")
        }
        if isMarkup(bytes) { return "is a web page (HTML or XML) without data; download the file itself" }
        return nil
    }

    /// UTF-32 begins as UTF-16 does, so that it comes first.
    private static let starts: [([UInt8], String)] = [
        ([0xff, 0xfe, 0, 0], "is UTF-32 text; save it as UTF-8"),
        ([0, 0, 0xfe, 0xff], "is UTF-32 text; save it as UTF-8"),
        ([0xff, 0xfe], "is UTF-16 text; save it as UTF-8"),
        ([0xfe, 0xff], "is UTF-16 text; save it as UTF-8"),
        (
            Array("PK\u{3}\u{4}".utf8),
            "is a zip archive (as .npz and .xlsx are); unpack it and give the file of the data"
        ),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], compressed("xz")),
        ([0x28, 0xb5, 0x2f, 0xfd], compressed("zstd")),
        ([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "is a 7z archive; unpack it and give the file of the data"),
        ([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a], "is an HDF5 file; convert it to csv or npy"),
        (
            Array("version https://git-lfs".utf8),
            "is a Git LFS pointer without data; download the file itself (git lfs pull)"
        ),
    ]

    private static func compressed(_ name: String) -> String {
        "is compressed by \(name); decompress it or compress it with gzip"
    }

    private static func isMarkup(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        let text = bytes.dropFirst(bytes.starts(with: mark) ? 3 : 0).prefix(1000)
            .drop { $0 == 0x20 || (9...13).contains($0) }
        let start = text.prefix(9).map { (65...90).contains($0) ? $0 | 0x20 : $0 }
        return ["<!doctype", "<html", "<head", "<body", "<?xml", "<!--"].contains { start.starts(with: $0.utf8) }
    }
}
