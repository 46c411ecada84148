import JSON
import Portal

/// Which preferences of an account a body changes; what it leaves out stays.
struct PreferencesChange: Sendable {
    private let name: String?
    private let theme: UserTheme?
    private let timeZone: String?
    /// Null takes the language or the days away, so whether the member is there matters.
    private let locale: UserLocale??
    private let away: AwayDays??

    /// Reads the members; the theme only where it is the reader's own.
    init(_ reader: inout JSONObjectReader, hasTheme: Bool) {
        let locale = reader.optionalChoice("locale", UserLocale.self)
        self.locale = reader.contains("locale") ? .some(locale) : .none
        name = reader.optionalString("name", charactersMax: PortalLimits.Identity.nameLengthMax)
        theme = hasTheme ? reader.optionalChoice("theme", UserTheme.self) : nil
        timeZone = reader.optionalString("timeZone", charactersMax: 64)
        let away = Self.away(&reader)
        self.away = reader.contains("away") ? .some(away) : .none
    }

    /// Changes what the body names.
    func apply(to preferences: inout UserPreferences) {
        preferences.name = name ?? preferences.name
        preferences.theme = theme ?? preferences.theme
        preferences.timeZone = timeZone ?? preferences.timeZone
        if let locale { preferences.locale = locale }
        if let away { preferences.away = away }
    }

    private static func away(_ reader: inout JSONObjectReader) -> AwayDays? {
        guard let members = reader.optionalObject("away") else { return nil }
        for key in members.keys where key != "from" && key != "until" {
            reader.fail("away.\(key)", FieldErrorCode.unknownField, "is not known; there are: from, until")
        }
        var days: [CalendarDay] = []
        for key in ["from", "until"] {
            if let day = members[key]?.string.flatMap({ CalendarDay($0) }) {
                days.append(day)
            } else {
                reader.fail("away.\(key)", FieldErrorCode.invalidValue, "must be a day like 2026-12-24")
            }
        }
        guard days.count == 2 else { return nil }
        let away = AwayDays(from: days[0], until: days[1])
        if away == nil { reader.fail("away.until", FieldErrorCode.outOfRange, "must not be before from") }
        return away
    }
}
