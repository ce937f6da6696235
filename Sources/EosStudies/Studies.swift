/// The studies that `eos reproduce` knows.
public enum Studies {
    public static let all: [any Study] = [
        FlatlandStudy(), ThresholdStudy(), RatesStudy(), PathsStudy(),
    ]

    public static func named(_ name: String) -> (any Study)? { all.first { $0.name == name } }
}
