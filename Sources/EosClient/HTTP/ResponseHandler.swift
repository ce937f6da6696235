import NIOCore
import NIOHTTP1

/// The end of the channel: hands a response on and closes behind it.
final class ResponseHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private var receiver: (any ResponseReceiver)?
    private let address: Address
    private let patience: Int

    /// - Parameter patience: seconds without a byte that the idle handler before this one allows.
    init(_ receiver: any ResponseReceiver, from address: Address, patience: Int) {
        self.receiver = receiver
        self.address = address
        self.patience = patience
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            receiver?.received(
                status: Int(head.status.code), headers: head.headers.map { (name: $0.name, value: $0.value) })
        case .body(let bytes):
            switch receiver?.received(bytes: Array(bytes.readableBytesView)) {
            case .later: _ = context.channel.setOption(ChannelOptions.autoRead, value: false)
            case .nothing: end(context, nil)
            case .more, nil: break
            }
        case .end:
            end(context, nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        end(context, ClientError(.silent, "\(address) has not answered for \(patience) seconds", hint: "try again"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error as? HTTPParserError {
        // The end in the middle of a body.
        case .invalidEOFState?: channelInactive(context: context)
        case nil: end(context, ClientError(.interrupted, "the connection to \(address) ended: \(error)"))
        default:
            let hint = "check the address of eosd"
            end(context, ClientError(.strange, "the server at \(address) does not speak HTTP", hint: hint))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(
            context,
            ClientError(
                .interrupted, "\(address) closed the connection before it answered", hint: "check that eosd is running")
        )
    }

    private func end(_ context: ChannelHandlerContext, _ error: ClientError?) {
        receiver?.ended(error)
        receiver = nil
        context.close(promise: nil)
    }
}

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
