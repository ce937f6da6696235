import CEos
import EosCore
import EosData
import Foundation
import Testing

@Suite struct DataKeysTests {
    @Test func theSchemaIsSound() throws {
        let keys = DataSchema.parameters.map(\.key)
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { $0.hasPrefix("data.") })
        let resolved = try DataSchema.schema.resolve(Configuration(), for: "data")
        #expect(resolved.keys == ["data.standardize"])
        try DataSchema.check(resolved)
        #expect(!DataSchema.isGiven(in: resolved))
    }

    /// What a run writes back as its spec, with defaults, loads again.
    @Test func resolvingTwiceChangesNothing() throws {
        let once = try DataSchema.schema.resolve(try configuration("generator=clusters train=5"), for: "data")
        #expect(try DataSchema.schema.resolve(once, for: "data") == once)
        try DataSchema.check(once)
    }

    @Test(arguments: [
        ("", "no data set is given; give data.file and data.format, or data.generator"),
        ("train=5", "data.train is given without data.file or data.generator; give one of them"),
        ("file=a generator=clusters", "data.file and data.generator exclude each other; remove one"),
        ("file=a", "data.format is missing; give one of csv, idx, cifar, ts, npy"),
        ("file=a format=idx", "data.labels is missing; give the file of the labels, which the format idx needs"),
        (
            "file=a format=npy labels=b test_file=c",
            "data.test_labels is missing; give the file of the labels, which the format npy needs"
        ),
        (
            "file=a format=idx labels=b test_labels=c",
            "data.test_labels needs data.test_file; give both or neither"
        ),
        (
            "file=a format=csv labels=b",
            "data.labels has no meaning with data.format = \"csv\"; its keys are data.format, data.test_file, "
                + "data.train, data.test, data.classes, data.relabel, data.channels"
        ),
        (
            "file=a format=ts channels=2",
            "data.channels has no meaning with data.format = \"ts\"; its keys are data.format, data.test_file, "
                + "data.train, data.test"
        ),
        (
            "file=a format=ts classes=3",
            "data.classes has no meaning with data.format = \"ts\"; its keys are data.format, data.test_file, "
                + "data.train, data.test"
        ),
        (
            "generator=clusters train=5 kappa=1",
            "data.kappa has no meaning with data.generator = \"clusters\"; its keys are data.train, data.test, "
                + "data.seed, data.classes, data.dimension, data.spread, data.noise"
        ),
        (
            "generator=noisy-sine train=5 format=csv",
            "data.format has no meaning with data.generator = \"noisy-sine\"; its keys are data.train, data.test, "
                + "data.seed, data.steps, data.kappa"
        ),
        ("generator=clusters", "data.train is missing; give the number of training samples to generate"),
        (
            "generator=cluster train=5",
            "data: data.generator = \"cluster\" is not one of clusters, sparse-coding, noisy-sine; did you mean "
                + "clusters?"
        ),
        ("generator=clusters train=0", "data: data.train = 0 is out of range; it must be at least 1"),
        ("generator=clusters train=many", "data: data.train = \"many\" is a string; it must be an integer"),
        ("file=a formt=csv", "data: unknown key data.formt; did you mean data.format?"),
        (
            "file=a format=csv standardize=globl",
            "data: data.standardize = \"globl\" is not one of none, global, per-feature, per-channel; "
                + "did you mean global?"
        ),
    ])
    func refusesKeysThatDoNotGoTogether(keys: String, message: String) throws {
        #expect(try Scratch().failure(keys) == message)
    }

    @Test func namesTheDirectoriesOfAMissingFile() throws {
        let scratch = try Scratch()
        let error = #expect(throws: EosError.self) { try scratch.load("file=none.csv format=csv") }
        #expect(error?.status == eos_status(EOS_E_IO))
        #expect(
            error?.message.hasPrefix("data.file = \"none.csv\": no such file in \(scratch.directory.path())") == true)
        #expect(scratch.failure("file=/none.csv format=csv") == "/none.csv: can't be opened: No such file or directory")
        #expect(scratch.failure("file=\"\" format=csv") == "data.file = \"\" is not a file; give a path")
        #expect(
            scratch.failure("file=/tmp format=csv")
                == "/tmp: is a directory, not a regular file; give the path of a data file")
    }

    /// Nobody writes into it, so that opening it in the usual way would wait for ever.
    @Test(.timeLimit(.minutes(1))) func aPipeIsRefusedAtOnce() throws {
        let scratch = try Scratch()
        let pipe = scratch.directory.appending(path: "pipe").path(percentEncoded: false)
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(
            scratch.failure("file=pipe format=csv").hasSuffix("not a regular file; give the path of a data file"))
    }

    @Test func directoriesAreSearchedInOrder() throws {
        let first = try Scratch()
        let second = try Scratch()
        try second.write("a.csv", "2,0\n")
        let directories = [first.directory.path(), second.directory.path()]
        let keys = try configuration("file=a.csv format=csv")
        #expect(try Dataset(keys, as: .f64, directories: directories).inputs == [2])
        try first.write("a.csv", "1,0\n")
        #expect(try Dataset(keys, as: .f64, directories: directories).inputs == [1])
    }

    @Test func hugeSizesAreRefusedForMemory() throws {
        let scratch = try Scratch()
        for keys in [
            "generator=clusters train=3000000000 dimension=3000000000",
            "generator=sparse-coding train=1 dimension=9000000000000000000",
            "generator=clusters train=1 dimension=1000000000000000",
            "generator=noisy-sine train=9223372036854775807 test=9223372036854775807",
        ] {
            let error = #expect(throws: EosError.self) { try scratch.load(keys) }
            #expect(error?.status == eos_status(EOS_E_MEMORY))
            #expect(error?.message.contains("memory") == true)
        }
    }
}
