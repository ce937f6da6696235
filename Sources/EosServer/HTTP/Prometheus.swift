import EosRunModel
import Glibc

/// The metrics of eosd and of the runs that are going, in Prometheus' text format 0.0.4.
struct Prometheus {
    private(set) var text = ""

    init(_ service: any RunService, _ requests: HTTPMetrics.Counts, startTime: Double) {
        let reports = service.reports()
        let totals = service.totals
        add("eos_runs", "gauge", "Runs by state.", reports.counts.map { ([("state", $0.rawValue)], Double($1)) })
        add("eos_runs_submitted_total", "counter", "Runs submitted since the start.", totals.submitted)
        add("eos_workers_started_total", "counter", "Workers started since the start.", totals.started)
        add("eos_workers_restarted_total", "counter", "Workers started after a worker was lost.", totals.restarted)
        add("eos_workers_adopted_total", "counter", "Workers that a new eosd adopted.", totals.adopted)
        add("eos_max_runs", "gauge", "Limit of workers.", totals.maxRuns)
        add("eos_max_threads", "gauge", "Limit of the threads of all workers.", totals.maxThreads)
        add("eos_threads", "gauge", "Threads of all workers.", totals.threadsInUse)
        add(requests)
        let going = reports.filter { $0.state.phase == .working }
        for column in RunColumn.shown(in: .prometheus) { add(column, of: going) }
        add("process_resident_memory_bytes", "gauge", "Memory of eosd in bytes.", residentMemory())
        add("process_start_time_seconds", "gauge", "Since 1970.", [([], startTime)])
    }

    private mutating func add(_ name: String, _ kind: String, _ help: String, _ value: Int) {
        add(name, kind, help, [([], Double(value))])
    }

    private mutating func add(
        _ name: String, _ kind: String, _ help: String, _ samples: [([(String, String)], Double)]
    ) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
        for (labels, value) in samples { text += "\(name)\(Self.labels(labels)) \(Self.number(value))\n" }
    }

    /// Numbers that are not known have no sample.
    private mutating func add(_ column: RunColumn, of reports: [RunReport]) {
        add(
            "eos_run_\(column.name)", "gauge", column.text.prefix(1).uppercased() + column.text.dropFirst() + ".",
            reports.compactMap { report in
                report.summary.numbers[column].map { ([("run", report.id), ("name", report.summary.name)], $0) }
            })
    }

    private mutating func add(_ requests: HTTPMetrics.Counts) {
        let keys = requests.requests.sorted {
            ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
        }
        add(
            "eos_http_requests_total", "counter", "Requests answered.",
            keys.map { key, count in
                ([("route", key.route), ("method", key.method), ("status", "\(key.status)")], Double(count))
            })
        let name = "eos_http_request_seconds"
        text += "# HELP \(name) Time until the head of the response, in seconds.\n# TYPE \(name) histogram\n"
        for (route, histogram) in requests.times.sorted(by: { $0.key < $1.key }) {
            var count = 0
            for (bound, bucket) in zip(HTTPMetrics.bounds.map { Self.number($0) } + ["+Inf"], histogram.buckets) {
                count += bucket
                text += "\(name)_bucket\(Self.labels([("route", route), ("le", bound)])) \(count)\n"
            }
            text += "\(name)_sum\(Self.labels([("route", route)])) \(Self.number(histogram.seconds))\n"
            text += "\(name)_count\(Self.labels([("route", route)])) \(count)\n"
        }
    }

    private static func labels(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    private static func number(_ value: Double) -> String {
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int(exactly: value) { return "\(whole)" }
        return "\(value)"
    }
}

/// Bytes; 0 where the system does not say.
private func residentMemory() -> Int {
    guard let file = fopen("/proc/self/statm", "re") else { return 0 }
    defer { fclose(file) }
    var (total, resident) = (0, 0)
    return withUnsafeMutablePointer(to: &total) { total in
        withUnsafeMutablePointer(to: &resident) { resident in
            withVaList([total, resident]) { vfscanf(file, "%ld %ld", $0) }
        }
    } == 2 ? resident * sysconf(Int32(_SC_PAGESIZE)) : 0
}
