import Foundation
public import FoundationEssentials
public import JSON

/// A part of each week in a time zone, as in "Monday to Friday from 9 to 17 in Berlin".
public struct AccessWindow: Sendable, Hashable {
    /// The days of the week, by the first three letters of their English names.
    public enum Day: String, Sendable, Hashable, CaseIterable {
        case mon, tue, wed, thu, fri, sat, sun
    }

    /// The days on which it begins; never empty.
    public let days: Set<Day>
    /// When it begins, in minutes after midnight: 0 … 1439.
    public let fromMinute: Int
    /// When it ends, in minutes after midnight: 1 … 1440; not after `fromMinute` means on the next day.
    public let toMinute: Int
    /// The name of a time zone of the IANA database.
    public let timeZone: String
    /// True for the time outside of the window.
    public let isOutside: Bool

    /// When it begins, as in `09:00`.
    public var fromText: String { Self.text(fromMinute) }
    /// When it ends, as in `17:30` or `24:00`.
    public var toText: String { Self.text(toMinute) }

    /// Whether a moment is inside, or outside where that is wanted.
    public func holds(at time: Date) -> Bool {
        contains(time) != isOutside
    }

    /// The next moment at which `holds` changes; nil when it never does, as for all days and all hours.
    public func end(after time: Date) -> Date? {
        let now = holds(at: time)
        let calendar = calendar
        let today = calendar.startOfDay(for: time)
        // A week has all of its boundaries; one more day on each side for windows over midnight.
        var boundaries = (-1...8).flatMap { offset -> [Date] in
            guard let day = calendar.date(byAdding: .day, value: offset, to: today) else { return [] }
            return [fromMinute, toMinute].flatMap { moments(minute: $0, of: day, calendar) }
        }
        // Clocks that are put forward or back may end it, too.
        if let change = calendar.timeZone.nextDaylightSavingTimeTransition(after: time) { boundaries.append(change) }
        return boundaries.filter { $0 > time }.sorted().first { holds(at: $0) != now }
    }

    private func contains(_ time: Date) -> Bool {
        let parts = calendar.dateComponents([.weekday, .hour, .minute], from: time)
        guard let weekday = parts.weekday, let hour = parts.hour, let minute = parts.minute else { return false }
        let now = hour * 60 + minute
        // The calendar counts from Sunday, which is 1.
        let today = Day.allCases[(weekday + 5) % 7]
        let yesterday = Day.allCases[(weekday + 4) % 7]
        if fromMinute < toMinute { return days.contains(today) && (fromMinute..<toMinute).contains(now) }
        return (days.contains(today) && now >= fromMinute) || (days.contains(yesterday) && now < toMinute)
    }

    /// When a day reaches a minute: once, or twice on the day on which clocks are put back over it.
    private func moments(minute: Int, of day: Date, _ calendar: Calendar) -> [Date] {
        guard minute < 1440 else { return [calendar.date(byAdding: .day, value: 1, to: day)].compactMap(\.self) }
        return [Calendar.RepeatedTimePolicy.first, .last].compactMap { policy in
            calendar.date(
                bySettingHour: minute / 60,
                minute: minute % 60,
                second: 0,
                of: day,
                matchingPolicy: .nextTime,
                repeatedTimePolicy: policy
            )
        }
    }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        // Checked when the rule was made; a zone that the system has lost since is read as UTC.
        calendar.timeZone = TimeZone(identifier: timeZone) ?? .gmt
        return calendar
    }
}

extension AccessWindow: JSONRepresentable {
    /// The schema `AccessWindow` of openapi.yaml.
    public var json: JSONValue {
        [
            "days": .array(Day.allCases.filter(days.contains).map { .string($0.rawValue) }),
            "from": .string(fromText), "to": .string(toText),
            "timeZone": .string(timeZone), "outside": .bool(isOutside),
        ]
    }

    private static func text(_ minute: Int) -> String {
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        return "\(padded(minute / 60)):\(padded(minute % 60))"
    }

    /// Reads and checks the schema `AccessWindow`; nil when something is wrong.
    ///
    /// - Parameters:
    ///   - json: The window.
    ///   - isStored: True for what was checked when it was written. Its time zone need not exist any more: a rule that
    ///     cannot be read would refuse everything, its own removal too.
    ///   - path: What the window is called in errors.
    ///   - errors: Gets what is wrong.
    init?(_ json: JSONValue, isStored: Bool = false, at path: String, errors: inout FieldErrors) {
        let known: Set = ["days", "from", "to", "timeZone", "outside"]
        guard let object = json.object else {
            errors.add(path, FieldErrorCode.invalidType, "must be an object")
            return nil
        }
        for key in object.keys where !known.contains(key) {
            errors.add("\(path).\(key)", FieldErrorCode.unknownField, "is not known")
        }
        let names: [String?] = json["days"]?.array?.map { $0.string } ?? Day.allCases.map { $0.rawValue }
        let days = names.compactMap { name in name.flatMap { Day(rawValue: $0) } }
        if days.isEmpty || days.count < names.count {
            errors.add("\(path).days", FieldErrorCode.invalidValue, "must be some of mon, tue, wed, thu, fri, sat, sun")
        }
        let from = Self.minute(json["from"], default: 0)
        let to = Self.minute(json["to"], default: 1440)
        if from == nil || from == 1440 {
            errors.add("\(path).from", FieldErrorCode.invalidValue, "must be a time like 09:00")
        }
        if to == nil { errors.add("\(path).to", FieldErrorCode.invalidValue, "must be a time like 17:30, or 24:00") }
        if let from, from < 1440, from == to {
            errors.add("\(path).to", FieldErrorCode.conflict, "must be another time than from")
        }
        let zone = json["timeZone"]?.string ?? "UTC"
        if !isStored, TimeZone(identifier: zone) == nil {
            errors.add("\(path).timeZone", FieldErrorCode.invalidValue, "must be a time zone like Europe/Berlin")
        }
        guard errors.isEmpty, let from, let to else { return nil }
        self.init(
            days: Set(days),
            fromMinute: from,
            toMinute: to == 0 ? 1440 : to,
            timeZone: zone,
            isOutside: json["outside"]?.bool ?? false
        )
    }

    private static func minute(_ json: JSONValue?, default fallback: Int) -> Int? {
        guard let json, !json.isNull else { return fallback }
        guard let match = json.string?.wholeMatch(of: #/([0-9]{2}):([0-9]{2})/#), let hour = Int(match.1),
            let minute = Int(match.2), minute < 60, hour * 60 + minute <= 1440
        else { return nil }
        return hour * 60 + minute
    }
}
