import EventLoop
import HTTPCore
import Synchronization

/// A listening socket that its acceptor uses on a loop while the server can close or duplicate it from elsewhere.
final class SharedListeningSocket: Sendable {
    /// Number of the descriptor, for a ``DescriptorWatcher``; means nothing after ``close()``.
    let number: Int32
    /// What the socket is bound to.
    let address: SocketAddress
    private let socket: Mutex<ListeningSocket?>

    /// Takes over a socket.
    init(_ socket: consuming ListeningSocket) {
        number = socket.number
        address = socket.address
        self.socket = Mutex(socket)
    }

    /// Makes the socket of a listener.
    ///
    /// - Throws: ``SocketError`` of binding, or of examining an inherited descriptor.
    convenience init(_ configuration: HTTPServerConfiguration, _ endpoint: HTTPListener.Endpoint) throws(SocketError) {
        let backlog = configuration.limits.backlog
        switch endpoint {
        case .tcp(let host, let port):
            let isShared = configuration.isPortShared
            self.init(try ListeningSocket(host: host, port: port, backlog: backlog, isPortShared: isShared))
        case .unix(let path, let mode):
            self.init(try ListeningSocket(path: path, mode: mode, backlog: backlog))
        case .inherited(let descriptor):
            self.init(try ListeningSocket(inheriting: descriptor))
        }
    }

    /// Takes one connection from the queue; `nil` when none is waiting or the socket is closed.
    ///
    /// - Throws: As ``ListeningSocket/accept()``.
    func accept() throws(SocketError) -> ListeningSocket.Accepted? {
        // The result leaves the closure by a variable: what the closure returns would have to be Sendable and copyable.
        try socket.withLock { (socket) throws(SocketError) in try socket?.accept() }
    }

    /// Removes the file of a Unix-domain socket when the socket is closed.
    func ownFile() {
        socket.withLock { $0?.ownFile() }
    }

    /// Leaves the file of a Unix-domain socket to another process that has the same socket.
    func disownFile() {
        socket.withLock { $0?.disownFile() }
    }

    /// Closes the socket, and removes its file if it has one of its own; may be called twice.
    func close() {
        socket.withLock { $0 = nil }
    }
}
