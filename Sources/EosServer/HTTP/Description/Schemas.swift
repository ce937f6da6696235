import CEos
import EosCore
import EosJSON
import EosRunModel
import EosRuns

/// What answers look like, as JSON Schema.
enum Schemas {
    static let all: [(String, JSONText)] = [
        ("Error", error), ("Run", run), ("RunList", runList), ("Health", health), ("Metrics", metrics),
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
    private static let state: JSONText = [
        "type": "string", "enum": .array(RunState.allCases.map { .string($0.rawValue) }),
    ]

    /// Names every reason that a trainer can stop for.
    private static let reason: JSONText = described(
        string,
        "why it is in this state; once training has stopped, one of these with its numbers, or the error itself: "
            + stopReasons.filter { $0 != EOS_STOP_NONE }.map(stopText).joined(separator: "; "))

    private static func described(_ schema: JSONText, _ text: String) -> JSONText {
        guard case .object(let members) = schema else { return schema }
        return .object(members + [("description", .string(text))])
    }

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
            "message": described(string, "one sentence, with the value"),
            "hint": described(string, "what to do about it; empty where the message says it"),
        ])
    ])

    private static let run = object([
        "id": string, "name": string, "state": state, "reason": reason,
        "pid": described(integerOrNull, "of the worker; null: none is at work"),
        "stalled": described(boolean, "no step within its deadline"),
        "signal": described(integerOrNull, "that ended the worker last"),
        "exit_code": described(integerOrNull, "with which the worker ended last"),
        "restarts": described(integer, "workers started after the first one because one was lost"),
        "iteration": integer, "iterations": integer, "objective": string, "policy": string,
        "created": ["type": "number"], "started": number, "ended": number,
        "queued": described(integerOrNull, "runs to be started before this one; null: it is not queued"),
        "events": described(integer, "the number of its last event"),
        "run": described(string, "the id"),
        "evaluations": object(["value": integer, "gradient": integer, "curvature": integer]),
        "loss": object(["initial": number, "last": number, "best": number]), "gradient_norm": number, "step": number,
        "sharpness": object(["value": number, "residual": number, "converged": boolean]),
        "metrics": ["type": "object", "additionalProperties": number],
        "parameters": described(stringOrNull, "the path of the last checkpoint"),
        "directory": described(string, "the path of the run's directory"), "seconds": ["type": "number"],
    ])

    private static let runList = object([
        "runs": list(of: ["$ref": "#/components/schemas/Run"]),
        "next": described(stringOrNull, "the id to go on `after`; null: these were the last"),
    ])

    private static let health = object([
        "version": string, "uptime_seconds": ["type": "number"], "home": string,
        "runs": ["type": "object", "additionalProperties": integer], "max_runs": integer, "max_threads": integer,
    ])

    private static let metrics = object([
        "columns": list(of: string),
        "rows": list(of: list(of: described(number, "null: not measured, or not finite"))),
    ])

    private static let states = object([
        "states": list(
            of: object([
                "state": state, "reason": reason, "iteration": integer, "time": ["type": "number"],
                "signal": integerOrNull, "exit_code": integerOrNull,
            ]))
    ])

    private static let parameter: JSONText = [
        "type": "object",
        "properties": [
            "key": string, "type": string, "default": stringOrNull, "minimum": number, "maximum": number,
            "unit": string, "choices": list(of: string), "required": boolean, "auto": boolean,
            "live": described(boolean, "whether it can be set while a run goes on"), "text": string,
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
