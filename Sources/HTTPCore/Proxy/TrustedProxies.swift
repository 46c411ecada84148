/// The peers whose word about the client behind them counts.
public struct TrustedProxies: Sendable, Hashable {
    /// Addresses of the proxies.
    public var networks: [IPNetwork]
    /// Whether whoever may connect to a Unix-domain socket of the server is a trusted proxy.
    public var includesUnixSockets: Bool

    /// A set of proxies; the empty one trusts nobody.
    public init(networks: [IPNetwork] = [], includesUnixSockets: Bool = false) {
        self.networks = networks
        self.includesUnixSockets = includesUnixSockets
    }

    /// Reads a comma-separated list of networks, addresses and the word `unix`.
    ///
    /// - Parameter text: Spaces around members are allowed; `nil` when a member is malformed.
    public init?(parsing text: String) {
        self.init()
        for member in text.split(separator: ",") {
            let member = ASCII.trimmed(member)
            if member == "unix" {
                includesUnixSockets = true
            } else {
                guard let network = IPNetwork(member) else { return nil }
                networks.append(network)
            }
        }
    }

    /// Whether nobody is trusted.
    public var isEmpty: Bool { networks.isEmpty && !includesUnixSockets }

    /// Whether a proxy is trusted.
    ///
    /// - Parameter address: `nil` for the peer of a Unix-domain socket.
    /// - Returns: False for everybody who was not named.
    public func contains(_ address: IPAddress?) -> Bool {
        guard let address else { return includesUnixSockets }
        return networks.contains { $0.contains(address) }
    }
}
