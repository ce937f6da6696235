import Foundation
import Testing

/// Something else in the place of a file of a run: every command says at once what it is, or goes on without it.
@Suite struct OddRunFilesTests {
    /// What a command makes of it.
    enum Outcome {
        /// Exit status 1 or 2, and a sentence that names the file.
        case refuses
        /// Exit status 0, and the same sentence as a warning.
        case warns
        /// It has no need of the file.
        case ignores
    }

    private static let commands = [
        "train --resume RUN --set stop.iterations=7", "logs RUN", "sharpness RUN", "analyze RUN phases --every 5",
        "export RUN",
    ]

    struct Place: Sendable, CustomTestStringConvertible {
        let file: String
        /// By each of the commands, in their order.
        let outcomes: [Outcome]
        var testDescription: String { file }
    }

    private static let places = [
        Place(file: "spec.toml", outcomes: [.refuses, .refuses, .refuses, .refuses, .refuses]),
        Place(file: "ckpt", outcomes: [.refuses, .refuses, .refuses, .refuses, .refuses]),
        Place(file: "plugins/plugins.json", outcomes: [.refuses, .ignores, .refuses, .refuses, .ignores]),
        Place(file: "run.db", outcomes: [.warns, .ignores, .ignores, .refuses, .refuses]),
        Place(file: "run.db-wal", outcomes: [.refuses, .ignores, .ignores, .refuses, .refuses]),
        Place(file: "log", outcomes: [.refuses, .refuses, .ignores, .ignores, .ignores]),
        Place(file: "worker.lock", outcomes: [.refuses, .ignores, .ignores, .ignores, .ignores]),
        Place(file: "ckpt/6.safetensors", outcomes: [.warns, .ignores, .refuses, .ignores, .ignores]),
        Place(file: "COPY", outcomes: [.refuses, .ignores, .refuses, .refuses, .ignores]),
    ]

    @Test(arguments: places) func everyCommandSaysWhatItIs(_ place: Place) throws {
        let eos = try Command()
        try eos.write(valley("[checkpoint]\nkeep = 1\n"), to: "spec.toml")
        let trained = try eos("train", "spec.toml", "--out", "whole", "--set", "stop.iterations=6")
        try #require(trained.status == 0, "\(trained.error)")
        let copy = try eos.shell("cd whole && find plugins/files -name '*rosenbrock*' -type f").output
        let file = place.file == "COPY" ? copy.trimmingCharacters(in: .whitespacesAndNewlines) : place.file
        try #require(!file.isEmpty)
        for (kind, make) in [
            ("FIFO", "mkfifo"), ("directory", "mkdir"),
            (
                "socket",
                "python3 -c 'import socket, sys, os; os.chdir(os.path.dirname(sys.argv[1]) or \".\"); "
                    + "socket.socket(socket.AF_UNIX).bind(os.path.basename(sys.argv[1]))'"
            ),
        ] where !(file == "ckpt" && kind == "directory") {
            for (command, outcome) in zip(Self.commands, place.outcomes) {
                let words = command.replacing("RUN", with: "run")
                let result = try eos.shell(
                    """
                    rm -rf run && cp -a whole run && cd run && rm -rf '\(file)' && \(make) '\(file)' && cd .. &&
                    timeout 60 "$EOS" \(words)
                    """)
                let place = "\(file) is a \(kind): \(words): \(result)"
                let isNamed = result.error.split(separator: "\n").contains {
                    $0.contains("/" + file) && ($0.contains("a \(kind)") || $0.contains("is not a directory"))
                }
                switch outcome {
                case .refuses: #expect((1...2).contains(result.status) && isNamed, "\(place)")
                case .warns: #expect(result.status == 0 && isNamed, "\(place)")
                case .ignores: #expect(result.status == 0, "\(place)")
                }
            }
        }
    }
}
