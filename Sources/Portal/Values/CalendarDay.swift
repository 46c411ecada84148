public import FoundationEssentials
public import JSON
public import Postgres

/// A day of the calendar without a time or a zone, as a person writes it into a form: `2026-11-23`.
public struct CalendarDay: Sendable, Hashable, Comparable, LosslessStringConvertible {
    /// The year, 1 … 9999.
    public let year: Int
    /// The month, 1 … 12.
    public let month: Int
    /// The day of the month, 1 … 31.
    public let day: Int

    /// Reads the form of ISO 8601, `yyyy-mm-dd`; nil for anything else and for days that do not exist.
    public init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            description.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            year >= 1, (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The day that it is somewhere at a time.
    public init(_ time: Date, in zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day], from: time)
        (year, month, day) = (parts.year ?? 1, parts.month ?? 1, parts.day ?? 1)
    }

    /// The moment at which the day is over somewhere: the first of the next one.
    public func end(in zone: TimeZone) -> Date? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return calendar.date(from: DateComponents(year: year, month: month, day: day + 1))
    }

    /// The moment at which the day begins somewhere.
    public func start(in zone: TimeZone) -> Date? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return calendar.date(from: DateComponents(year: year, month: month, day: day))
    }

    /// The form of ISO 8601.
    public var description: String {
        "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
    }

    /// Earlier days come first.
    public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// How many days a month has (Gregorian calendar).
    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CalendarDay: PostgresCodable {
    /// The form of ISO 8601, as for `date` columns.
    public var postgresText: String? { description }

    /// Reads a `date`.
    public init(postgres cell: PostgresCell) throws(PostgresCellError) {
        guard let day = CalendarDay(cell.text) else { throw PostgresCellError("is not a date of years 1 to 9999") }
        self = day
    }
}

extension CalendarDay: JSONRepresentable {
    /// The form of ISO 8601 as a JSON string.
    public var json: JSONValue { .string(description) }
}
