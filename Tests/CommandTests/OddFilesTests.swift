import Foundation
import Testing

/// What lies about under the name of a plugin, a manifest, a spec or a data file and is none: told at once.
@Suite struct OddFilesTests {
    private func place(_ eos: Command) throws -> String {
        let made = try eos.shell(
            """
            mkdir -p odd/directory.so odd/directory.toml && cd odd && mkfifo fifo.so fifo.toml pipe.csv &&
            ln -s none dangling.so && ln -s none dangling.toml && ln -s /dev/zero zero.so && ln -s /dev/zero zero.toml &&
            ln -s /dev/null null.so && ln -s loop.so loop.so && ln -s fifo.so linked.so &&
            python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket.so")'
            """)
        #expect(made.status == 0, "\(made)")
        return eos.directory + "/odd"
    }

    /// With a fresh cache, in less than the time after which a file counts as one that hangs.
    @Test func listingSaysWhatTheyAre() throws {
        let eos = try Command()
        let odd = try place(eos)
        let start = Date()
        let result = try eos.shell(
            "EOS_PLUGIN_PATH='\(odd)' XDG_CACHE_HOME='\(eos.directory)/cache' \"$EOS\" plugins --refresh 2>&1")
        #expect(Date().timeIntervalSince(start) < 60)
        for (file, sentence) in [
            ("fifo.so", "is a FIFO, not a regular file"),
            ("linked.so", "is a FIFO, not a regular file"), ("directory.so", "is a directory, not a regular file"),
            ("socket.so", "is a socket, not a regular file"), ("zero.so", "is a device, not a regular file"),
            ("null.so", "is a device, not a regular file"), ("dangling.so", "No such file or directory"),
            ("loop.so", "symbolic links"), ("fifo.toml", "is a FIFO, not a regular file"),
            ("zero.toml", "is a device, not a regular file"), ("directory.toml", "is a directory, not a regular file"),
        ] {
            let line = result.output.split(separator: "\n").first { $0.contains("/\(file)") }
            #expect(line?.contains(sentence) == true, "\(file): \(result.output)")
        }
        #expect(!result.output.contains("did not load within"), "\(result.output)")
    }

    @Test(arguments: ["fifo.so", "fifo.toml", "zero.so", "zero.toml", "socket.so", "directory.so"])
    func checkSaysWhatItIs(_ file: String) throws {
        let eos = try Command()
        let odd = try place(eos)
        let result = try eos.shell("timeout 60 \"$EOS\" plugin check '\(odd)/\(file)' 2>&1")
        #expect(result.status != 0 && result.status != 124)
        #expect(result.output.contains("not a regular file"), "\(result.output)")
    }

    /// What stands in the listing must not lead anybody to change the permissions of a device.
    @Test func noCommandForADevice() throws {
        let eos = try Command()
        let odd = try place(eos)
        let result = try eos.shell("timeout 60 \"$EOS\" plugin explain '\(odd)/zero.so' 2>&1")
        #expect(result.output.contains("is a device, not a regular file"), "\(result.output)")
        #expect(!result.output.contains("chmod"), "\(result.output)")
    }

    /// Swift repairs bytes that are not UTF-8: the repaired path would be that of another file.
    @Test func anArgumentThatIsNoTextIsRefused() throws {
        let eos = try Command()
        try eos.write(valley(), to: "good.toml")
        for (program, arguments) in [
            ("$EOS", "train good.toml --out \"$(printf 'r\\377')\""), ("$EOS", "\"$(printf 'r\\377')\""),
            ("$(dirname \"$EOS\")/eosd", "--home \"$(printf 'r\\377')\""),
        ] {
            let result = try eos.shell("timeout 60 \"\(program)\" \(arguments) 2>&1; s=$?; ls; exit $s")
            #expect(result.status != 0 && result.status != 124, "\(result)")
            #expect(result.output.contains("\"r\\xff\", is not UTF-8; give text"), "\(result)")
            #expect(!result.output.contains("\nr"), "\(result)")
        }
    }

    @Test func dataAndSpecs() throws {
        let eos = try Command()
        let odd = try place(eos)
        try eos.write(
            """
            [objective]
            plugin = "mlp"
            layers = [4, 3, 2]
            [objective.data]
            file = "\(odd)/pipe.csv"
            format = "csv"
            train = 3
            """, to: "data.toml")
        let data = try eos.shell("timeout 60 \"$EOS\" train data.toml 2>&1")
        #expect(data.status == 2)
        #expect(
            data.output.contains("pipe.csv: is a FIFO, not a regular file; give the path of a data file"), "\(data)")
        let zero = try eos.shell("timeout 60 \"$EOS\" train /dev/zero 2>&1")
        #expect(zero.status == 2 && zero.output.contains("are too many for a spec"), "\(zero)")
        // A spec that is written to a pipe is a spec.
        try eos.write(valley(), to: "good.toml")
        let piped = try eos.shell("mkfifo spec; cat good.toml >spec & timeout 60 \"$EOS\" train spec --out run 2>&1")
        #expect(piped.status == 0, "\(piped)")
    }
}
