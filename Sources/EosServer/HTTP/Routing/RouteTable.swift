import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// What Hummingbird's router hands from the connection to the routes.
struct CallContext: RequestContext {
    struct Source: RequestContextSource {
        let logger: Logger
    }

    var coreContext: CoreRequestContextStorage

    init(source: Source) { coreContext = .init(source: source) }
}

/// Hummingbird's router with routes in it, and a refusal for everything else.
struct RouteTable: Sendable {
    static let largestBody = 1 << 20

    private let responder: RouterResponder<CallContext>
    private let metrics: HTTPMetrics
    private let logger: Logger

    init(_ routes: [Route], metrics: HTTPMetrics, logger: Logger) {
        let router = Router(context: CallContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: Refusals(routes: routes))
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                try await Self.answer(route, request, context)
            }
        }
        responder = router.buildResponder()
        self.metrics = metrics
        self.logger = logger
    }

    /// Answers a request whose body has been read.
    func respond(to request: Request) async -> Response {
        let started = ContinuousClock.now
        let context = CallContext(source: .init(logger: logger))
        let response: Response
        do { response = try await responder.respond(to: request, context: context) } catch {
            logger.error("\(request.method) \(request.uri.path.prefix(200)): \(error)")
            response = Response(ServiceError(.internalError, "an internal error occurred: \(error)"))
        }
        metrics.count(
            route: context.coreContext.endpointPath.value, method: request.method, status: response.status,
            seconds: (ContinuousClock.now - started) / .seconds(1))
        return response
    }

    private static func answer(
        _ route: Route, _ request: Request, _ context: CallContext
    ) async throws(ServiceError) -> Response {
        let query = try QueryValues(request.uri.query ?? "", route.query)
        let body = try await body(of: request, route)
        let id = context.parameters.get("id").map { $0.removingPercentEncoding ?? $0 } ?? ""
        return try await route.handle(Call(id: id, query: query, body: body, headers: request.headers))
    }

    private static func body(of request: Request, _ route: Route) async throws(ServiceError) -> BodyValues {
        guard let buffer = try? await request.body.collect(upTo: largestBody) else { throw tooLarge }
        guard let schema = route.body else {
            guard buffer.readableBytes == 0 else {
                throw ServiceError(.badRequest, "this request accepts no body", hint: "remove it")
            }
            return BodyValues()
        }
        if buffer.readableBytes == 0, !schema.isRequired { return BodyValues() }
        let type = request.headers[.contentType] ?? ""
        let media = type.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
        guard media == "application/json" else {
            throw ServiceError(
                .unsupportedMediaType,
                type.isEmpty ? "the header Content-Type is missing" : "Content-Type is \"\(type.prefix(100))\"",
                hint: "send application/json")
        }
        return try BodyValues(buffer.readableBytesView, schema)
    }

    static let tooLarge = ServiceError(
        .tooLarge, "the body exceeds \(largestBody) bytes", hint: "put data into files and name them in the spec")
}

/// Errors as clients get them.
private struct Refusals: RouterMiddleware {
    let routes: [Route]

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch let error as ServiceError {
            return Response(error)
        } catch let error as HTTPError where error.status == .notFound {
            return refusal(of: request)
        }
    }

    /// Of a request that has no route: the path may have others.
    private func refusal(of request: Request) -> Response {
        let methods = routes.filter { $0.matches(request.uri.path) }.map(\.method)
        guard !methods.isEmpty else {
            return Response(
                ServiceError(
                    .notFound, "\(request.method) \(request.uri.path.prefix(200)) does not exist",
                    hint: "GET /v1/openapi.json describes all paths"))
        }
        let allowed = (methods + (methods.contains(.get) ? [.head] : [])).map(\.rawValue).sorted()
            .joined(separator: ", ")
        return Response(
            ServiceError(
                .methodNotAllowed, "\(request.method.rawValue.prefix(20)) is not allowed on this path",
                hint: "use \(allowed)"),
            headers: [.allow: allowed])
    }
}
