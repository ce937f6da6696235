import CEos
import EosCore
import EosPluginHost
import EosProcesses

/// Finds out what plugins and manifests offer without loading any into this process: a worker does that, once for each
/// file for as long as that stays as it is.
public struct Discovery: Sendable {
    public var path: PluginSearchPath
    /// How long a file may take to be loaded.
    public var seconds: Double
    /// Whether to look at every file anew.
    public var refresh: Bool
    public var cache: ProbeCache?
    /// eos-worker; nil: where it belongs.
    public var worker: String?

    /// Long for a plugin that starts libraries, short for a person who waits for one that hangs.
    public static let defaultSeconds = 5.0

    public init(
        _ path: PluginSearchPath = .standard(), seconds: Double = defaultSeconds, refresh: Bool = false,
        cache: ProbeCache? = .standard(), worker: String? = nil
    ) {
        self.path = path
        self.seconds = seconds
        self.refresh = refresh
        self.cache = cache
        self.worker = worker
    }

    /// Looks at every file of the search path that may be trusted. Whatever a file does does not stop the scan.
    public func scan() -> Findings {
        var findings = Findings()
        let candidates = candidates(&findings)
        var known: [String: Result<Probe, EosError>] = [:]
        if !refresh, let worker = try? workerPath() {
            for candidate in candidates { known[candidate.file] = recall(candidate.file, worker).map { .success($0) } }
        }
        let unknown = candidates.filter { known[$0.file] == nil }
        // A plugin that hangs mostly waits: with one at a time on each processor a few of them would hold up the rest.
        // Each takes the two ends of four pipes, for a moment.
        let most = max(1, min(64, 8 * availableProcessors(), (Descriptors.limit - 24) / 8))
        let probes = concurrently(unknown, atMost: most) { candidate in
            Result { () throws(EosError) in try probe(candidate.file) }
        }
        for (candidate, probe) in zip(unknown, probes) { known[candidate.file] = probe }
        if refresh { cache?.prune() }
        for candidate in candidates {
            switch known[candidate.file]! {
            case .success(let probe): take(candidate, probe, into: &findings)
            case .failure(let error): findings.problem = error
            }
        }
        // What a manifest calls is no plugin, and need not be one.
        let libraries = Set(findings.found.compactMap(\.probe.library) + findings.refused.compactMap(\.probe?.library))
        findings.refused.removeAll { $0.probe != nil && resolved($0.path).map(libraries.contains) == true }
        if let problem = findings.problem {
            findings.refused.append(Findings.Refusal(path: "eos-worker", error: problem, probe: nil))
        }
        return findings
    }

    /// What is known of a file: remembered, else found out now.
    ///
    /// - Parameter file: absolute, without links.
    /// - Throws: where no worker can be run.
    public func probe(_ file: String) throws(EosError) -> Probe {
        let worker = try workerPath()
        if !refresh, let known = recall(file, worker) { return known }
        let key = ProbeCache.Key(file, worker: worker)
        let probe = try Prober(worker: worker, seconds: seconds).probe(file)
        // Only what is known of the file as it was before and after.
        if probe.isLasting, let key, key == ProbeCache.Key(file, worker: worker) { cache?.store(probe, for: key) }
        return probe
    }

    /// What is remembered of a file, if it need not be asked again.
    private func recall(_ file: String, _ worker: String) -> Probe? {
        guard let known = ProbeCache.Key(file, worker: worker).flatMap({ cache?.entry(for: $0)?.probe }) else {
            return nil
        }
        return isWorthAnotherTry(known) ? nil : known
    }

    /// What is remembered of a file as it is now; nil: nothing.
    public func remembered(_ file: String) -> Probe? {
        guard let worker = try? workerPath() else { return nil }
        return ProbeCache.Key(file, worker: worker).flatMap { cache?.entry(for: $0)?.probe }
    }

    private func workerPath() throws(EosError) -> String {
        if let worker { return worker }
        return try WorkerProgram.path()
    }

    /// Whoever allows more time wants to know what comes of it.
    private func isWorthAnotherTry(_ probe: Probe) -> Bool {
        if case .timedOut(let before) = probe.outcome { seconds > before } else { false }
    }

    /// A file that was found.
    private struct Candidate: Sendable {
        /// As it was found.
        let path: String
        /// Absolute, without links.
        let file: String
    }

    private func candidates(_ findings: inout Findings) -> [Candidate] {
        let trust = Trust()
        var candidates: [Candidate] = []
        for directory in path.directories {
            do throws(EosError) {
                // A directory that the user named and that is not there is a mistake; the others need not exist.
                let paths = try directory.files(mustExist: directory.isNamed).filter { !PluginFile.isOther($0) }
                if !paths.isEmpty { _ = try trust.check(directory: directory.path) }
                for path in paths {
                    do throws(EosError) {
                        let file = try trust.check(file: path)
                        // By another way, or by a link.
                        if candidates.contains(where: { $0.file == file }) { continue }
                        if let library = PluginFile.library(of: file) {
                            do throws(EosError) { _ = try trust.check(file: library) } catch {
                                throw error.within(path)
                            }
                        }
                        candidates.append(Candidate(path: path, file: file))
                    } catch {
                        findings.refused.append(Findings.Refusal(path: path, error: error, probe: nil))
                    }
                }
            } catch {
                findings.refused.append(Findings.Refusal(path: directory.path, error: error, probe: nil))
            }
        }
        return candidates
    }

    private func take(_ candidate: Candidate, _ probe: Probe, into findings: inout Findings) {
        do throws(EosError) {
            guard let plugin = probe.description else { throw refusal(of: candidate, probe) }
            if let library = probe.library {
                do throws(EosError) { _ = try Trust().check(file: library) } catch {
                    throw error.within(candidate.path)
                }
            }
            if let other = findings.catalogue.plugins.first(where: { $0.id == plugin.id }) {
                findings.shadowed.append(Findings.Shadowing(plugin: plugin, by: other))
                return
            }
            let loader = Loader(discovery: self, plugin: plugin, library: probe.library)
            try findings.catalogue.add(plugin) { () throws(EosError) in try loader.load() }
            findings.found.append(Findings.Found(plugin: plugin, probe: probe))
        } catch {
            findings.refused.append(Findings.Refusal(path: candidate.path, error: error, probe: probe))
        }
    }

    private func refusal(of candidate: Candidate, _ probe: Probe) -> EosError {
        let error = PluginFile.located(probe.refusal!, candidate.file, as: candidate.path)
        guard probe.isCrash else { return error }
        return EosError(Int(error.status), "\(error); see `eos plugin explain \(stem(of: candidate.path))`")
    }
}

extension Discovery {
    /// The file that a name means: a path; the name of a file on the search path; an id or a short name of what is there.
    ///
    /// - Returns: the file, and the directory where it was found; nil for a path.
    /// - Throws: `EOS_E_NOT_FOUND` for a name that nothing has.
    public func file(named name: String) throws(EosError) -> (file: String, directory: PluginSearchPath.Directory?) {
        if name.contains("/") { return (name, nil) }
        for directory in path.directories {
            // One that can't be read has been reported by whoever lists them.
            let files = (try? directory.files()) ?? []
            if let file = files.first(where: { stem(of: $0) == name || $0.hasSuffix("/" + name) }) {
                return (file, directory)
            }
        }
        let findings = scan()
        let plugins = findings.found.map(\.plugin) + findings.shadowed.map(\.plugin)
        if let plugin = plugins.first(where: { plugin in
            plugin.id == name || plugin.offers.contains { $0.id == name || $0.name == name }
        }) {
            return (plugin.path, nil)
        }
        if resolved(name) != nil { return (name, nil) }
        let known = (plugins.map(\.path) + findings.refused.map(\.path)).map { stem(of: $0) }
        let near = nearest(to: name, in: known).map { "did you mean \($0)?" } ?? "see `eos plugins`, or give a path"
        throw EosError(EOS_E_NOT_FOUND, "\(name) is neither a file nor the name of a plugin; \(near)")
    }
}
