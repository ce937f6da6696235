import EosCore

/// Multivariate series as sktime writes them (.ts): a header of lines that begin with '@', then a series a line,
/// channels separated by ':', values by ',', the label last.
///
/// Labels become 0, 1, ... in the order of `@classLabel`; a test file's labels are those of the training file.
struct SeriesReader: SampleReader {
    let count: Int
    let shape: SampleShape
    let labels: ClassLabels
    let hasLengths: Bool

    private let file: DataFile
    private let rows: [Row]
    private let names: [String]

    private struct Row {
        let line: Int
        let label: Int
        let steps: Int
        let text: UnsafeRawBufferPointer
    }

    init(_ source: SampleFiles, _ rule: LabelRule, after before: SeriesReader?) throws(EosError) {
        file = source.samples
        try file.requireText()
        var lines = TextLines(file.bytes)
        var header = try SeriesHeader(&lines, file)
        if let before {
            header.labels = before.names
            header.channels = before.shape.channels
        }
        let places = header.labelPlaces
        var rows: [Row] = []
        while let line = lines.next() {
            if !line.isBlank { rows.append(try Self.row(line, lines.number, &header, places, file)) }
        }
        guard !rows.isEmpty, let channels = header.channels else {
            throw file.damaged("has no series after @data; give a file with series")
        }
        names = header.labels
        labels = try ClassLabels(
            rows.map(\.label), LabelRule(classes: names.count, isRelabelled: false, isRelabellable: false),
            after: before?.labels, in: file
        ) { [file] sample, text in file.damaged(line: rows[sample].line, "the label \(text)") }
        count = rows.count
        let steps = max(rows.map(\.steps).max()!, before?.shape.steps ?? 0)
        shape = .series(steps: steps, channels: channels)
        hasLengths =
            rows.contains { $0.steps != steps } || before.map { $0.hasLengths || $0.shape.steps != steps } == true
        self.rows = rows
    }

    /// Checks one line of data; the first tells the header how many channels there are, where it does not say.
    private static func row(
        _ line: UnsafeRawBufferPointer, _ number: Int, _ header: inout SeriesHeader, _ places: [String: Int],
        _ file: DataFile
    ) throws(EosError) -> Row {
        let parts = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .map { UnsafeRawBufferPointer(rebasing: $0) }
        let channels = header.channels ?? max(1, parts.count - 1)
        guard parts.count - 1 == channels else {
            throw file.damaged(
                line: number,
                "has \(parts.count - 1) channels and a label instead of \(channels) and a label; "
                    + "every line must hold whole series")
        }
        header.channels = channels
        let lengths = parts.dropLast().map { $0.reduce(1) { $0 + ($1 == UInt8(ascii: ",") ? 1 : 0) } }
        if let odd = lengths.firstIndex(where: { $0 != lengths[0] }) {
            throw file.damaged(
                line: number,
                "channel \(odd + 1) has \(lengths[odd]) values, channel 1 has \(lengths[0]); "
                    + "all channels of a series must have the same length")
        }
        if let length = header.length, lengths[0] != length {
            throw file.damaged(
                line: number,
                "the series has \(lengths[0]) steps instead of the \(length) of @seriesLength; "
                    + "correct one of them")
        }
        let label = parts.last!.trimmed
        guard let index = places[String(decoding: label, as: UTF8.self)] else {
            throw file.damaged(
                line: number,
                "the label is \"\(label.excerpt)\"; it must be a label of the training file, "
                    + "@classLabel: \(header.labelList)")
        }
        return Row(line: number, label: index, steps: lengths[0], text: line)
    }

    func read<Scalar: DataScalar>(_ index: Int, into samples: Samples<Scalar>, at place: Int) throws(EosError) {
        let row = rows[index]
        samples.labels[place] = labels.classes[index]
        samples.lengths?[place] = Int64(row.steps)
        let target = samples.sample(place)
        var scanner = TextScanner(row.text)
        for channel in 0..<shape.channels {
            for step in 0..<row.steps {
                let separator = UInt8(ascii: step == row.steps - 1 ? ":" : ",")
                guard let value = scanner.number(), value.isFinite, scanner.take() == separator else {
                    throw file.damaged(
                        line: row.line,
                        "value \(step + 1) of channel \(channel + 1) is not a finite number "
                            + "(missing values are not supported); correct or remove the line")
                }
                guard let number = Scalar(inRange: value) else {
                    throw file.damaged(
                        line: row.line, "value \(step + 1) of channel \(channel + 1) is \(value), \(Scalar.beyondRange)"
                    )
                }
                target[step * shape.channels + channel] = number
            }
        }
    }
}

/// What the '@' lines of a .ts file say.
private struct SeriesHeader {
    /// nil: as the first line of data has.
    var channels: Int?
    /// Of every series; nil: not said, or `@equalLength false`, with which `@seriesLength` binds nobody.
    private(set) var length: Int?
    var labels: [String] = []

    /// For messages.
    var labelList: String {
        labels.prefix(20).joined(separator: " ") + (labels.count > 20 ? " and \(labels.count - 20) more" : "")
    }

    /// The class of each label.
    var labelPlaces: [String: Int] {
        Dictionary(labels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    init(_ lines: inout TextLines, _ file: DataFile) throws(EosError) {
        var lengthText: (text: String, line: Int)?
        var hasEqualLengths = true
        while let line = lines.next() {
            if line.isBlank || line.first == UInt8(ascii: "#") { continue }
            let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
            switch (words.first?.lowercased() ?? "", words.dropFirst().first?.lowercased()) {
            case ("@data", _):
                if hasEqualLengths, let (text, line) = lengthText { length = try Self.count(text, line, file) }
                guard labels.isEmpty else { return }
                throw file.damaged("has no line \"@classLabel true NAME ...\" before @data; add the labels")
            case ("@timestamps", "true"), ("@missing", "true"):
                throw file.damaged(
                    line: lines.number, "\"\(words.joined(separator: " "))\" is not supported; give series without")
            case ("@dimensions", let value?), ("@dimension", let value?):
                channels = try Self.count(value, lines.number, file)
            case ("@univariate", "true"): channels = 1
            case ("@equallength", let value?): hasEqualLengths = value != "false"
            case ("@serieslength", let value?): lengthText = (value, lines.number)
            case ("@classlabel", "true"): labels = Array(words.dropFirst(2))
            case (let key, _) where key.hasPrefix("@"): continue
            default:
                throw file.damaged(
                    line: lines.number,
                    "\"\(line.excerpt)\" is before @data; the header of .ts has only lines that "
                        + "begin with @ or #")
            }
        }
        throw file.damaged("has no line @data; give a file in the .ts format of sktime")
    }

    private static func count(_ text: String, _ line: Int, _ file: DataFile) throws(EosError) -> Int {
        guard let value = Int(text), value > 0 else {
            throw file.damaged(line: line, "\"\(text)\" is not a count; it must be an integer of at least 1")
        }
        return value
    }
}
