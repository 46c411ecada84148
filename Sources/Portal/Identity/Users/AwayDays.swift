import Foundation
public import FoundationEssentials
public import JSON

/// The days on which somebody is away: approvals go to others meanwhile.
public struct AwayDays: Sendable, Hashable {
    /// The first day.
    public let from: CalendarDay
    /// The last day, not before the first.
    public let until: CalendarDay

    /// Days from one to another, both included; nil when they are in the wrong order.
    public init?(from: CalendarDay, until: CalendarDay) {
        guard from <= until else { return nil }
        self.from = from
        self.until = until
    }

    /// Whether a day is one of them.
    public func contains(_ day: CalendarDay) -> Bool { from <= day && day <= until }
}

extension AwayDays: JSONRepresentable {
    /// The schema `AwayDays` of openapi.yaml.
    public var json: JSONValue { ["from": from.json, "until": until.json] }
}

extension User {
    /// Whether the user is away at a time, by the days of their own time zone.
    public func isAway(at time: Date) -> Bool {
        guard let away else { return false }
        return away.contains(CalendarDay(time, in: TimeZone(identifier: timeZone) ?? .gmt))
    }
}
