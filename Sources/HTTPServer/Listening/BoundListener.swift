import EventLoop

/// What the connections of one listener share.
final class BoundListener: Sendable {
    /// How the listener was configured.
    let listener: HTTPListener
    /// What its socket is bound to.
    let address: SocketAddress

    /// Answers the requests.
    let handler: HTTPHandler

    /// A listener that is bound.
    init(_ listener: HTTPListener, _ address: SocketAddress, _ handler: @escaping HTTPHandler) {
        self.listener = listener
        self.address = address
        if let redirect = listener.redirect {
            self.handler = { redirect.response(to: $0) }
        } else {
            self.handler = handler
        }
    }
}
