/// Where a request comes from according to the proxies that are trusted.
public struct ForwardedOrigin: Sendable, Hashable {
    /// The client; `nil` when no trusted proxy names it.
    public var client: Client?
    /// Whether the client's connection is encrypted; `nil` when it is not told.
    public var isSecure: Bool?
    /// The authority that the client asked for; `nil` when it is not told.
    public var host: String?

    /// An address and a port, 0 when it is not told.
    public struct Client: Sendable, Hashable {
        /// The address.
        public var address: IPAddress
        /// The port.
        public var port: UInt16
    }

    /// Which fields the proxies set.
    public enum Fields: String, Sendable, Hashable, CaseIterable {
        /// Either kind. When a request has both and they name different clients, one of them was not written by the
        /// proxies, and neither is believed.
        case any
        /// Only `Forwarded` (RFC 7239).
        case forwarded
        /// Only `X-Forwarded-For`, `-Proto` and `-Host`.
        case xForwarded = "x-forwarded"
    }

    /// Reads the fields of a request that came from a trusted proxy; `nil` when they say nothing that counts.
    ///
    /// - Parameters:
    ///   - headers: The request's fields.
    ///   - fields: The kinds that count.
    ///   - proxies: Whose words count; the walk from the nearest proxy ends at the first address that is not among them.
    public init?(_ headers: HTTPHeaders, fields: Fields = .any, trusting proxies: TrustedProxies) {
        let standard = fields == .xForwarded ? nil : headers.joined("Forwarded")
        let legacy = fields == .forwarded ? [] : ForwardedElement.parseLegacy(headers)
        guard let standard else {
            guard !legacy.isEmpty else { return nil }
            self.init(legacy, proxies)
            return
        }
        guard let elements = ForwardedElement.parse(standard), !elements.isEmpty else { return nil }
        self.init(elements, proxies)
        if !legacy.isEmpty {
            let other = ForwardedOrigin(legacy, proxies)
            guard other.client == nil || other.client?.address == client?.address else { return nil }
        }
    }

    /// Walks from the nearest proxy's element to the outermost one whose sender is trusted.
    init(_ elements: [ForwardedElement], _ proxies: TrustedProxies) {
        for element in elements.reversed() {
            isSecure = element.isSecure
            host = element.host
            guard case .address(let address, let port) = element.node else { return }
            client = Client(address: address, port: port)
            guard proxies.contains(address) else { return }
        }
    }
}
