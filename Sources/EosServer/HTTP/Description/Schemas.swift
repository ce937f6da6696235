import EosJSON
import EosRunModel

/// What answers look like, as JSON Schema.
enum Schemas {
    static let all: [(String, JSONText)] = [
        ("Error", error), ("Run", RunReport.schema), ("RunList", runList), ("Health", health), ("Iterates", iterates),
        ("States", states), ("Plugins", plugins), ("Policies", ["type": "array", "items": offer]),
        ("Any", ["type": "object"]),
    ]

    private static let string: JSONText = ["type": "string"]
    private static let integer: JSONText = ["type": "integer"]
    private static let boolean: JSONText = ["type": "boolean"]
    /// Numbers that are not known, or not finite, are null.
    private static let number: JSONText = ["type": ["number", "null"]]
    private static let integerOrNull: JSONText = ["type": ["integer", "null"]]
    private static let stringOrNull: JSONText = ["type": ["string", "null"]]

    /// All of them are there.
    private static func object(_ properties: KeyValuePairs<String, JSONText>) -> JSONText {
        [
            "type": "object", "properties": .object(properties.map { ($0, $1) }),
            "required": .array(properties.map { .string($0.key) }),
        ]
    }

    private static func list(of items: JSONText) -> JSONText { ["type": "array", "items": items] }

    private static let error = object([
        "error": object([
            "code": ["type": "string", "enum": .array(ServiceError.Code.allCases.map { .string($0.rawValue) })],
            "message": string.described("one sentence that names the value"),
            "hint": string.described("what to do; empty if the message says it"),
        ])
    ])

    private static let runList = object([
        "runs": list(of: ["$ref": "#/components/schemas/Run"]),
        "next": stringOrNull.described("the id to give as `after` for the next page; null if this is the last page"),
    ])

    private static let health = object([
        "version": string, "uptime_seconds": ["type": "number"], "home": string,
        "runs": ["type": "object", "additionalProperties": integer], "max_runs": integer, "max_threads": integer,
    ])

    private static let iterates = object([
        "columns": list(of: string).described(
            RunColumn.shown(in: .export).map { "\($0.name): \($0.text)" }.joined(separator: "; ")
                + "; then the metrics of the objective and further eigenvalues"),
        "rows": list(of: list(of: number.described("null if not measured or not finite"))),
    ])

    private static let states = object(["states": list(of: StateRecord.schema)])

    private static let parameter: JSONText = [
        "type": "object",
        "properties": [
            "key": string, "type": string, "default": stringOrNull, "minimum": number, "maximum": number,
            "unit": string, "choices": list(of: string), "required": boolean, "auto": boolean,
            "live": boolean.described("whether it can change while a run trains"), "text": string,
        ],
        "required": ["key", "type", "default", "required", "auto", "live", "text"],
    ]

    private static let offer = object([
        "name": string, "id": string, "title": string, "source": stringOrNull, "file": stringOrNull,
        "uses_data": boolean, "parameters": list(of: parameter),
    ])

    private static let plugins = object([
        "plugins": list(
            of: object([
                "id": string, "version": string, "file": string, "library": stringOrNull, "licence": string,
                "toolchain": stringOrNull, "abi": stringOrNull, "objectives": list(of: offer),
                "policies": list(of: offer), "stdout": list(of: string), "stderr": list(of: string),
            ])),
        "shadowed": list(of: object(["file": string, "id": string, "by": string])),
        "refused": list(
            of: object([
                "file": string, "reason": string, "outcome": stringOrNull, "signal": stringOrNull,
                "status": integerOrNull, "stdout": list(of: string), "stderr": list(of: string),
            ])),
        "directories": list(of: object(["path": string, "origin": string])),
    ])
}
