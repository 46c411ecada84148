import Foundation
import Portal

/// Writes for one reader: texts in the reader's language, times in the reader's time zone.
///
/// A value with no hidden state: the clock is a parameter, so the same input always gives the same page.
struct Localizer: Sendable {
    /// The language of the reader.
    let language: PortalLanguage

    /// The moment the page is written; relative times count from it.
    let now: Date

    private let catalogues: Catalogues
    private let calendar: Calendar

    /// A writer for one page.
    init(language: PortalLanguage, catalogues: Catalogues, timeZone: TimeZone, now: Date) {
        self.language = language
        self.catalogues = catalogues
        self.now = now
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        self.calendar = calendar
    }

    /// The text with a key.
    ///
    /// A key that does not exist is shown in brackets, which a test looks for in every page.
    func text(_ key: String, _ arguments: [String: MessageArgument] = [:]) -> String {
        guard let message = catalogues.message(key, in: language) else { return "⟦\(key)⟧" }
        return message.text(arguments, language: language)
    }

    /// The text with a key, or nil when the catalogues have none: for codes that come from the domain.
    func textIfPresent(_ key: String, _ arguments: [String: MessageArgument] = [:]) -> String? {
        catalogues.message(key, in: language)?.text(arguments, language: language)
    }

    /// A text that counts.
    func count(_ key: String, _ count: Int) -> String {
        text(key, [Message.pluralArgument: .number(count)])
    }

    /// A moment in every form a page shows it.
    func time(_ date: Date) -> TimeText {
        TimeText(iso: isoText(date), absolute: absoluteText(date), relative: relativeText(date))
    }

    /// A length of time in its two largest units, such as “1 min 12 s”; under a second is “< 1 s”.
    func duration(seconds: Int) -> String {
        guard seconds > 0 else { return text("time.underASecond") }
        let units = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)]
        guard let first = units.firstIndex(where: { seconds >= $0.1 }) else { return text("time.underASecond") }
        let whole = seconds / units[first].1
        let major = unitText(units[first].0, whole)
        guard first + 1 < units.count else { return major }
        let rest = (seconds - whole * units[first].1) / units[first + 1].1
        return rest == 0
            ? major : text("time.two", ["major": .text(major), "minor": .text(unitText(units[first + 1].0, rest))])
    }

    private func unitText(_ unit: String, _ amount: Int) -> String {
        text("time.\(unit)", [Message.pluralArgument: .number(amount)])
    }

    private func relativeText(_ date: Date) -> String {
        let seconds = Int(now.timeIntervalSince(date).rounded())
        if abs(seconds) < 5 { return text("time.now") }
        let units = [("year", 31_536_000), ("month", 2_592_000), ("day", 86_400), ("hour", 3_600), ("minute", 60)]
        let magnitude = abs(seconds)
        let unit = units.first { magnitude >= $0.1 } ?? ("second", 1)
        let amount = unitText(unit.0, magnitude / unit.1)
        return text(seconds > 0 ? "time.ago" : "time.ahead", ["amount": .text(amount)])
    }

    private func absoluteText(_ date: Date) -> String {
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        let month = parts.month ?? 1
        let clock = "\(NumberText.twoDigits(parts.hour ?? 0)):\(NumberText.twoDigits(parts.minute ?? 0))"
        return text(
            "time.date",
            [
                "year": "\(parts.year ?? 0)", "month": .text(text("time.monthName.\(month)")),
                "day": "\(parts.day ?? 0)",
                "clock": .text(clock), "zone": .text(calendar.timeZone.abbreviation(for: date) ?? ""),
            ]
        )
    }

    private func isoText(_ date: Date) -> String {
        date.formatted(.iso8601)
    }
}

/// A moment as a page shows it: for machines, in full, and as a distance from now.
struct TimeText: Sendable, Equatable {
    /// RFC 3339 in UTC, for `<time datetime>`.
    let iso: String
    /// The date with the time of day in the reader's time zone.
    let absolute: String
    /// “3 min ago”, “in 2 days”.
    let relative: String
}
