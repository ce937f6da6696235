import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A connection that carries one request and its response.
struct Exchange: Sendable {
    private let channel: any Channel

    /// Connects, sends the request and returns; the response goes to `receiver`.
    ///
    /// - Parameter patience: seconds after which a response of which nothing comes is given up.
    static func open(
        _ address: Address, _ request: APIRequest, patience: Int, to receiver: any ResponseReceiver
    ) throws(ClientError) -> Exchange {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(IdleStateHandler(readTimeout: .seconds(Int64(patience))))
                    try pipeline.addHandler(ResponseHandler(receiver, from: address, patience: patience))
                }
            }
        let channel = try connect(bootstrap, to: address)
        var head = HTTPRequestHead(version: .http1_1, method: .init(rawValue: request.method), uri: request.target)
        head.headers = headers(of: request, to: address)
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if let body = request.body {
            channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
        }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        return Exchange(channel: channel)
    }

    /// Goes on where the receiver wanted more later only.
    func readAgain() { channel.setOption(ChannelOptions.autoRead, value: true).whenComplete { _ in } }

    func close() { channel.close(promise: nil) }

    private static func headers(of request: APIRequest, to address: Address) -> HTTPHeaders {
        var headers = HTTPHeaders()
        switch address {
        case .socket: headers.add(name: "Host", value: "localhost")
        case .host(_, _, let token):
            headers.add(name: "Host", value: "\(address)")
            headers.add(name: "Authorization", value: "Bearer \(token)")
        }
        headers.add(name: "Connection", value: "close")
        for (name, value) in request.headers { headers.add(name: name, value: value) }
        if let body = request.body { headers.add(name: "Content-Length", value: "\(body.count)") }
        return headers
    }

    private static func connect(_ bootstrap: ClientBootstrap, to address: Address) throws(ClientError) -> any Channel {
        // A socket whose queue of connections is full says EAGAIN at once, and nothing tells when it has room again.
        for attempt in 1... {
            do {
                switch address {
                case .socket(let path): return try bootstrap.connect(unixDomainSocketPath: path).wait()
                case .host(let host, let port, _): return try bootstrap.connect(host: host, port: port).wait()
                }
            } catch let error as IOError where error.errnoCode == EAGAIN && attempt < 500 {
                usleep(10_000)
            } catch {
                throw unreachable(address, error)
            }
        }
        fatalError("unreachable")
    }

    private static func unreachable(_ address: Address, _ error: any Error) -> ClientError {
        func fault(_ message: String, _ hint: String) -> ClientError { ClientError(.unreachable, message, hint: hint) }
        guard case .socket(let path) = address else {
            let reason = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
            let text = (reason as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(reason)"
            return fault(
                "eosd does not listen on \(address) (\(text))", "check --host, or start eosd with `eosd --listen`")
        }
        switch (error as? IOError)?.errnoCode {
        case EACCES, EPERM:
            return fault(
                "\(path): this user is not allowed to connect to eosd",
                "join the group of eosd (`eosd --group`), or give another --socket")
        case ENOENT, ECONNREFUSED, ENOTDIR, nil:
            return fault("eosd does not listen on \(path)", "start eosd, or give its --socket")
        case ENOTSOCK?, EPROTOTYPE?:
            return fault("\(path) is not a socket", "give the socket of eosd with --socket")
        case let code?:
            return fault(
                "\(path): \(String(cString: strerror(code)))", "give the socket of eosd with --socket")
        }
    }
}
