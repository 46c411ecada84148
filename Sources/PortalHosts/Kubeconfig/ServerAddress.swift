import Foundation

/// Finds the address at which people reach a vcluster's API server.
struct ServerAddress: Sendable, Equatable {
    /// Address configured for the host, with `{name}`, `{namespace}` and `{nodePort}` to fill in.
    var template: String?
    /// Host of the release's Ingress.
    var ingressHost: String?
    /// Address or name that a load balancer gave to Service NAME.
    var loadBalancerHost: String?
    /// Node port of Service NAME.
    var nodePort: Int?
    /// Where node ports are reached: configured, or the address of a node.
    var nodePortHost: String?
    /// Name of the release, which is also the name of its Service.
    var release: String
    /// Namespace of the release.
    var namespace: String

    /// The address with its scheme, never empty.
    ///
    /// The configured address wins, then whatever is reached from farthest away. The last resort works inside of the
    /// host only, under the name that the serving certificate has: `NAME.NS`, without `.svc`.
    var url: String {
        if let template, let filled = Self.fill(template, release: release, namespace: namespace, nodePort: nodePort) {
            return filled
        }
        if let ingressHost { return "https://\(ingressHost)" }
        if let loadBalancerHost { return "https://\(Self.bracketed(loadBalancerHost)):443" }
        if let nodePort, let nodePortHost { return "https://\(Self.bracketed(nodePortHost)):\(nodePort)" }
        return "https://\(release).\(namespace):443"
    }

    /// Fills a template in; nil when it needs a node port and there is none.
    static func fill(_ template: String, release: String, namespace: String, nodePort: Int?) -> String? {
        guard nodePort != nil || !template.contains("{nodePort}") else { return nil }
        return
            template
            .replacingOccurrences(of: "{name}", with: release)
            .replacingOccurrences(of: "{namespace}", with: namespace)
            .replacingOccurrences(of: "{nodePort}", with: nodePort.map(String.init) ?? "")
    }

    /// The host of a configured address, for the names in the serving certificate.
    static func host(ofTemplate template: String?, release: String, namespace: String) -> String? {
        template
            .flatMap { fill($0, release: release, namespace: namespace, nodePort: 1) }
            .flatMap { URLComponents(string: $0)?.host }
            .map { $0.hasPrefix("[") && $0.hasSuffix("]") ? String($0.dropFirst().dropLast()) : $0 }
    }

    /// An IPv6 address in a URL stands in brackets (RFC 3986 section 3.2.2).
    private static func bracketed(_ host: String) -> String {
        host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    }
}
