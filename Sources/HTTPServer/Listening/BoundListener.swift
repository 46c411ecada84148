import EventLoop

/// What the connections of one listener share.
final class BoundListener: Sendable {
    /// How the listener was configured.
    let listener: HTTPListener
    /// What its socket is bound to.
    let address: SocketAddress

    /// A listener that is bound.
    init(_ listener: HTTPListener, address: SocketAddress) {
        self.listener = listener
        self.address = address
    }
}
