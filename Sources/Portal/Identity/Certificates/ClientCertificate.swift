/// What a verified client certificate says about its holder, as far as accounts are found by it.
///
/// The server has verified it: a trusted authority, its time, its purpose, its revocation lists.
public struct ClientCertificate: Sendable, Hashable {
    /// Issuer as text (RFC 2253), for example `CN=Devices,O=Acme`.
    public var issuer: String
    /// Subject as text (RFC 2253).
    public var subject: String
    /// DNS names among the subject's alternative names.
    public var dnsNames: [String]
    /// URIs among them, such as SPIFFE ids.
    public var uris: [String]
    /// Mail addresses among them.
    public var emails: [String]
    /// SHA-256 of the certificate, 64 lower-case hexadecimal digits.
    public var fingerprint: String

    /// A certificate of its parts.
    public init(
        issuer: String,
        subject: String,
        dnsNames: [String] = [],
        uris: [String] = [],
        emails: [String] = [],
        fingerprint: String
    ) {
        self.issuer = issuer
        self.subject = subject
        self.dnsNames = dnsNames
        self.uris = uris
        self.emails = emails
        self.fingerprint = fingerprint
    }

    /// Everything that a mapping can name, in the form that mappings are stored in.
    var names: [(kind: CertificateMapping.Kind, value: String)] {
        [(.fingerprint, fingerprint), (.subject, subject)] + uris.map { (.uri, $0) }
            + dnsNames.map { (.dns, $0.lowercased()) } + emails.map { (.email, $0.lowercased()) }
    }
}
