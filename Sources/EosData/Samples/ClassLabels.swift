import EosCore

/// How the labels of files become classes.
struct LabelRule {
    /// How many classes there are; nil: as the files tell.
    let classes: Int?
    /// Whether the numbers in the training file stand for 0, 1, ... in ascending order; else they are the classes.
    let isRelabelled: Bool
    /// Whether the format takes `data.relabel`.
    var isRelabellable = true

    /// Labels beyond this and beyond the number of samples are taken for damage, unless the classes are counted.
    fileprivate static let plausible = 1000
}

/// The classes of the samples of one file.
struct ClassLabels {
    /// Of each sample, 0 ..< count.
    let classes: [Int32]
    let count: Int
    /// What stands for each class in the training file, ascending; nil: its number.
    private let numbers: [Int]?

    /// - Parameters:
    ///   - numbers: of each sample, as the file has them.
    ///   - before: those of the training file, where this is the test file.
    ///   - fault: the error at the place of a sample: "FILE:3: the class in column 4" and the text that it is given.
    /// - Throws: `EOS_E_FORMAT` where a number is no class, with the place and what to set.
    init(
        _ numbers: [Int], _ rule: LabelRule, after before: ClassLabels?, in file: DataFile,
        fault: (_ sample: Int, _ text: String) -> EosError
    ) throws(EosError) {
        let found = Set(numbers).sorted()
        if rule.isRelabelled {
            let known = before?.numbers ?? found
            let order = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, $0) })
            if let odd = numbers.firstIndex(where: { order[$0] == nil }) {
                throw fault(odd, "is \(numbers[odd]); the training file has \(Self.span(known)); correct one of them")
            }
            if let classes = rule.classes, known.count > classes {
                throw file.damaged(
                    "has \(known.count) different labels, \(Self.span(known)), more than data.classes = \(classes); "
                        + "correct one of them")
            }
            self.numbers = known
            classes = numbers.map { Int32(order[$0]!) }
            count = rule.classes ?? known.count
            return
        }
        if let classes = rule.classes {
            if let odd = numbers.firstIndex(where: { $0 < 0 || $0 >= classes }) {
                let remedy =
                    rule.isRelabellable && found.count <= classes
                    ? ", or set data.relabel = true to number the labels from 0" : ""
                throw fault(
                    odd,
                    "is \(numbers[odd]); it must be an integer from 0 to \(classes - 1); correct it or "
                        + "data.classes\(remedy)"
                )
            }
            count = classes
        } else {
            if let odd = numbers.firstIndex(where: { $0 < 0 }) {
                throw fault(
                    odd,
                    "is \(numbers[odd]); classes are numbered from 0; set data.relabel = true to number the labels "
                        + "(\(Self.span(found))) from 0")
            }
            if before == nil, let smallest = found.first, smallest > 0 {
                throw file.damaged(
                    "the labels are \(Self.span(found)), and none is 0; set data.relabel = true to number them from "
                        + "0, or data.classes if 0 is a class without samples")
            }
            let most = max(LabelRule.plausible, numbers.count)
            if let odd = numbers.firstIndex(where: { $0 >= most }) {
                throw fault(
                    odd,
                    "is \(numbers[odd]), and the file's \(numbers.count) samples have \(found.count) different labels; "
                        + "correct it, or set data.relabel = true to number them from 0, or data.classes")
            }
            count = max(found.last ?? 0, (before?.count ?? 1) - 1) + 1
        }
        self.numbers = nil
        classes = numbers.map { Int32($0) }
    }

    /// "1 to 3"; "-1 and 1".
    private static func span(_ sorted: [Int]) -> String {
        switch sorted.count {
        case 0: "none"
        case 1: "\(sorted[0]) alone"
        case 2: "\(sorted[0]) and \(sorted[1])"
        default: "\(sorted[0]) to \(sorted.last!)"
        }
    }

    /// The integer that a label written as a number is; nil where it is none.
    static func integer(_ label: Double) -> Int? {
        label == label.rounded() && abs(label) < 0x1p53 ? Int(label) : nil
    }
}
