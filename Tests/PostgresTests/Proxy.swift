import Foundation
import Glibc
import Synchronization

/// Stands between a test and the server, to lose connections on purpose.
///
/// Two threads a connection, blocking: simple, and independent of the code that is tested.
final class Proxy: Sendable {
    /// Where the proxy listens on 127.0.0.1.
    let port: Int

    private let listener: Int32
    private let target: (host: String, port: Int)
    private let state = Mutex(State())

    private struct State {
        var isRefusing = false
        var sockets: [Int32] = []
        var accepted = 0
    }

    /// Listens; forwards to the host and port of a URL.
    init(to url: String) throws {
        let parts = URLComponents(string: url)
        target = (parts?.host ?? "127.0.0.1", parts?.port ?? 5432)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        port = try Self.listen(listener)
        Thread.detachNewThread { [self] in acceptAll() }
    }

    /// Binds a socket to a free port of 127.0.0.1 and listens.
    static func listen(_ listener: Int32) throws -> Int {
        var address = Self.address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && Glibc.listen(listener, 64) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRINUSE) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// The URL of the same database through the proxy.
    func url(_ url: String) -> String {
        var parts = URLComponents(string: url) ?? URLComponents()
        parts.host = "127.0.0.1"
        parts.port = port
        return parts.string ?? url
    }

    /// Connections taken so far.
    var acceptedCount: Int { state.withLock(\.accepted) }

    /// Cuts all connections without a word.
    func cut() {
        let sockets = state.withLock { state in
            defer { state.sockets = [] }
            return state.sockets
        }
        for socket in sockets { _ = shutdown(socket, Int32(SHUT_RDWR)) }
    }

    /// As a server that is down: cuts everything and closes new connections at once.
    func stop() {
        state.withLock { $0.isRefusing = true }
        cut()
    }

    /// Takes connections again.
    func start() {
        state.withLock { $0.isRefusing = false }
    }

    private func acceptAll() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            let isRefusing = state.withLock { state in
                state.accepted += 1
                return state.isRefusing
            }
            let server = isRefusing ? -1 : connectToTarget()
            guard server >= 0 else {
                _ = close(client)
                continue
            }
            state.withLock { $0.sockets += [client, server] }
            for (from, to) in [(client, server), (server, client)] {
                Thread.detachNewThread { Self.pump(from, to) }
            }
        }
    }

    private func connectToTarget() -> Int32 {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.address(port: target.port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        return isConnected ? server : -1
    }

    /// Copies until one side ends.
    ///
    /// The descriptors of a test stay open until its process ends.
    private static func pump(_ from: Int32, _ to: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(from, &buffer, buffer.count, 0)
            guard count > 0, send(to, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        _ = shutdown(from, Int32(SHUT_RDWR))
        _ = shutdown(to, Int32(SHUT_RDWR))
    }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}

/// Takes connections and never says a word.
final class SilentServer: Sendable {
    /// Where it listens on 127.0.0.1.
    let port: Int
    private let listener: Int32

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        port = try Proxy.listen(listener)
    }

    deinit {
        _ = close(listener)
    }
}
