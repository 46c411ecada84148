/// A date of a header field: whole seconds, always UTC (RFC 9110 section 5.6.7).
public struct HTTPDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z, in the years 1…9999.
    public let epochSeconds: Int64

    private static let secondsADay: Int64 = 86_400
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let earliest: Int64 = -62_135_596_800
    private static let latest: Int64 = 253_402_300_799

    /// A date; one outside the years 1…9999 becomes the nearest inside.
    public init(epochSeconds: Int64) {
        self.epochSeconds = min(max(epochSeconds, Self.earliest), Self.latest)
    }

    /// Reads any of the three formats: IMF-fixdate, RFC 850 and asctime.
    ///
    /// - Parameters:
    ///   - value: A field value; `nil` is no date.
    ///   - yearNow: The present year; a two-digit year that would be more than 50 years ahead is in the past
    ///     (RFC 9110 section 5.6.7).
    public init?(parsing value: String?, yearNow: Int = 2026) {
        guard let parts = value?.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" }).map(String.init),
            let weekday = parts.first?.prefix(3), Self.weekdays.contains(String(weekday))
        else { return nil }
        switch parts.count {
        case 6 where parts[5] == "GMT":  // Sun, 06 Nov 1994 08:49:37 GMT, or Sunday, 06-Nov-94 08:49:37 GMT
            let isShort = parts[3].utf8.count == 2
            guard parts[1].utf8.count == 2, isShort || parts[3].utf8.count == 4, var year = Self.number(parts[3]) else {
                return nil
            }
            if isShort {
                year += yearNow - yearNow % 100
                if year > yearNow + 50 { year -= 100 }
            }
            self.init(year: year, month: parts[2], day: parts[1], time: parts[4])
        case 5 where parts[4].utf8.count == 4:  // Sun Nov  6 08:49:37 1994
            guard let year = Self.number(parts[4]) else { return nil }
            self.init(year: year, month: parts[1], day: parts[2], time: parts[3])
        default:
            return nil
        }
    }

    private init?(year: Int, month: String, day: String, time: String) {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let month = Self.months.firstIndex(of: month), let day = Self.number(day), (1...9999).contains(year),
            clock.count == 3, clock.allSatisfy({ $0.utf8.count == 2 }), let hour = Self.number(clock[0]),
            let minute = Self.number(clock[1]), let second = Self.number(clock[2]), hour < 24, minute < 60,
            second <= 60,
            day >= 1, day <= Self.daysIn(month: month + 1, year: year)
        else { return nil }
        let days = Self.days(year: year, month: month + 1, day: day)
        self.init(epochSeconds: days * Self.secondsADay + Int64(hour * 3600 + minute * 60 + min(second, 59)))
    }

    /// One to four digits.
    private static func number(_ text: String) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= ASCII.zero && $0 <= ASCII.nine }) else {
            return nil
        }
        return Int(text)
    }

    /// Orders by time.
    public static func < (first: HTTPDate, second: HTTPDate) -> Bool {
        first.epochSeconds < second.epochSeconds
    }

    /// IMF-fixdate, 29 characters, for example `Sun, 06 Nov 1994 08:49:37 GMT`.
    public var description: String {
        let (days, seconds) = epochSeconds.flooredQuotientAndRemainder(by: Self.secondsADay)
        let (year, month, day) = Self.date(days: days)
        let weekday = Int((days + 4).flooredQuotientAndRemainder(by: 7).remainder)
        let (hour, minute, second) = (Int(seconds) / 3600, Int(seconds) / 60 % 60, Int(seconds) % 60)
        return "\(Self.weekdays[weekday]), \(Self.padded(day, 2)) \(Self.months[month - 1]) \(Self.padded(year, 4)) "
            + "\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2)) GMT"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, counted in eras of 400 years that begin
    /// on 1 March, so that the leap day is the last of its year.
    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.flooredQuotientAndRemainder(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    private static func date(days: Int64) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (Int(days) + 719_468).flooredQuotientAndRemainder(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension FixedWidthInteger {
    /// Division that rounds towards negative infinity, so that the remainder is never negative.
    fileprivate func flooredQuotientAndRemainder(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
