import EosJSON
import EosRunModel

/// What eosd can be asked about runs.
extension Client {
    /// Every run, or those in some states or of a name, in the order of submission.
    public func reports(
        states: [RunState] = [], name: String? = nil
    ) throws(ClientError) -> [RunReport] {
        var reports: [RunReport] = []
        var after: String?
        repeat {
            var query = [("limit", "10000")]
            if !states.isEmpty { query.append(("state", states.map(\.rawValue).joined(separator: ","))) }
            if let name { query.append(("name", name)) }
            if let after { query.append(("after", after)) }
            let page = try json(.get("/v1/runs", query))
            for run in page["runs"]?.array ?? [] { reports.append(try report(run)) }
            after = page["next"]?.string
        } while after != nil
        return reports
    }

    public func report(of id: String) throws(ClientError) -> RunReport {
        try report(try json(.get(Self.path(id))))
    }

    /// - Parameters:
    ///   - directory: where relative names of data files are looked up first; absolute.
    ///   - name: what the run is called where the spec does not say it.
    public func submit(
        spec: String, overrides: [String], directory: String?, name: String?
    ) throws(ClientError) -> RunReport {
        var body: [(String, JSONText)] = [
            ("spec", .string(spec)), ("overrides", .array(overrides.map { .string($0) })),
        ]
        if let directory { body.append(("directory", .string(directory))) }
        if let name { body.append(("name", .string(name))) }
        return try report(try json(.post("/v1/runs", .object(body))))
    }

    public func perform(_ action: RunAction, on id: String) throws(ClientError) -> RunReport {
        try report(try json(.post(Self.path(id) + "/\(action.rawValue)")))
    }

    public func set(_ assignments: [String], on id: String) throws(ClientError) -> RunReport {
        let body: JSONText = ["assignments": .array(assignments.map { .string($0) })]
        return try report(try json(.post(Self.path(id) + "/set", body)))
    }

    public func remove(_ id: String) throws(ClientError) { _ = try send(APIRequest("DELETE", Self.path(id))) }

    /// In TOML, with every default filled in.
    public func spec(of id: String) throws(ClientError) -> String {
        try send(.get(Self.path(id) + "/spec")).text
    }

    /// At most `limit` bytes of the log from `offset` on, and how many it has in all.
    public func log(of id: String, from offset: Int, limit: Int) throws(ClientError) -> (text: [UInt8], size: Int) {
        let response = try send(
            .get(Self.path(id) + "/log", [("offset", String(offset)), ("limit", String(limit))]))
        guard let size = response["Eos-Log-Size"].flatMap({ Int($0) }) else {
            throw strange("the header Eos-Log-Size is missing")
        }
        return (response.body, size)
    }

    /// Where the resources of a run are.
    public static func path(_ id: String) -> String { "/v1/runs/" + APIRequest.escaped(id) }

    private func report(_ json: JSONText) throws(ClientError) -> RunReport {
        guard let report = RunReport(answer: json) else { throw strange("the answer does not describe a run") }
        return report
    }

    private func strange(_ what: String) -> ClientError {
        ClientError(.strange, "\(address): \(what)", hint: "check that eos and eosd have the same version")
    }
}
