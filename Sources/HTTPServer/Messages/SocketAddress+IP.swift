import EventLoop
import HTTPCore

extension SocketAddress {
    /// An IP address and port.
    init(_ address: IPAddress, port: UInt16) {
        self.init(host: address.description, port: port)
    }

    /// The address as a number; `nil` for a Unix-domain socket.
    var ipAddress: IPAddress? { IPAddress(host) }
}
