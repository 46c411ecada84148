/// What a verified client certificate says about its holder (RFC 5280).
public struct TLSClientCertificate: Sendable, Hashable {
    /// Subject as text, for example `CN=alice,O=Acme` (RFC 2253; control characters escaped).
    public var subject: String
    /// Issuer in the same form.
    public var issuer: String
    /// Common name of the subject; `nil` without exactly one.
    public var commonName: String?
    /// DNS names among the subject's alternative names.
    public var dnsNames: [String]
    /// URIs among the subject's alternative names, such as SPIFFE ids.
    public var uris: [String]
    /// Mail addresses among the subject's alternative names.
    public var emails: [String]
    /// Serial number, hexadecimal.
    public var serialNumber: String
    /// SHA-256 of the certificate, 64 lower-case hexadecimal digits.
    public var fingerprint: String

    /// A certificate of its parts.
    public init(
        subject: String,
        issuer: String = "",
        commonName: String? = nil,
        dnsNames: [String] = [],
        uris: [String] = [],
        emails: [String] = [],
        serialNumber: String = "",
        fingerprint: String = ""
    ) {
        self.subject = subject
        self.issuer = issuer
        self.commonName = commonName
        self.dnsNames = dnsNames
        self.uris = uris
        self.emails = emails
        self.serialNumber = serialNumber
        self.fingerprint = fingerprint
    }
}

/// Client certificates that are let in, described by one of their names.
public struct TLSClientPattern: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: String {
        case dns, uri, email
        case commonName = "cn"
    }

    private let kind: Kind
    private let value: String

    /// Reads a pattern.
    ///
    /// - Parameter text: `dns:NAME`, where the name may begin with `*.` for one label; `uri:URI`, which may end with
    ///   `*` for any rest; `email:ADDRESS`; `cn:NAME`. `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])), !parts[1].isEmpty else { return nil }
        self.kind = kind
        value = String(parts[1])
    }

    /// The pattern as it is written.
    public var description: String { "\(kind.rawValue):\(value)" }

    /// Whether one of the certificate's names of this kind is meant.
    ///
    /// DNS names and mail addresses are compared without regard to case, the others exactly.
    public func matches(_ certificate: TLSClientCertificate) -> Bool {
        switch kind {
        case .commonName:
            certificate.commonName == value
        case .email:
            certificate.emails.contains { $0.lowercased() == value.lowercased() }
        case .dns:
            // The pattern is the certificate's side of the rule here: a wildcard in it stands for one label.
            certificate.dnsNames.contains {
                $0.lowercased() == value.lowercased() || TLSHostNames([value]).contains($0)
            }
        case .uri:
            certificate.uris.contains { value.hasSuffix("*") ? $0.hasPrefix(value.dropLast()) : $0 == value }
        }
    }
}
