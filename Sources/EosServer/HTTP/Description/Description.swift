import CEos
import EosJSON
import HTTPTypes

/// The OpenAPI 3.1 description, made of the routes themselves.
struct Description {
    let text: String

    init(_ routes: [Route]) {
        var paths: [(String, JSONText)] = []
        for route in routes where !paths.contains(where: { $0.0 == route.path }) {
            let here = routes.filter { $0.path == route.path }
            paths.append((route.path, .object(here.map { ($0.method.rawValue.lowercased(), Self.operation($0)) })))
        }
        let document: JSONText = [
            "openapi": "3.1.0",
            "info": [
                "title": "eosd", "version": .string(EOS_VERSION_STRING),
                "description": """
                Trains runs in the background. On the Unix socket, eosd checks the user of the client. On TCP, every \
                request needs a bearer token. Times are in seconds since 1970, and sizes are in bytes.
                """,
            ],
            "servers": [["url": "/"]],
            // On the Unix socket no token is wanted.
            "security": [["token": []], [:]],
            "paths": .object(paths),
            "components": [
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
                "schemas": .object(Schemas.all + Self.bodies(routes)),
            ],
        ]
        text = document.text + "\n"
    }

    private static func operation(_ route: Route) -> JSONText {
        var members: [(String, JSONText)] = [
            ("operationId", .string(route.name)), ("summary", .string(route.summary)),
        ]
        let parameters = parameters(route)
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let body = route.body {
            members.append(
                (
                    "requestBody",
                    [
                        "required": .bool(body.isRequired),
                        "content": ["application/json": ["schema": reference(body.name)]],
                    ]
                ))
        }
        members.append(("responses", .object(route.answers.map(answer) + errors(route))))
        return .object(members)
    }

    private static func parameters(_ route: Route) -> [JSONText] {
        var parameters: [JSONText] = []
        if route.path.contains("{id}") {
            parameters.append([
                "name": "id", "in": "path", "required": true, "description": "the id of a run",
                "schema": ["type": "string", "minLength": 1],
            ])
        }
        parameters += route.query.map(\.json)
        if route.isResumable {
            parameters.append([
                "name": "Last-Event-ID", "in": "header", "required": false,
                "description":
                    "the last event that the client received; if present, it replaces `after`",
                "schema": ["type": "string", "pattern": "^[0-9]{1,15}$"],
            ])
        }
        return parameters
    }

    private static func answer(_ answer: Route.Answer) -> (String, JSONText) {
        var members: [(String, JSONText)] = [("description", .string(answer.text))]
        if !answer.headers.isEmpty {
            members.append(
                (
                    "headers",
                    .object(
                        answer.headers.map { header -> (String, JSONText) in
                            (header.name, ["description": .string(header.text), "schema": ["type": "string"]])
                        })
                ))
        }
        switch answer.content {
        case .none: break
        case .json(let name): members.append(("content", ["application/json": ["schema": reference(name)]]))
        case .text(let type):
            let schema: JSONText = ["schema": string]
            members.append(("content", .object([(type, schema)])))
        }
        return ("\(answer.status.code)", .object(members))
    }

    private static func errors(_ route: Route) -> [(String, JSONText)] {
        let codes = Set(route.errors + Route.commonErrors).sorted { $0.status < $1.status }
        return codes.map { code in
            let content: JSONText = ["application/json": ["schema": reference("Error")]]
            return ("\(code.status)", ["description": .string(code.rawValue), "content": content])
        }
    }

    private static func bodies(_ routes: [Route]) -> [(String, JSONText)] {
        var schemas: [(String, JSONText)] = []
        for case let body? in routes.map(\.body) where !schemas.contains(where: { $0.0 == body.name }) {
            schemas.append((body.name, body.json))
        }
        return schemas
    }

    private static let string: JSONText = ["type": "string"]

    private static func reference(_ name: String) -> JSONText { ["$ref": .string("#/components/schemas/\(name)")] }
}

extension QueryParameter {
    fileprivate var json: JSONText {
        var schema: [(String, JSONText)]
        var isList = false
        switch kind {
        case .integer(let range):
            schema = [
                ("type", "integer"), ("minimum", .integer(range.lowerBound)), ("maximum", .integer(range.upperBound)),
            ]
        case .text: schema = [("type", "string")]
        case .words(let known):
            isList = true
            schema = [
                ("type", "array"), ("items", ["type": "string", "enum": .array(known.map { .string($0) })]),
                ("minItems", 1),
            ]
        case .sequence: schema = [("type", "string"), ("pattern", "^([0-9]{1,15}|last)$")]
        }
        if let defaultValue { schema.append(("default", .integer(defaultValue))) }
        var members: [(String, JSONText)] = [
            ("name", .string(name)), ("in", "query"), ("required", false), ("description", .string(text)),
        ]
        if isList { members += [("style", "form"), ("explode", false)] }
        return .object(members + [("schema", .object(schema))])
    }
}

extension BodySchema {
    fileprivate var json: JSONText {
        let properties = members.map { member -> (String, JSONText) in
            let description = JSONText.string(member.text)
            let pattern: JSONText = "^[^\\u0000]*$"
            if member.kind == .string {
                return (member.name, ["type": "string", "pattern": pattern, "description": description])
            }
            return (
                member.name,
                [
                    "type": "array", "items": ["type": "string", "pattern": pattern],
                    "maxItems": .integer(Self.mostElements), "description": description,
                ]
            )
        }
        return [
            "type": "object", "additionalProperties": false, "properties": .object(properties),
            "required": .array(members.filter(\.isRequired).map { .string($0.name) }),
        ]
    }
}
