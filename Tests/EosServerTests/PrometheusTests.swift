import Foundation
import Testing

@Suite struct PrometheusTests {
    @Test func tellsCountsAndRuns() async throws {
        let server = try TestServer()
        let id = try server.addRun("a \"b\"\\c", iterates: 11, state: .running)
        _ = try server.addRun(iterates: 5)
        for _ in 0..<3 { _ = try await server.ask("GET", "/v1/runs/\(id)") }
        _ = try await server.ask("GET", "/anything/\(UUID().uuidString)")
        let answer = try await server.ask("GET", "/metrics")
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let lines = answer.text.split(separator: "\n").map(String.init)
        let labels = "{run=\"\(id)\",name=\"a \\\"b\\\"\\\\c\"}"
        for line in [
            "eos_runs{state=\"running\"} 1", "eos_runs{state=\"queued\"} 1", "eos_runs{state=\"lost\"} 0",
            "eos_workers_started_total 5", "eos_runs_submitted_total 7", "eos_run_iteration\(labels) 10",
            "eos_run_step\(labels) 0.25", "eos_run_sharpness\(labels) 8", "eos_run_step_sharpness\(labels) 2",
            "eos_http_requests_total{route=\"/v1/runs/{id}\",method=\"GET\",status=\"200\"} 3",
            "eos_http_requests_total{route=\"other\",method=\"GET\",status=\"404\"} 1",
            "eos_http_request_seconds_count{route=\"/v1/runs/{id}\"} 3",
            "eos_http_request_seconds_bucket{route=\"/v1/runs/{id}\",le=\"+Inf\"} 3",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        let memory = lines.first { $0.hasPrefix("process_resident_memory_bytes ") }
        #expect(memory.flatMap { Double($0.split(separator: " ")[1]) }.map { $0 > 1e6 } == true)
        // Every line is a sample or a comment; every family is announced once.
        let types = lines.filter { $0.hasPrefix("# TYPE") }
        #expect(Set(types).count == types.count)
        await server.stop()
    }
}
