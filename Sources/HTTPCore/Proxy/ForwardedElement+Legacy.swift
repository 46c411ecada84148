extension ForwardedElement {
    /// Reads the fields that were in use before RFC 7239 into the same form.
    ///
    /// `X-Forwarded-Proto` and `-Host` go with the members of `X-Forwarded-For` if there are as many; otherwise their
    /// last member, the one that the nearest proxy wrote, holds for all.
    ///
    /// - Returns: One element a proxy, the nearest last, at most ``HTTPLimits/proxyHopsMax`` of the nearest; empty
    ///   without any of the fields. A node that cannot be read becomes ``ForwardedNode/hidden``: the walk ends there.
    static func parseLegacy(_ headers: HTTPHeaders) -> [ForwardedElement] {
        let nodes = members(headers, "X-Forwarded-For")
        let schemes = members(headers, "X-Forwarded-Proto")
        let hosts = members(headers, "X-Forwarded-Host")
        guard !nodes.isEmpty || !schemes.isEmpty || !hosts.isEmpty else { return [] }
        return (0..<max(1, nodes.count)).map { index in
            func value(_ list: [String]) -> String? {
                list.count == nodes.count && index < list.count ? list[index] : list.last
            }
            let host = value(hosts)
            return ForwardedElement(
                node: nodes.isEmpty ? nil : ForwardedNode(legacy: nodes[index]) ?? .hidden,
                isSecure: value(schemes).flatMap(isSecure),
                host: host.flatMap { HostField.isValid($0) ? $0 : nil }
            )
        }
    }

    private static func members(_ headers: HTTPHeaders, _ name: String) -> [String] {
        guard let value = headers.joined(name) else { return [] }
        // From the right: what a client put in front must not push out what the nearest proxies wrote.
        let parts = value.split(separator: ",", omittingEmptySubsequences: true).suffix(HTTPLimits.proxyHopsMax)
        return parts.map { String(ASCII.trimmed($0)) }.filter { !$0.isEmpty }
    }
}
