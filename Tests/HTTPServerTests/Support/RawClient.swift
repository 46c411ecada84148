import EventLoop
import Glibc

/// A client that sends the bytes it is given and reads responses strictly; confined to the loop of its test.
final class RawClient {
    private let number: Int32
    private let watcher: DescriptorWatcher
    private var descriptor: Descriptor?
    private(set) var received: [UInt8] = []
    private(set) var isAtEnd = false
    /// What the socket has taken since the start.
    private(set) var sentBytes = 0
    /// Encrypts what is sent and decrypts what is received, once it is set.
    var tls: TestTLS?
    private let patience: Duration = .seconds(20)

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(port: UInt16, loop: EventLoop, receiveBufferBytes: Int32? = nil) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = try Self.connected(AF_INET, address, receiveBufferBytes)
        number = connected.number
        watcher = try DescriptorWatcher(descriptor: number, loop: loop)
        descriptor = consume connected
    }

    /// Connects to a Unix-domain socket.
    init(path: String, loop: EventLoop) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let connected = try Self.connected(AF_UNIX, address, nil)
        number = connected.number
        watcher = try DescriptorWatcher(descriptor: number, loop: loop)
        descriptor = consume connected
    }

    private static func connected<Address>(
        _ family: Int32,
        _ address: Address,
        _ receiveBufferBytes: Int32?
    ) throws -> Descriptor {
        let number = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard number >= 0 else { throw SocketError.last("socket") }
        let descriptor = Descriptor(adopting: number)
        if var size = receiveBufferBytes {
            _ = setsockopt(number, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                connect(number, address, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard status == 0 else { throw SocketError.last("connect") }
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
        return descriptor
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await sendUncoded(tls?.encrypt(bytes) ?? bytes)
    }

    /// Sends bytes as they are, also on an encrypted connection.
    func sendUncoded(_ bytes: [UInt8]) async throws {
        var sent = 0
        while sent < bytes.count {
            let start = sent
            let count = try bytes.withUnsafeBytes {
                try Sockets.send(number, UnsafeRawBufferPointer(rebasing: $0[start...]))
            }
            if let count {
                sent += count
                sentBytes += count
            } else {
                watcher.clearWritable()
                try await watcher.waitWritable(deadline: .now + patience)
            }
        }
    }

    /// Says that nothing more is sent (half-close).
    func finishSending() {
        Sockets.finishSending(number)
    }

    func close() {
        watcher.close()
        descriptor = nil
    }

    func reset() {
        Sockets.resetOnClose(number)
        close()
    }

    /// Reads some bytes behind those received; false at the end.
    @discardableResult
    func receive() async throws -> Bool {
        guard !isAtEnd else { return false }
        while true {
            let bytes = try await receiveUncoded()
            let content = try tls?.decrypt(bytes) ?? bytes
            received += content
            isAtEnd = bytes.isEmpty || tls?.isEnded == true
            if !content.isEmpty { return true }
            if isAtEnd { return false }
        }
    }

    /// Receives bytes as they are, also on an encrypted connection; none at the end.
    func receiveUncoded() async throws -> [UInt8] {
        while true {
            var buffer = [UInt8](repeating: 0, count: 16 * 1024)
            switch try buffer.withUnsafeMutableBytes({ try Sockets.receive(number, into: $0) }) {
            case .bytes(let count):
                return Array(buffer[..<count])
            case .end:
                return []
            case .nothingYet:
                watcher.clearReadable()
                try await watcher.waitReadable(deadline: .now + patience)
            }
        }
    }

    /// Everything up to the end of the connection; a reset counts as an end.
    func readToEnd() async throws -> String {
        String(decoding: try await readBytesToEnd(), as: UTF8.self)
    }

    func readBytesToEnd() async throws -> [UInt8] {
        do {
            while try await receive() {}
        } catch let error as SocketError where error.isDisconnect {
            isAtEnd = true
        }
        return takeBytes(received.count)
    }

    /// Reads up to and with a text.
    func read(through text: String) async throws -> String {
        let pattern = Array(text.utf8)
        while true {
            if let end = received.firstEnd(of: pattern) { return take(end) }
            guard try await receive() else {
                throw Failure(
                    description: "ended before \(text.debugDescription): \(take(received.count).debugDescription)"
                )
            }
        }
    }

    func readBytes(_ count: Int) async throws -> [UInt8] {
        while received.count < count {
            guard try await receive() else {
                throw Failure(description: "ended after \(received.count) of \(count) bytes")
            }
        }
        return takeBytes(count)
    }

    func take(_ count: Int) -> String {
        String(decoding: takeBytes(count), as: UTF8.self)
    }

    func takeBytes(_ count: Int) -> [UInt8] {
        defer { received.removeFirst(count) }
        return Array(received[..<count])
    }
}

/// A response as it was on the wire.
struct RawResponse {
    var status: Int
    var headers: [(name: String, value: String)]
    /// Content without chunked coding.
    var content: [UInt8] = []
    var trailers: [(name: String, value: String)] = []

    var body: String { String(decoding: content, as: UTF8.self) }

    subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var names: [String] { headers.map { $0.name.lowercased() } }
}

extension RawClient {
    /// Reads one response; `isHead` for the response to HEAD, which has no content.
    func readResponse(isHead: Bool = false) async throws -> RawResponse {
        let head = try await read(through: "\r\n\r\n")
        let lines = head.split(separator: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3))
        else {
            throw Failure(description: "not a status line: \(head.debugDescription)")
        }
        var response = RawResponse(status: status, headers: [])
        for line in lines.dropFirst() { response.headers.append(try readField(line)) }
        if isHead || status < 200 || status == 204 || status == 304 { return response }
        if let length = response["Content-Length"].flatMap({ Int($0) }) {
            response.content = try await readBytes(length)
        } else if response["Transfer-Encoding"] == "chunked" {
            (response.content, response.trailers) = try await readChunks()
        } else {
            response.content = try await readBytesToEnd()
        }
        return response
    }

    private func readField(_ line: Substring) throws -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: ":") else { throw Failure(description: "not a field: \(line)") }
        return (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
    }

    private func readChunks() async throws -> ([UInt8], [(name: String, value: String)]) {
        var content: [UInt8] = []
        while true {
            let line = try await read(through: "\r\n")
            guard let size = Int(line.dropLast(), radix: 16) else { throw Failure(description: "chunk size \(line)") }
            if size == 0 { return (content, try await readTrailers()) }
            content += try await readBytes(size)
            guard try await read(through: "\r\n") == "\r\n" else { throw Failure(description: "chunk end") }
        }
    }

    private func readTrailers() async throws -> [(name: String, value: String)] {
        var trailers: [(name: String, value: String)] = []
        while true {
            let line = try await read(through: "\r\n")
            if line == "\r\n" { return trailers }
            trailers.append(try readField(line.dropLast()))
        }
    }

    func get(_ target: String, _ fields: String...) async throws -> RawResponse {
        try await send("GET \(target) HTTP/1.1\r\nHost: a\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n")
        return try await readResponse()
    }
}

extension Array where Element == UInt8 {
    /// Position behind the first occurrence of a pattern.
    fileprivate func firstEnd(of pattern: [UInt8]) -> Int? {
        guard count >= pattern.count else { return nil }
        for start in 0...(count - pattern.count) where self[start..<(start + pattern.count)].elementsEqual(pattern) {
            return start + pattern.count
        }
        return nil
    }
}
