import EventLoop
import Foundation
import Glibc
import HTTPServer
import Testing

/// Several listeners, Unix-domain sockets and inherited sockets.
struct ListenerTests {
    @Test func everyListener_serves() async throws {
        let listeners = [
            HTTPListener(.tcp(host: "127.0.0.1", port: 0)), HTTPListener(.tcp(host: "127.0.0.1", port: 0)),
        ]
        try await withServer(loops: 2, configure: { $0.listeners = listeners }, handler: echo) { server in
            let addresses = try await server.server.boundAddresses()

            #expect(addresses.count == 2 && addresses[0] != addresses[1])
            for address in addresses {
                let client = try RawClient(port: address.port, loop: server.loop)
                #expect(try await client.get("/x").body == "GET /x ")
            }
        }
    }

    @Test func failingListener_closesTheOthers() async throws {
        try await withServer(handler: echo) { server in
            let group = try EventLoopGroup(loops: 1)
            let taken = HTTPListener(.tcp(host: "127.0.0.1", port: server.port))
            let path = temporaryPath()
            let configuration = HTTPServerConfiguration(listeners: [HTTPListener(.unix(path: path)), taken])
            let second = HTTPServer(configuration: configuration, group: group, logger: server.logger, handler: echo)

            await #expect(throws: SocketError.self) { try await second.run() }

            #expect(access(path, F_OK) != 0)
            await group.shutdown()
        }
    }

    @Test func unixSocket_servesWithItsModeAndGoesAway() async throws {
        let path = temporaryPath()
        let handler: HTTPHandler = { .text("\($0.remoteAddress) \($0.connection.peer.isUnix)") }
        let listener = HTTPListener(.unix(path: path, mode: 0o600))
        try await withServer(configure: { $0.listeners = [listener] }, handler: handler) { server in
            let address = try await server.server.boundAddresses()[0]
            let client = try RawClient(path: path, loop: server.loop)

            #expect(address.description == "unix:" + path)
            #expect(try await client.get("/").body == "unix: true")
            #expect(try permissions(path) == 0o600)
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test func abandonedSocketFile_isReplaced() async throws {
        let path = temporaryPath()
        try abandonSocket(path)
        try await withServer(configure: { $0.listeners = [HTTPListener(.unix(path: path))] }, handler: echo) { server in
            let client = try RawClient(path: path, loop: server.loop)
            #expect(try await client.get("/").status == 200)
        }
    }

    @Test func socketFileInUse_isLeftAlone() async throws {
        let path = temporaryPath()
        try await withServer(configure: { $0.listeners = [HTTPListener(.unix(path: path))] }, handler: echo) { server in
            let error = #expect(throws: SocketError.self) {
                _ = try ListeningSocket(path: path, mode: 0o600, backlog: 8)
            }
            let client = try RawClient(path: path, loop: server.loop)

            #expect(error == .failed(call: "bind", code: EADDRINUSE))
            #expect(try await client.get("/").status == 200)
        }
    }

    @Test func ordinaryFile_isNeverRemoved() throws {
        let path = temporaryPath()
        try Data("precious".utf8).write(to: URL(filePath: path))

        let error = #expect(throws: SocketError.self) { _ = try ListeningSocket(path: path, mode: 0o600, backlog: 8) }

        #expect(error == .failed(call: "bind", code: EADDRINUSE))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        unlink(path)
    }

    @Test(arguments: ["", String(repeating: "x", count: 108), "/tmp/a\0b"])
    func impossiblePath_isAnError(path: String) {
        #expect(throws: SocketError.self) { _ = try ListeningSocket(path: path, mode: 0o600, backlog: 8) }
    }

    @Test func inheritedSocket_serves() async throws {
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0, backlog: 8)
        let port = socket.address.port
        let descriptor = dup(socket.number)
        let listener = HTTPListener(.inherited(descriptor: descriptor))
        try await withServer(configure: { $0.listeners = [listener] }, handler: echo) { server in
            #expect(server.port == port)
            let client = try server.connect()
            #expect(try await client.get("/").status == 200)
        }
        // The server closed its own descriptor, the socket lives on in ours.
        #expect(try socket.accept() == nil)
    }

    @Test func socketThatDoesNotListen_isNoListener() throws {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let error = #expect(throws: SocketError.self) { _ = try ListeningSocket(inheriting: number) }
        #expect(error == .failed(call: "accept", code: EINVAL))
    }
}

/// A path that nothing else uses, short enough for a socket.
func temporaryPath() -> String {
    "/tmp/portal-\(UInt64.random(in: 0 ... .max)).sock"
}

private func permissions(_ path: String) throws -> UInt32 {
    var status = stat()
    guard stat(path, &status) == 0 else { throw SocketError.last("stat") }
    return status.st_mode & 0o777
}

/// Leaves a socket file as a process does that is killed.
private func abandonSocket(_ path: String) throws {
    let socket = try ListeningSocket(path: path, mode: 0o600, backlog: 8)
    let copy = path + ".kept"
    // The socket removes only the file that it made at its own path.
    guard rename(path, copy) == 0 else { throw SocketError.last("rename") }
    _ = consume socket
    guard rename(copy, path) == 0 else { throw SocketError.last("rename") }
}
