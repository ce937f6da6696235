import EosRunModel
import HTTPTypes
import Hummingbird

/// What is done to runs.
extension Interface {
    var actionRoutes: [Route] {
        RunAction.allCases.map { action in
            Route(
                method: .post, path: "/v1/runs/{id}/\(action.rawValue)", name: "\(action.rawValue)Run",
                summary: action.summary, body: .nothing,
                answers: [
                    .init(status: .ok, text: "The run, if the action is complete", content: .json("Run")),
                    .init(
                        status: .accepted, text: "The run, if the action is still in progress", content: .json("Run")),
                ], errors: [.notFound, .conflict, .unsupportedMediaType]
            ) { (call) throws(ServiceError) in
                _ = try report(call)
                let report = try await service.perform(action, on: call.id)
                let isUnderWay = report.state.wish != nil
                return .json(report.json, status: isUnderWay ? .accepted : .ok)
            }
        } + [
            Route(
                method: .post, path: "/v1/runs/{id}/set", name: "setKeys",
                summary: "Change live keys from the next iteration of the run on",
                body: BodySchema(
                    name: "Assignments",
                    members: [
                        .init(
                            name: "assignments", kind: .strings, isRequired: true, text: "one or more strings key=value"
                        )
                    ]),
                answers: [.init(status: .ok, text: "The run", content: .json("Run"))],
                errors: [.notFound, .conflict, .invalidSpec, .unsupportedMediaType]
            ) { (call) throws(ServiceError) in
                _ = try report(call)
                let assignments = call.body.strings("assignments")
                guard !assignments.isEmpty else {
                    throw ServiceError(
                        .badRequest, "\"assignments\" is empty", hint: "send a key and its value, such as policy.cap=8")
                }
                let report = try await service.set(assignments, on: call.id)
                return .json(report.json)
            }
        ]
    }
}

extension RunAction {
    fileprivate var summary: String {
        switch self {
        case .pause: "Stop after the current evaluation and save the state"
        case .resume: "Continue a paused run"
        case .stop: "Stop a run for good"
        case .retry: "Continue a run that has ended, from its last checkpoint"
        }
    }
}
