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
                    .init(status: .ok, text: "The run, where it is done", content: .json("Run")),
                    .init(status: .accepted, text: "The run, where that is still under way", content: .json("Run")),
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
                summary: "Set keys whose schema says `live`, from the run's next iteration on",
                body: BodySchema(
                    name: "Assignments",
                    members: [
                        .init(name: "assignments", kind: .strings, isRequired: true, text: "key=value, one or more")
                    ]),
                answers: [.init(status: .ok, text: "The run", content: .json("Run"))],
                errors: [.notFound, .conflict, .invalidSpec, .unsupportedMediaType]
            ) { (call) throws(ServiceError) in
                _ = try report(call)
                let assignments = call.body.strings("assignments")
                guard !assignments.isEmpty else {
                    throw ServiceError(.badRequest, "\"assignments\" is empty", hint: "name a key: policy.cap=8")
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
        case .pause: "Stop after the evaluation under way and keep everything"
        case .resume: "Queue a paused run again"
        case .stop: "Stop for good"
        case .retry: "Queue a run that has ended again, from its last checkpoint"
        }
    }
}
