/// What a proxy says in front of a connection that it passes on: the PROXY protocol, versions 1 and 2
/// (haproxy.org, "The PROXY protocol", sections 2.1 and 2.2).
public struct ProxyHeader: Sendable, Hashable {
    /// Where the connection comes from; `nil` when the proxy speaks for itself (`LOCAL`) or does not know (`UNKNOWN`,
    /// `UNSPEC`): then the peer of the socket counts.
    public var source: Source?
    /// Whether the proxy says that the client's connection to it is encrypted (`PP2_CLIENT_SSL`).
    public var isSecure: Bool

    /// The origin of a connection.
    public enum Source: Sendable, Hashable {
        /// An address and port.
        case address(IPAddress, port: UInt16)
        /// A Unix-domain socket; often without a path.
        case unix(path: String)
    }

    /// A header of its parts.
    public init(source: Source? = nil, isSecure: Bool = false) {
        self.source = source
        self.isSecure = isSecure
    }

    /// Why a header cannot be read; the connection has no meaning then.
    public enum Failure: Error, Sendable, Hashable {
        /// The bytes are not a header.
        case malformed
        /// The header is longer than ``HTTPLimits/proxyHeaderBytesMax``.
        case tooLong
        /// The checksum in the header does not fit.
        case corrupt
    }

    /// Reads a header at the start of a connection.
    ///
    /// May be called again with more bytes: whatever was refused stays refused, and what is complete stays the same.
    ///
    /// - Parameters:
    ///   - input: All bytes received so far.
    ///   - consumed: Set to the length of the header when it is complete.
    /// - Returns: `nil` when more bytes are needed.
    /// - Throws: The first violation.
    public static func parse(_ input: Span<UInt8>, consumed: inout Int) throws(Failure) -> ProxyHeader? {
        guard input.count > 0 else { return nil }
        // The first bytes of the two versions differ.
        return input[0] == signature2[0]
            ? try parseVersion2(input, &consumed)
            : try parseVersion1(input, &consumed)
    }

    /// Begins a header of version 2: bytes that no text protocol sends.
    static let signature2: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    /// Whether the input begins as the pattern does, as far as there is input.
    static func agrees(_ input: Span<UInt8>, with pattern: [UInt8]) -> Bool {
        for position in 0..<min(input.count, pattern.count) where input[position] != pattern[position] { return false }
        return true
    }
}
