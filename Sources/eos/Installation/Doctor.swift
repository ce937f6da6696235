import ArgumentParser
import CEos
import EosCore
import EosDiscovery
import EosFFI
import EosJSON
import EosPluginHost
import EosProcesses
import Foundation

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the installation, and print a remedy for every problem.",
        discussion: "The exit status is 1 if there is a problem.")

    @Flag(help: "Print JSON.")
    var json = false

    /// One thing that was looked at.
    struct Finding {
        let name: String
        let text: String
        /// nil: all is well.
        let remedy: String?

        init(_ name: String, _ text: String, remedy: String? = nil) {
            self.name = name
            self.text = text
            self.remedy = remedy
        }
    }

    func run() throws {
        // What is remembered may be of yesterday's libraries.
        let discovery = Discovery(refresh: true)
        let scanned = discovery.scan()
        var findings = [
            Finding("version", "eos \(EOS_VERSION_STRING), ABI \(EOS_ABI_MAJOR).\(EOS_ABI_MINOR)"),
            processors(), memory(),
        ]
        findings += [worker(), cache(discovery.cache), closures()]
        findings += plugins(scanned, discovery.path)
        findings += [blas(scanned), dataDirectory(), currentDirectory()]
        if json {
            try Console.print(describe(findings).text)
        } else {
            let width = findings.map { $0.name.count }.max()!
            for one in findings {
                let name = one.name.padding(toLength: width, withPad: " ", startingAt: 0)
                try Console.print("\(one.remedy == nil ? "ok     " : "PROBLEM")  \(name)  \(one.text)")
                if let remedy = one.remedy { try Console.print("         \(name)  -> \(remedy)") }
            }
        }
        if findings.contains(where: { $0.remedy != nil }) { throw ExitCode(ExitStatus.failure) }
    }

    private func processors() -> Finding {
        let available = availableProcessors()
        let all = ProcessInfo.processInfo.processorCount
        return Finding("processors", "\(available) available" + (all > available ? " of \(all)" : "") + model())
    }

    private func model() -> String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line.flatMap { $0.split(separator: ":").last }.map { ", \($0.drop { $0 == " " })" } ?? ""
    }

    private func memory() -> Finding {
        Finding("memory", String(format: "%.1f GB for this process", Double(Memory.limit) / 1e9))
    }

    /// The program that looks at plugins, tried.
    private func worker() -> Finding {
        do throws(EosError) {
            let program = try WorkerProgram.path()
            let result = try ChildCommand(program, ["--version"], limits: .init(seconds: 30)).run()
            let version = result.output.text.split(separator: "\n").first ?? ""
            guard result.ending == .exited(0), version == EOS_VERSION_STRING else {
                return Finding(
                    "worker",
                    "\(program) \(result.ending) and reports the version \"\(version)\" instead of "
                        + "\(EOS_VERSION_STRING)",
                    remedy: "build it together with this eos (make build), or install eos again")
            }
            return Finding("worker", program)
        } catch {
            return Finding(
                "worker", error.message, remedy: "install eos again; without its worker, eos can't inspect plugins")
        }
    }

    /// Where probes are remembered: tried, because permissions alone do not tell.
    private func cache(_ cache: ProbeCache?) -> Finding {
        guard let cache else {
            return Finding(
                "cache", "neither XDG_CACHE_HOME nor HOME is set, so every command inspects every plugin again")
        }
        try? FileManager.default.createDirectory(atPath: cache.directory, withIntermediateDirectories: true)
        let file = "\(cache.directory)/.eos-doctor-\(getpid())"
        guard FileManager.default.createFile(atPath: file, contents: nil) else {
            return Finding(
                "cache", "\(cache.directory) is not writable, so every command inspects every plugin again",
                remedy: "make it writable, or set XDG_CACHE_HOME to another directory")
        }
        unlink(file)
        return Finding("cache", "\(cache.directory) is writable")
    }

    /// A kernel that forbids memory to be writable and then run forbids the closures of an older libffi.
    private func closures() -> Finding {
        let mode = ClosureMode.probe()
        guard mode == .unavailable else { return Finding("closures", "libffi makes closures by \(mode.rawValue)") }
        return Finding(
            "closures", "libffi can't make closures, so searches and observers of foreign libraries do not work",
            remedy: "install libffi 3.4 or later, or allow memory that is writable and executable")
    }

    private func blas(_ findings: Findings) -> Finding {
        var libraries: [String] = []
        for library in findings.found.flatMap(\.probe.blas) where !libraries.contains(library) {
            libraries.append(library)
        }
        guard libraries.isEmpty else { return Finding("blas", libraries.joined(separator: ", ")) }
        return Finding(
            "blas", "no plugin uses a BLAS library",
            remedy: "to train mlp, install OpenBLAS (libopenblas-dev) and build the plugin again")
    }

    private func plugins(_ findings: Findings, _ path: PluginSearchPath) -> [Finding] {
        let names = findings.catalogue.objectives.map(\.name).joined(separator: ", ")
        let places = path.directories.map(\.path).joined(separator: ", ")
        var result = [
            findings.catalogue.objectives.isEmpty
                ? Finding(
                    "plugins", "no objective was found in \(places)",
                    remedy: "build the plugins (make build), or set EOS_PLUGIN_PATH to their directory")
                : Finding("plugins", "\(findings.found.count) found; objectives: \(names)")
        ]
        result += findings.refused.map {
            Finding("plugin", "refused: \($0.error)", remedy: $0.remedy)
        }
        result += findings.shadowed.map {
            Finding("plugin", "\($0.plugin.path) is shadowed by \($0.by.path), which has the same id")
        }
        return result
    }

    private func dataDirectory() -> Finding {
        guard let path = PluginSearchPath.variable("EOS_DATA_DIR"), !path.isEmpty else {
            return Finding("data", "EOS_DATA_DIR is not set, so eos looks for data files only beside the spec")
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, access(path, R_OK | X_OK) == 0 else {
            return Finding(
                "data", "EOS_DATA_DIR is \(path), which is not a readable directory",
                remedy: "set it to the directory that holds the data sets, or unset it")
        }
        return Finding("data", "EOS_DATA_DIR is \(path)")
    }

    /// Where runs go unless --out says otherwise: tried, because permissions alone do not tell.
    private func currentDirectory() -> Finding {
        let place = FileManager.default.currentDirectoryPath
        var template = Array("\(place)/.eos-doctor-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            return Finding(
                "runs", "\(place) is not writable: \(String(cString: strerror(errno)))",
                remedy: "change to a writable directory, or give one with --out")
        }
        rmdir(template)
        var space = statvfs()
        let free = statvfs(place, &space) == 0 ? Double(space.f_bavail) * Double(space.f_frsize) : .nan
        let text = String(format: "\(place)/runs is writable and has %.1f GB free", free / 1e9)
        return free < 1e8
            ? Finding("runs", text, remedy: "free some space, or give another directory with --out")
            : Finding("runs", text)
    }

    private func describe(_ findings: [Finding]) -> JSONText {
        .array(
            findings.map {
                [
                    "name": .string($0.name), "ok": .bool($0.remedy == nil), "text": .string($0.text),
                    "remedy": $0.remedy.map { .string($0) } ?? .null,
                ]
            })
    }
}

extension Findings.Refusal {
    /// Where the sentence itself has none.
    fileprivate var remedy: String {
        switch probe?.outcome {
        case .refused(_, _, isFinal: false): "install what it needs, or remove it"
        case .refused: "build it again for this eos, or remove it"
        case nil: "follow the message, or remove it from the search path"
        case .exited, .signalled, .timedOut, .described: "repair it, or remove it"
        }
    }
}
