/// The DNS names of a certificate, and whether a host is among them (RFC 9525 section 6.3).
struct TLSHostNames: Sendable, Hashable {
    private var exact: Set<String> = []
    /// What follows the `*` of wildcard names, with its dot.
    private var wildcards: Set<String> = []

    /// Names as they stand in a certificate; those that are no host names are left out.
    init(_ names: some Sequence<String>) {
        for name in names {
            let name = Self.canonical(name)
            if name.hasPrefix("*.") {
                let rest = name.dropFirst()
                // A wildcard for a whole top-level domain names nobody.
                if rest.dropFirst().contains(".") && !rest.contains("*") { wildcards.insert(String(rest)) }
            } else if !name.isEmpty && !name.contains("*") {
                exact.insert(name)
            }
        }
    }

    /// Whether the host is one of the names exactly.
    func containsExactly(_ host: String) -> Bool {
        exact.contains(Self.canonical(host))
    }

    /// Whether a wildcard covers the host: it stands for exactly one label.
    func containsByWildcard(_ host: String) -> Bool {
        let host = Self.canonical(host)
        guard let dot = host.firstIndex(of: "."), dot != host.startIndex else { return false }
        return wildcards.contains(String(host[dot...]))
    }

    /// Whether the host is covered at all.
    func contains(_ host: String) -> Bool {
        containsExactly(host) || containsByWildcard(host)
    }

    /// Lower case, without the dot of the root.
    private static func canonical(_ name: String) -> String {
        let name = name.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}
