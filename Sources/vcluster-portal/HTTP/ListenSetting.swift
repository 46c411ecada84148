import HTTPServer

/// One entry of `PORTAL_LISTEN`: where to listen, and what is special there (docs/operations.md, "Listeners").
///
/// `http://HOST:PORT`, `https://HOST:PORT`, `unix:/PATH` or `systemd:NAME`, followed by options after semicolons: `tls`,
/// `proxy`, `redirect`, `redirect=PORT` and, for a Unix-domain socket, `mode=660`.
struct ListenSetting: Sendable, Hashable {
    /// Where the socket comes from.
    enum Place: Sendable, Hashable {
        case tcp(host: String, port: UInt16)
        case unix(path: String)
        case systemd(name: String)
    }

    var place: Place
    var isSecure = false
    var acceptsProxyProtocol = false
    var redirectPort: UInt16?
    var mode: UInt32 = 0o660

    /// What is wrong with an entry, as the end of a sentence.
    struct Invalid: Error {
        let reason: String
    }

    init(place: Place) {
        self.place = place
    }

    /// Reads an entry.
    init(parsing text: Substring) throws(Invalid) {
        var parts = text.split(separator: ";", omittingEmptySubsequences: false)
        let address = parts.isEmpty ? "" : parts.removeFirst()
        place = try Self.place(address)
        isSecure = address.hasPrefix("https://")
        for option in parts { try apply(option) }
        guard redirectPort == nil || !isSecure else { throw Invalid(reason: "redirects to https what is https") }
    }

    private static func place(_ address: Substring) throws(Invalid) -> Place {
        for scheme in ["http://", "https://"] where address.hasPrefix(scheme) {
            let authority = address.dropFirst(scheme.count)
            guard let colon = authority.lastIndex(of: ":"),
                let port = UInt16(authority[authority.index(after: colon)...])
            else { throw Invalid(reason: "has no port from 0 to 65535") }
            var host = authority[..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
            guard !host.isEmpty else { throw Invalid(reason: "has no host; * stands for all addresses") }
            return .tcp(host: host == "*" ? "" : String(host), port: port)
        }
        if address.hasPrefix("unix:") {
            let path = address.dropFirst("unix:".count)
            guard path.hasPrefix("/"), path.utf8.count <= 107 else {
                throw Invalid(reason: "has no absolute path of at most 107 bytes")
            }
            return .unix(path: String(path))
        }
        if address.hasPrefix("systemd:"), address.count > "systemd:".count {
            return .systemd(name: String(address.dropFirst("systemd:".count)))
        }
        throw Invalid(reason: "does not begin with http://, https://, unix: or systemd:")
    }

    private mutating func apply(_ option: Substring) throws(Invalid) {
        let parts = option.split(separator: "=", maxSplits: 1)
        let value = parts.count == 2 ? parts[1] : nil
        switch (parts.first ?? "", value) {
        case ("tls", nil): isSecure = true
        case ("proxy", nil): acceptsProxyProtocol = true
        case ("redirect", nil): redirectPort = 443
        case ("redirect", let port?):
            guard let port = UInt16(port), port > 0 else { throw Invalid(reason: "redirects to a port that is none") }
            redirectPort = port
        case ("mode", let digits?):
            guard case .unix = place, let mode = UInt32(digits, radix: 8), mode <= 0o777 else {
                throw Invalid(reason: "has a mode that is not octal, or is no unix socket")
            }
            self.mode = mode
        default: throw Invalid(reason: "has the unknown option \(option)")
        }
    }

    /// The listener of the entry.
    ///
    /// - Parameters:
    ///   - sockets: The sockets that systemd gave.
    ///   - tls: For an entry with TLS.
    /// - Returns: The listener.
    /// - Throws: ``Invalid`` when systemd gave no socket of the name.
    func listener(_ sockets: InheritedSockets, _ tls: TLSContext?) throws(Invalid) -> HTTPListener {
        let endpoint: HTTPListener.Endpoint
        switch place {
        case .tcp(let host, let port): endpoint = .tcp(host: host, port: port)
        case .unix(let path): endpoint = .unix(path: path, mode: mode)
        case .systemd(let name):
            // A successor finds its predecessor's socket by position, whatever is written here.
            guard let descriptor = sockets.isFromPredecessor ? -1 : sockets[name] else {
                throw Invalid(reason: "names a socket that systemd did not give (FileDescriptorName=\(name))")
            }
            endpoint = .inherited(descriptor: descriptor)
        }
        return HTTPListener(
            endpoint,
            tls: isSecure ? tls : nil,
            acceptsProxyProtocol: acceptsProxyProtocol,
            redirect: redirectPort.map { HTTPSRedirect(port: $0) }
        )
    }
}
