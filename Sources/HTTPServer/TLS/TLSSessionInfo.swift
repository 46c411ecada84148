/// What was agreed with the client of an encrypted connection.
///
/// A class, so that the requests of a connection share it.
public final class TLSSessionInfo: Sendable {
    /// Version as text: `TLSv1.2` or `TLSv1.3`.
    public let version: String
    /// Cipher suite, for example `TLS_AES_128_GCM_SHA256`.
    public let cipher: String
    /// Host that the client named (SNI, RFC 6066 section 3); `nil` when it named none.
    public let serverName: String?
    /// Whether an earlier session was resumed.
    public let isResumed: Bool
    /// The client's certificate, verified; `nil` when it sent none.
    public let client: TLSClientCertificate?

    /// The facts of a session.
    public init(
        version: String,
        cipher: String,
        serverName: String? = nil,
        isResumed: Bool = false,
        client: TLSClientCertificate? = nil
    ) {
        self.version = version
        self.cipher = cipher
        self.serverName = serverName
        self.isResumed = isResumed
        self.client = client
    }

    /// The same session without the client's certificate.
    var withoutClient: TLSSessionInfo {
        client == nil
            ? self : TLSSessionInfo(version: version, cipher: cipher, serverName: serverName, isResumed: isResumed)
    }
}
