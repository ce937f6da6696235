import CEos
import EosCore
import EosJSON
import EosRuns
import Hummingbird
import NIOCore

/// Rows of `run.db`, a page at a time: a long read would keep the worker's log of changes (WAL) from being cut.
enum IteratePage {
    struct Range: Sendable {
        var first: Int
        let last: Int
        let stride: Int

        init(_ query: QueryValues) {
            (first, last, stride) = (query.integer("from")!, query.integer("to")!, query.integer("every")!)
        }
    }

    private static let size = 2000

    /// Columns and rows, as one JSON object.
    static func json(_ directory: RunDirectory, _ range: Range, limit: Int) throws(ServiceError) -> String {
        try reading(directory) { (export) throws(EosError) in
            var text = "{\"columns\": [\(export.columns.map { quoted($0) }.joined(separator: ", "))], \"rows\": ["
            let rows = try export.rows(
                from: range.first, through: range.last, stride: range.stride, limit: limit)
            for (index, row) in rows.enumerated() {
                if index > 0 { text += ", " }
                text += JSONText.array(row).text
            }
            return text + "]}\n"
        }
    }

    /// As comma-separated values, streamed.
    static func export(
        _ directory: RunDirectory, _ range: Range, _ background: Background
    ) async throws(ServiceError) -> Response {
        // What can go wrong should do so before anything is answered.
        let header = try await background.run { () throws(ServiceError) in
            try reading(directory) { (export) throws(EosError) in export.header }
        }
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: header + "\n"))
            var range = range
            while true {
                let page = range
                let rows = try await background.run { () throws(ServiceError) in
                    try reading(directory) { (export) throws(EosError) in
                        try export.rows(from: page.first, through: page.last, stride: page.stride, limit: size)
                    }
                }
                guard case .integer(let last)? = rows.last?.first else { break }
                try await writer.write(
                    ByteBuffer(string: rows.map { CSVExport.line($0) + "\n" }.joined()))
                guard rows.count == size else { break }
                range.first = last + 1
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/csv; charset=utf-8"], body: body)
    }

    private static func reading<Result>(
        _ directory: RunDirectory, _ body: (CSVExport) throws(EosError) -> Result
    ) throws(ServiceError) -> Result {
        do throws(EosError) {
            return try body(CSVExport(RunDatabase.open(directory, readOnly: true)))
        } catch { throw .reading(error) }
    }
}

/// States of a run, as recorded.
enum StateHistory {
    static func json(_ directory: RunDirectory) throws(ServiceError) -> JSONText {
        do throws(EosError) {
            let states = try RunDatabase.open(directory, readOnly: true).states()
            return ["states": .array(states.map(\.json))]
        } catch { throw .reading(error) }
    }
}

extension ServiceError {
    /// What went wrong while a run's records were read.
    static func reading(_ error: EosError) -> ServiceError {
        ServiceError(error.status == EOS_E_FORMAT ? .internalError : .unavailable, error)
    }
}
