/// How connections of a listener are encrypted: what is offered, who may connect, where the files are.
///
/// Only TLS 1.2 and 1.3 with ephemeral keys and authenticated encryption are offered (docs/tls.md); there is no setting
/// for less.
public struct TLSConfiguration: Sendable, Hashable {
    /// A certificate chain and its private key.
    public struct Certificate: Sendable, Hashable {
        /// PEM file with the server's own certificate first and those of its issuers after it.
        public var chainPath: String
        /// PEM file with the private key, without a password: RSA of at least 2048 bits, P-256, P-384 or Ed25519.
        public var keyPath: String

        /// The files of a certificate.
        public init(chainPath: String, keyPath: String) {
            self.chainPath = chainPath
            self.keyPath = keyPath
        }
    }

    /// Oldest version of TLS that is spoken.
    public enum Version: String, Sendable, Hashable, CaseIterable {
        /// TLS 1.2, RFC 5246.
        case tls12 = "1.2"
        /// TLS 1.3, RFC 8446.
        case tls13 = "1.3"
    }

    /// Whom to believe about clients.
    public struct ClientTrust: Sendable, Hashable {
        /// PEM file with the authorities that client certificates must lead to.
        public var authoritiesPath: String
        /// PEM file with revocation lists; `nil` checks no revocation.
        ///
        /// With a file every authority of a chain needs a list in it that has not expired: a missing list refuses the
        /// client, because nobody can tell whether its certificate still holds.
        public var revocationListsPath: String?
        /// Clients that are let in; empty lets in everybody with a valid certificate.
        public var allowedIdentities: [TLSClientPattern]

        /// Authorities, revocation lists and allowed identities.
        public init(
            authoritiesPath: String,
            revocationListsPath: String? = nil,
            allowedIdentities: [TLSClientPattern] = []
        ) {
            self.authoritiesPath = authoritiesPath
            self.revocationListsPath = revocationListsPath
            self.allowedIdentities = allowedIdentities
        }
    }

    /// Whether clients are asked for a certificate.
    public enum ClientCertificates: Sendable, Hashable {
        /// They are not asked.
        case off
        /// They may come without one; one that is sent must be valid.
        case optional(ClientTrust)
        /// Without a valid one the handshake fails.
        case required(ClientTrust)

        /// Whom to believe; `nil` when nobody is asked.
        public var trust: ClientTrust? {
            switch self {
            case .off: nil
            case .optional(let trust), .required(let trust): trust
            }
        }
    }

    /// Resuming sessions by tickets (RFC 8446 section 4.6.1, RFC 5077).
    ///
    /// The keys are random, live in this process only and are replaced in turn, so that a key that leaks opens the
    /// tickets of a bounded time. The server keeps no sessions.
    public struct SessionTickets: Sendable, Hashable {
        /// Whether tickets are given out.
        public var isEnabled = true
        /// How long a key encrypts tickets.
        public var rotation = Duration.seconds(4 * 3600)
        /// Replaced keys that still open tickets, at least 1; a ticket lives for this many rotations.
        public var previousKeysMax = 2

        /// Tickets that live for eight hours.
        public init() {}
    }

    /// Certificates, at least one: the client's SNI name chooses among them by their names, the first is the default.
    ///
    /// Certificates with the same names and other kinds of keys are offered side by side, as the client can use them.
    public var certificates: [Certificate]
    /// Oldest version that is spoken.
    public var versionMin = Version.tls12
    /// Whether clients are asked for a certificate.
    public var clientCertificates = ClientCertificates.off
    /// Resuming sessions.
    public var sessionTickets = SessionTickets()
    /// How often the files are looked after, so that changed ones are loaded without a restart; `nil` never looks.
    public var fileCheckInterval: Duration? = .seconds(10)

    /// The given certificates with default settings.
    public init(certificates: [Certificate]) {
        self.certificates = certificates
    }

    /// Every file that the settings name, in the order of reading.
    var paths: [String] {
        var paths = certificates.flatMap { [$0.chainPath, $0.keyPath] }
        if let trust = clientCertificates.trust {
            paths.append(trust.authoritiesPath)
            if let lists = trust.revocationListsPath { paths.append(lists) }
        }
        return paths
    }
}
