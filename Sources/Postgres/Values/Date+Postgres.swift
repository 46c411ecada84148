public import Foundation

/// `timestamptz` in microseconds. The session's time zone is UTC and its date style ISO.
///
/// A time read from the database and bound again is the same to the microsecond: microseconds since 2001 of
/// any year up to 4000 fit the 53 bits of `Date`'s double, and both ways round to the nearest one.
extension Date: PostgresCodable {
    /// `2026-11-23 06:10:00.000001+00`; years before 1 as `… BC`, what is not finite as `infinity`.
    public var postgresText: String? {
        let scaled = (timeIntervalSinceReferenceDate * 1_000_000).rounded()
        // Beyond this the civil calendar below would overflow; PostgreSQL's own range is far smaller.
        guard scaled.isFinite, abs(scaled) < 9e18 else { return scaled < 0 ? "-infinity" : "infinity" }
        return TimestampText.encode(microseconds: Int64(scaled))
    }

    /// Reads `timestamptz`, and `date` and `timestamp` as UTC.
    ///
    /// `infinity` is an error.
    public init(postgres cell: PostgresCell) throws(PostgresCellError) {
        guard let microseconds = cell.withBytes({ TimestampText.decode($0) }) else {
            throw PostgresCellError("is not a finite timestamp")
        }
        self.init(timeIntervalSinceReferenceDate: Double(microseconds) / 1_000_000)
    }
}

/// The ISO text of timestamps as microseconds since 2001-01-01 00:00:00 UTC, `Date`'s reference.
enum TimestampText {
    private static let microsecondsPerDay: Int64 = 86_400_000_000

    /// Days from 1970-01-01 to 2001-01-01.
    private static let referenceDay: Int64 = 11_323

    /// The text for a time.
    static func encode(microseconds: Int64) -> String {
        let day = microseconds.floorDivided(by: microsecondsPerDay)
        let rest = microseconds - day * microsecondsPerDay
        let (year, month, dayOfMonth) = civil(day: day + referenceDay)
        let seconds = rest / 1_000_000
        var text = padded(year > 0 ? year : 1 - year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfMonth, 2)
        text += " " + padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2)
        let fraction = rest % 1_000_000
        if fraction > 0 { text += "." + padded(fraction, 6) }
        return text + "+00" + (year > 0 ? "" : " BC")
    }

    /// The time of a text; `nil` when it is none.
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var reader = Reader(text: text)
        guard var year = reader.number(digitsMax: 6), reader.take("-"), let month = reader.number(digitsMax: 2),
            reader.take("-"), let day = reader.number(digitsMax: 2), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds: Int64 = 0
        var fraction: Int64 = 0
        if reader.take(" "), !reader.isAtEra {
            guard let hour = reader.number(digitsMax: 2), reader.take(":"), let minute = reader.number(digitsMax: 2),
                reader.take(":"), let second = reader.number(digitsMax: 2)
            else { return nil }
            seconds = hour * 3600 + minute * 60 + second
            if reader.take(".") {
                guard let digits = reader.fraction() else { return nil }
                fraction = digits
            }
            guard let offset = reader.offset() else { return nil }
            seconds -= offset
            _ = reader.take(" ")
        }
        if reader.take("B") {
            guard reader.take("C") else { return nil }
            year = 1 - year
        }
        guard reader.isAtEnd else { return nil }
        let days = self.day(year: year, month: month, day: day) - referenceDay
        return days * microsecondsPerDay + seconds * 1_000_000 + fraction
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
    }

    /// Year, month and day of a day since 1970-01-01 in the proleptic Gregorian calendar, counted in eras of
    /// 400 years that start on the first of March, so that the leap day is the last of its year.
    private static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// The day since 1970-01-01; the inverse of `civil(day:)`.
    private static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.floorDivided(by: 400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Reads digits and signs from left to right.
    private struct Reader {
        let text: UnsafeBufferPointer<UInt8>
        var index = 0

        var isAtEnd: Bool { index == text.count }
        var isAtEra: Bool { index < text.count && text[index] == UInt8(ascii: "B") }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        mutating func number(digitsMax: Int) -> Int64? {
            var value: Int64 = 0
            let start = index
            while index < text.count, index - start < digitsMax, let digit = digit(text[index]) {
                value = value * 10 + digit
                index += 1
            }
            return index > start ? value : nil
        }

        /// Up to six digits after the point, as microseconds.
        mutating func fraction() -> Int64? {
            let start = index
            guard var value = number(digitsMax: 6) else { return nil }
            for _ in (index - start)..<6 { value *= 10 }
            return value
        }

        /// `+00`, `-03:30`, `+05:53:28`; none is UTC.
        ///
        /// In seconds.
        mutating func offset() -> Int64? {
            let isNegative = take("-")
            guard isNegative || take("+") else { return 0 }
            guard let hours = number(digitsMax: 2) else { return nil }
            var seconds = hours * 3600
            for unit in [Int64(60), 1] where take(":") {
                guard let part = number(digitsMax: 2) else { return nil }
                seconds += part * unit
            }
            return isNegative ? -seconds : seconds
        }

        private func digit(_ byte: UInt8) -> Int64? {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            return Int64(byte - UInt8(ascii: "0"))
        }
    }
}

extension Int64 {
    /// The quotient rounded to negative infinity.
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
