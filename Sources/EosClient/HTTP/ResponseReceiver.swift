/// Takes a response as it comes in. Called in order, on a thread of the connection.
protocol ResponseReceiver: Sendable {
    func received(status: Int, headers: [(name: String, value: String)])
    func received(bytes: [UInt8]) -> Demand
    /// Once, at the end; nil: the response is complete, or the receiver wanted no more of it.
    func ended(_ error: ClientError?)
}

/// What a receiver wants next.
enum Demand {
    case more
    /// More, once the connection is told to read again.
    case later
    /// The connection is closed, and `ended` follows.
    case nothing
}
