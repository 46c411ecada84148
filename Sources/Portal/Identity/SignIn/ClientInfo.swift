import Glibc

/// Where a sign-in comes from, as far as the server knows.
public struct ClientInfo: Sendable, Hashable {
    /// The address of the client: what trusted proxies say, else the other end of the connection.
    public let address: String
    /// The `User-Agent` field; empty without one.
    public let userAgent: String
    /// The id of the request, for the audit log.
    public let requestID: String?

    /// A client; texts are cut to what is stored.
    public init(address: String, userAgent: String = "", requestID: String? = nil) {
        self.address = String(address.prefix(100))
        self.userAgent = String(userAgent.unicodeScalars.filter { $0 != "\0" }.prefix(300).map(Character.init))
        self.requestID = requestID
    }

    /// What attempts are counted by: an IPv4 address, or the first 64 bits of an IPv6 address.
    ///
    /// Whoever has one IPv6 address has the other 2⁶⁴ of its network too (RFC 4291 section 2.5.4).
    var network: String {
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        return withUnsafeBytes(of: bytes) { all in
            // An IPv4 address in IPv6 clothes is an IPv4 address (RFC 4291 section 2.5.5.2).
            let isMapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
            let part = isMapped ? all.suffix(4) : all.prefix(8)
            return (isMapped ? "" : "6:") + part.map(String.init).joined(separator: ".")
        }
    }
}
