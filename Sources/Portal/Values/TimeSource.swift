public import FoundationEssentials

/// Where the domain takes the wall-clock time from, so that tests can set it.
public protocol TimeSource: Sendable {
    /// The present, in whole microseconds: the precision of `timestamptz`, so that a stored time reads back equal.
    func now() -> Date
}

/// The clock of this machine.
public struct SystemTimeSource: TimeSource {
    /// A source over the machine's clock.
    public init() {}

    /// The present, in whole microseconds.
    public func now() -> Date { Date().roundedToMicroseconds }
}

extension Date {
    /// The same time without what `timestamptz` cannot hold.
    public var roundedToMicroseconds: Date {
        Date(timeIntervalSince1970: (timeIntervalSince1970 * 1_000_000).rounded(.down) / 1_000_000)
    }

    /// Whole microseconds since 1970: the exact value that PostgreSQL stores.
    public var microsecondsSince1970: Int64 {
        Int64((timeIntervalSince1970 * 1_000_000).rounded())
    }

    /// The time so many microseconds after 1970.
    public init(microsecondsSince1970: Int64) {
        self.init(timeIntervalSince1970: Double(microsecondsSince1970) / 1_000_000)
    }

    /// This time moved by a duration, which may be negative.
    public func advanced(by duration: Duration) -> Date {
        addingTimeInterval(duration / .seconds(1)).roundedToMicroseconds
    }
}
