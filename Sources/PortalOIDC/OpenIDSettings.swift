public import Portal

/// How an OpenID provider is reached and what is believed of it.
public struct OpenIDSettings: Sendable {
    /// What the provider is for.
    public var provider: IdentityProviderSettings
    /// The issuer: `https://…`, or `http://` with a loopback host; compared exactly.
    public var issuer: String
    /// The client id.
    public var clientID: String
    /// The client secret; nil for a public client, which only has PKCE.
    public var clientSecret: String?
    /// What is asked for; `openid` is always among them.
    public var scopes: [String] = ["openid", "profile", "email"]
    /// The claim with the groups: a name, or names with dots between for a claim inside of another.
    public var groupsClaim = "groups"
    /// Whether e-mails of the provider are verified without it saying so in each token.
    public var trustsEmail = false
    /// A PEM file with the authorities that the provider's certificate is verified by; nil takes those of the system.
    public var authoritiesPath: String?
    /// The bounds.
    public var limits = OpenIDLimits()

    /// A provider with the usual scopes.
    public init(provider: IdentityProviderSettings, issuer: String, clientID: String, clientSecret: String?) {
        self.provider = provider
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
    }
}

/// The bounds of what is exchanged with OpenID providers.
public struct OpenIDLimits: Sendable {
    /// How long one request to the provider may take.
    public var requestDuration: Duration = .seconds(10)
    /// The largest document that is read, in bytes.
    public var documentBytesMax = 512 * 1024
    /// The largest ID token, in bytes.
    public var tokenBytesMax = 64 * 1024
    /// The most keys of a key set that are looked at.
    public var keysMax = 64
    /// How long the metadata is used before it is fetched again.
    public var metadataLifetime: Duration = .seconds(3600)
    /// How long the keys are used before they are fetched again.
    public var keysLifetime: Duration = .seconds(3600)
    /// An unknown key id makes the keys be fetched anew, at most once in this time: strangers choose key ids.
    public var keysRefetchInterval: Duration = .seconds(30)
    /// How far the clocks of provider and portal may differ.
    public var clockSkew: Duration = .seconds(60)
    /// How old an ID token may be when it arrives: it was made for this very sign-in.
    public var tokenAgeMax: Duration = .seconds(15 * 60)
    /// The most groups that are read.
    public var groupsMax = 500
    /// The longest group name, in bytes.
    public var groupBytesMax = 512

    /// The defaults.
    public init() {}
}
