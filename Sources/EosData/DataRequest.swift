import CEos
import EosCore

/// What the keys `data.*` ask for, checked.
struct DataRequest {
    enum Source {
        case files(DataFiles)
        case generator(Generator)
    }

    let source: Source
    /// nil: all.
    let train: Int?
    /// nil: all of the test file, none without one.
    let test: Int?
    let classes: Int?
    /// Whether labels stand for classes by their order.
    let isRelabelled: Bool
    /// Of each step of a row that is a series; nil: rows are tables.
    let channels: Int?
    let standardization: Standardization

    init(_ configuration: Configuration, _ directories: [String]) throws(EosError) {
        var own = Configuration()
        for key in configuration.keys where key.hasPrefix("data.") { own[key] = configuration[key] }
        let keys = try DataSchema.schema.resolve(own, for: "data")
        try DataSchema.check(keys)
        guard DataSchema.isGiven(in: keys) else {
            throw EosError(EOS_E_CONFIG, DataSchema.noneGiven)
        }
        train = (try? keys.integer("data.train")).map { Int($0) }
        test = (try? keys.integer("data.test")).map { Int($0) }
        classes = (try? keys.integer("data.classes")).map { Int($0) }
        isRelabelled = (try? keys.bool("data.relabel")) ?? false
        channels = (try? keys.integer("data.channels")).map { Int($0) }
        standardization = Standardization(rawValue: try keys.string("data.standardize"))!
        if keys["data.generator"] != nil {
            source = .generator(try Generator(keys))
        } else {
            source = .files(try DataFiles(keys, directories))
        }
    }
}
