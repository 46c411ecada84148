/// Every bound of the domain.
///
/// Durations and counts that an operator may want to change are stored; bounds that the database schema or the API
/// document repeats are static.
public struct PortalLimits: Sendable {
    /// The lists of the API.
    public enum Pages {
        /// The largest page.
        public static let sizeMax = 200
        /// The page without a `pageSize`.
        public static let sizeDefault = 50
        /// The longest page token that is looked at, in bytes.
        public static let tokenLengthMax = 1024
    }

    /// Sign-in, sessions and tokens.
    public struct Identity: Sendable {
        /// The longest e-mail address, in bytes (RFC 5321 section 4.5.3.1.3).
        public static let emailLengthMax = 254
        /// The longest display name, in characters.
        public static let nameLengthMax = 100
        /// The shortest password, in Unicode code points: what NIST SP 800-63B-4 section 3.1.1.2 asks of a password that
        /// signs in without a second factor.
        public static let passwordLengthMin = 15
        /// The longest password, in Unicode code points; a bound on work, far above the 64 that NIST asks for.
        public static let passwordLengthMax = 256
        /// The longest name of an API token, in characters.
        public static let tokenNameLengthMax = 100

        /// A session ends after so long without a request.
        public var sessionIdle: Duration = .seconds(12 * 3600)
        /// A session ends after so long in any case.
        public var sessionLifetime: Duration = .seconds(7 * 86400)
        /// How stale a session's or token's last use may be stored: at most one write per use in this time.
        public var lastUseResolution: Duration = .seconds(60)
        /// The shortest life of an API token.
        public var tokenLifetimeMin: Duration = .seconds(60)
        /// The life of an API token when nothing was said.
        public var tokenLifetimeDefault: Duration = .seconds(90 * 86400)
        /// The longest life of an API token.
        public var tokenLifetimeMax: Duration = .seconds(366 * 86400)
        /// How many unrevoked API tokens a user may have.
        public var tokensPerUserMax = 50
        /// How many sessions a user may have; the oldest ends when one more starts.
        public var sessionsPerUserMax = 20
        /// Failed sign-ins are counted over this time.
        public var signInWindow: Duration = .seconds(15 * 60)
        /// Failed sign-ins per window for one e-mail from one address.
        public var signInsPerPairMax = 10
        /// Failed sign-ins per window for one e-mail from anywhere: slows down a spread attack.
        public var signInsPerEmailMax = 100
        /// Failed sign-ins per window from one address for any e-mail.
        public var signInsPerAddressMax = 100
        /// So many failed sign-ins of an account in a row lock its sign-in by password.
        public var lockOutAfter = 5
        /// Failed sign-ins are in a row when no more time than this is between two of them.
        public var lockOutWindow: Duration = .seconds(24 * 3600)
        /// How long the first lock-out lasts; each further one in a row lasts twice as long as the one before.
        public var lockOutFirst: Duration = .seconds(60)
        /// The longest lock-out: a stranger who goes on guessing must not keep the owner out for a day at a time.
        public var lockOutMax: Duration = .seconds(3600)
        /// How long failed sign-ins of an account are kept for the notice at the next sign-in.
        public var failedSignInRetention: Duration = .seconds(90 * 86400)
        /// The longest name of a certificate that is looked at, in characters.
        public static let certificateNameLengthMax = 1024

        /// How many names of a client certificate are looked at.
        public var certificateNamesMax = 64
        /// How many certificates a service account may have.
        public var certificatesPerAccountMax = 50
        /// How long somebody may take at an identity provider.
        public var providerSignInTimeout: Duration = .seconds(10 * 60)
        /// How many sign-ins at identity providers one address may begin in `signInWindow`, and how many it may end.
        public var providerSignInsPerAddressMax = 100
        /// How many addresses of failed sign-ins are told to the owner of an account.
        public var failedAddressesMax = 5
        /// The work that one password hash takes.
        public var passwordCost = ScryptCost.standard
        /// How many password hashes are computed at a time; each takes 32 MiB and a core.
        public var passwordHashesAtOnceMax = 2
        /// How many sign-ins may wait for a hash before more are turned away.
        public var passwordHashQueueMax = 64
        /// How many role bindings a user may have, those of groups included, and so how many are read of a caller.
        public var bindingsPerUserMax = 1000
        /// How many role bindings an API token may have, besides those of its owner.
        public var bindingsPerTokenMax = 200

        /// The defaults.
        public init() {}
    }

    /// The tree of tenants.
    public enum Tenants {
        /// The deepest level; the root is level 1.
        public static let depthMax = 8
        /// The longest name, in characters.
        public static let nameLengthMax = 64
        /// How many tenants a form offers to choose from.
        static let choicesMax = 100
        /// How many roles of ancestors a move looks at on each side.
        static let inheritedRolesMax = 5_000
        /// How many of them the audit row of a move names; it counts the others.
        static let auditedRolesMax = 60
    }

    /// Hosts and their settings.
    public struct Hosts: Sendable {
        /// The longest name, in characters; it is a DNS label.
        public static let nameLengthMax = 40

        /// The largest kubeconfig, in bytes.
        public var kubeconfigBytesMax = 256 * 1024
        /// The largest settings document, in bytes of JSON.
        public var settingsBytesMax = 16 * 1024
        /// How long a connection check may take.
        public var checkTimeout: Duration = .seconds(20)
        /// How old the capacity of a host may become before it is read again.
        public var capacityInterval: Duration = .seconds(60)
        /// How long the watcher of capacities rests between two passes.
        public var capacityPause: Duration = .seconds(10)
        /// How many hosts one pass asks.
        public var capacityBatch = 20
        /// How many hosts are looked at to find one with room.
        static let placementsMax = 200
        /// How many hosts are tried for one new vcluster when others fill them at the same time.
        static let placementTriesMax = 3

        /// The defaults.
        public init() {}
    }

    /// Templates.
    public struct Templates: Sendable {
        /// The longest name, in characters.
        public static let nameLengthMax = 60
        /// The longest description, in characters.
        public static let descriptionLengthMax = 2000

        /// The largest spec, in bytes of JSON.
        public var specBytesMax = 64 * 1024

        /// The defaults.
        public init() {}
    }

    /// Idempotency keys.
    public struct Idempotency: Sendable {
        /// The longest key, in bytes.
        public static let keyLengthMax = 255

        /// How long a key and its response are kept.
        public var retention: Duration = .seconds(24 * 3600)
        /// How long a request may hold its key before another may take it over.
        public var lockTimeout: Duration = .seconds(60)
        /// The largest response body that is kept, in bytes.
        public var responseBytesMax = 256 * 1024
        /// How many expired keys one sweep removes.
        public var sweepBatch = 500

        /// The defaults.
        public init() {}
    }

    /// The audit log.
    public struct Audit: Sendable {
        /// How many hash chains there are; writers of different objects rarely meet on one.
        public static let chainCount = 16

        /// The largest `before` or `after` document, in bytes of JSON; a larger one is replaced by a note of its size.
        public var documentBytesMax = 32 * 1024
        /// How many rows are verified per query.
        public var verifyBatch = 500

        /// The defaults.
        public init() {}
    }

    /// The removal of sessions, sign-in windows and idempotency keys that have ended.
    public struct Housekeeping: Sendable {
        /// How long the housekeeper rests between two passes.
        public var interval: Duration = .seconds(60)
        /// How many rows of one kind one statement removes.
        public var batch = 500
        /// How many statements of each kind one pass sends.
        public var batchesMax = 20

        /// The defaults.
        public init() {}
    }

    /// Sign-in, sessions and tokens.
    public var identity = Identity()
    /// Roles, groups and who holds them.
    public var access = Access()
    /// Hosts and their settings.
    public var hosts = Hosts()
    /// Templates.
    public var templates = Templates()
    /// Idempotency keys.
    public var idempotency = Idempotency()
    /// The audit log.
    public var audit = Audit()
    /// Quotas.
    public var quotas = Quotas()
    /// The removal of what has ended.
    public var housekeeping = Housekeeping()
    /// Approvals.
    public var approvals = Approvals()
    /// VClusters, their deletion and their observation.
    public var vclusters = VClusters()
    /// Snapshots of vclusters.
    public var snapshots = Snapshots()
    /// The operations engine.
    public var operations = Operations()
    /// The change feed.
    public var changes = Changes()

    /// The defaults.
    public init() {}
}
