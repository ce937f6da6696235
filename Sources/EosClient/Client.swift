import EosRuns

/// Speaks with eosd, one request at a time and blocking: what a command line needs. Any thread.
public struct Client: Sendable {
    public let address: Address
    /// Seconds after which an answer of which nothing comes is given up.
    private let patience: Int

    public init(_ address: Address, patience: Int = 300) {
        self.address = address
        self.patience = patience
    }

    /// Sends a request and waits for its answer.
    ///
    /// - Throws: also where eosd answers with an error.
    public func send(_ request: Request) throws(ClientError) -> Response {
        let collector = Collector(from: address)
        _ = try Connection.open(address, request, patience: patience, to: collector)
        return try collector.wait()
    }

    /// Sends a request and gives the body of its answer as it comes in, on another thread, until `part` returns false.
    public func stream(
        _ request: Request, _ part: @escaping @Sendable ([UInt8]) -> Bool
    ) throws(ClientError) {
        let collector = Collector(from: address, part: part)
        _ = try Connection.open(address, request, patience: patience, to: collector)
        _ = try collector.wait()
    }

    /// Sends a request whose answer is JSON.
    public func json(_ request: Request) throws(ClientError) -> JSONText {
        let response = try send(request)
        do { return try JSONText(reading: response.body) } catch {
            throw ClientError(
                .strange, "\(request.method) \(request.target): what \(address) answers is not JSON: \(error)",
                hint: "is it eosd that listens there?")
        }
    }
}
