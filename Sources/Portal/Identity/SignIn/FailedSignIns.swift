public import FoundationEssentials
public import JSON
import Postgres

/// Sign-ins by password to one account that failed since the last one that worked: what its owner is told.
public struct FailedSignIns: Sendable, Hashable {
    /// How many had a wrong password; at least 1, or `refused` is.
    public let count: Int
    /// How many were refused without looking at the password, because sign-in was locked.
    public let refused: Int
    /// When the first one was.
    public let firstAt: Date
    /// When the last one was.
    public let lastAt: Date
    /// Where they came from, in the order of their first attempt; at most `PortalLimits.Identity.failedAddressesMax`.
    public let addresses: [String]
    /// How many times in a row the sign-in was locked.
    public let lockOuts: Int

    /// Failures with every value.
    public init(count: Int, refused: Int, firstAt: Date, lastAt: Date, addresses: [String], lockOuts: Int) {
        self.count = count
        self.refused = refused
        self.firstAt = firstAt
        self.lastAt = lastAt
        self.addresses = addresses
        self.lockOuts = lockOuts
    }
}

extension FailedSignIns {
    /// Reads the columns that `SignInLockQueries.clear` and `AccountNoticeQueries` return.
    init(row: PostgresRow) throws {
        self.init(
            count: try row.decode("failures"),
            refused: try row.decode("refused"),
            firstAt: try row.decode("first_failed_at"),
            lastAt: try row.decode("last_failed_at"),
            addresses: try row.decode("addresses"),
            lockOuts: try row.decode("lock_outs")
        )
    }
}

extension FailedSignIns: JSONRepresentable {
    /// The schema `FailedSignIns` of openapi.yaml.
    public var json: JSONValue {
        [
            "count": .number(JSONNumber(count)),
            "refused": .number(JSONNumber(refused)),
            "firstAt": .string(RFC3339.format(firstAt)),
            "lastAt": .string(RFC3339.format(lastAt)),
            "addresses": .array(addresses.map { .string($0) }),
            "lockOuts": .number(JSONNumber(lockOuts)),
        ]
    }
}
