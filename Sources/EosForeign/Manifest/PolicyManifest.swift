import EosCore
import EosFFI
import EosPluginHost
import EosTOML

/// What a manifest says of one policy: a search of the library, and the keys that it takes.
public struct PolicyManifest: Sendable {
    public let id: String
    public let title: String
    public let source: String?
    /// Its own parameters, and the steps that the roles of the search ask for.
    public let schema: Schema
    let search: ForeignFunction
    /// Seconds in which the search has to ask or to return; nil: as many as any other.
    let timeLimit: Double?

    private static let keys = ["id", "title", "source", "parameters", "search"]
    private static let stepKeys = ["first_step", "min_step", "max_step", "growth"]

    init(_ table: TableNode, _ types: TypeTable, _ handles: Set<String>) throws(EosError) {
        _ = try table.node.table(Self.keys)
        id = try Manifest.identifier(table.required("id", "such as \"org.example.brent\""))
        title = try table["title"]?.string() ?? ""
        source = try table["source"]?.string()
        let parameters = try table["parameters"].map { node throws(EosError) in try ParameterTable.read(node) } ?? []
        for parameter in parameters where Self.stepKeys.contains(parameter.key) && parameter.kind != .number {
            throw table.node.fault("the parameter \(parameter.key) is a step; give it the type \"number\"")
        }
        let searchTable = try table.required("search", "a table [policy.search] with the function to call")
            .table(ForeignFunction.keys + ["time_limit"])
        let context = RoleContext(purpose: .search, types: types, parameters: Schema(parameters), handles: handles)
        search = try ForeignFunction(searchTable, context)
        timeLimit = try searchTable["time_limit"]?.number()
        if let timeLimit, !(timeLimit > 0 && timeLimit <= 1e6), let node = searchTable["time_limit"] {
            throw node.fault("the time limit \(timeLimit) is not allowed; give more than 0 and at most 1e6 seconds")
        }
        let steps = search.parts.filter { $0.role.name == "step" }.count + (search.result == .output(.step) ? 1 : 0)
        guard steps == 1 else {
            throw search.node.fault(
                steps == 0
                    ? "\(search.signature.name) returns no step; write returns = \"step\", or give a pointer the role "
                        + "\"step\""
                    : "\(search.signature.name) returns \(steps) steps; keep one")
        }
        let own = Set(parameters.map(\.key))
        schema = Schema(parameters + Self.steps(of: search).filter { !own.contains($0.key) })
    }

    func offer(file: String) -> Offer {
        Offer(.policy, id: id, title: title, source: source, schema: schema, file: file)
    }

    /// Whether it asks for values: what does not is no search but a rule.
    var asks: Bool { !search.callbacks.isEmpty }

    /// The keys that the roles of a search ask for.
    private static func steps(of search: ForeignFunction) -> [Parameter] {
        let range = 1e-300...1e300
        let begins = search.has("step") && search.result != .output(.step) || search.has("next_step")
        var steps: [Parameter] = []
        if begins || search.has("first_step") || search.has("last_step") {
            steps.append(
                Parameter("first_step", .number, default: "1", range: range, "first trial of the first search"))
        }
        if begins {
            steps.append(
                Parameter(
                    "growth", .number, default: "2", range: 1...1e6,
                    "factor of the first trial of a search, relative to the previous step"))
        }
        if begins || search.has("min_step") || !search.callbacks.isEmpty {
            steps.append(
                Parameter(
                    "min_step", .number, default: "1e-6", range: range,
                    "smallest first trial, and the step that is taken if the search finds none"))
        }
        if begins || search.has("max_step") {
            steps.append(
                Parameter("max_step", .number, default: "1e4", range: range, "largest first trial"))
        }
        return steps
    }
}

extension ForeignFunction {
    /// What it calls for values of a ray.
    var callbacks: [CallbackShape] { parts.compactMap { ($0.role as? RayCallbackRole)?.shape } }
}
