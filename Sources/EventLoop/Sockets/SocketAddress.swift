import CEpoll
import Glibc

/// One end of a connection: an IP address and port, or a Unix-domain socket.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// Numeric address, for example `192.0.2.1` or `2001:db8::1`; IPv4 mapped into IPv6 is shown as IPv4.
    ///
    /// For a Unix-domain socket `unix:` and its path; the connecting end has no path.
    public let host: String
    /// Port, host byte order; 0 for a Unix-domain socket.
    public let port: UInt16

    /// An address of its parts.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// A Unix-domain socket.
    ///
    /// - Parameter path: Empty for a socket without a name.
    public init(unixPath path: String) {
        self.init(host: Self.unixPrefix + path, port: 0)
    }

    /// Reads what `accept4`, `getsockname` or `getpeername` wrote; addresses of other families become `unknown`.
    init(_ storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            (host, port) = withUnsafeBytes(of: &storage) { bytes in
                let offset = MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) ?? 4
                let port = bytes.loadUnaligned(as: sockaddr_in.self).sin_port
                return (Self.text(AF_INET, bytes, offset), UInt16(bigEndian: port))
            }
        case AF_INET6:
            (host, port) = withUnsafeBytes(of: &storage) { bytes in
                let offset = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 8
                let text = Self.text(AF_INET6, bytes, offset)
                let mapped = "::ffff:"
                let isMapped = text.hasPrefix(mapped) && text.contains(".")
                let port = bytes.loadUnaligned(as: sockaddr_in6.self).sin6_port
                return (isMapped ? String(text.dropFirst(mapped.count)) : text, UInt16(bigEndian: port))
            }
        case AF_UNIX:
            (host, port) = (Self.unixPrefix + Self.path(storage), 0)
        default:
            (host, port) = ("unknown", 0)
        }
    }

    /// The address that a socket is bound to.
    ///
    /// - Parameter descriptor: A bound socket.
    /// - Throws: ``SocketError/failed(call:code:)`` of `getsockname`.
    public init(boundTo descriptor: Int32) throws(SocketError) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { throw .last("getsockname") }
        self.init(storage)
    }

    private static func text(_ family: Int32, _ storage: UnsafeRawBufferPointer, _ offset: Int) -> String {
        guard let address = storage.baseAddress?.advanced(by: offset) else { return "unknown" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            guard let base = text.baseAddress, inet_ntop(family, address, base, socklen_t(text.count)) != nil else {
                return "unknown"
            }
            return String(cString: base)
        }
    }

    /// The path that the kernel wrote; empty for a socket without a name.
    private static func path(_ storage: sockaddr_storage) -> String {
        withUnsafeBytes(of: storage) { bytes in
            let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
            let path = bytes[offset..<min(bytes.count, MemoryLayout<sockaddr_un>.size)]
            return String(decoding: path.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static let unixPrefix = "unix:"

    /// Whether this is a Unix-domain socket.
    public var isUnix: Bool { host.hasPrefix(Self.unixPrefix) }

    /// Address and port, IPv6 in brackets; a Unix-domain socket's `unix:` and path.
    public var description: String {
        if isUnix { return host }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
