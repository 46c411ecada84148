import EventLoop
import Glibc
import Testing

struct SocketTests {
    @Test func listening_takesAFreePortAndSaysWhich() throws {
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0, backlog: 8)

        #expect(socket.address.host == "127.0.0.1" && socket.address.port > 0)
        #expect(try socket.accept() == nil)
    }

    @Test func listening_namesTheFailure() throws {
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0, backlog: 8)
        let port = socket.address.port

        #expect(throws: SocketError.failed(call: "bind", code: EADDRINUSE)) {
            _ = try ListeningSocket(host: "127.0.0.1", port: port, backlog: 8)
        }
        #expect(throws: SocketError.failed(call: "bind", code: EADDRNOTAVAIL)) {
            _ = try ListeningSocket(host: "192.0.2.1", port: 0, backlog: 8)
        }
        let error = #expect(throws: SocketError.self) {
            _ = try ListeningSocket(host: "no host", port: 0, backlog: 8)
        }
        #expect(error?.description.hasPrefix("cannot resolve no host") == true)
    }

    @Test func port_canBeShared() throws {
        let first = try ListeningSocket(host: "127.0.0.1", port: 0, backlog: 8, isPortShared: true)
        let second = try ListeningSocket(host: "127.0.0.1", port: first.address.port, backlog: 8, isPortShared: true)

        #expect(first.address == second.address)
    }

    @Test func address_isWritten() {
        #expect(SocketAddress(host: "::1", port: 80).description == "[::1]:80")
        #expect(SocketAddress(host: "127.0.0.1", port: 80).description == "127.0.0.1:80")
    }
}
