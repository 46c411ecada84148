import FoundationEssentials
import JSON
import Testing

@testable import Portal

struct AccessWindowTests {
    private func window(_ json: JSONValue) throws -> AccessWindow {
        var errors = FieldErrors()
        let window = AccessWindow(json, at: "window", errors: &errors)
        try errors.throwIfAny()
        return try #require(window)
    }

    private func time(_ text: String) throws -> Date {
        try #require(RFC3339.parse(text))
    }

    /// 2026-11-20 is a Friday.
    @Test(arguments: [
        // Saturday and Sunday in Berlin, an hour ahead of UTC.
        (#"{"days":["sat","sun"],"timeZone":"Europe/Berlin"}"#, "2026-11-20T22:59:00Z", false, "2026-11-20T23:00:00Z"),
        (#"{"days":["sat","sun"],"timeZone":"Europe/Berlin"}"#, "2026-11-20T23:00:00Z", true, "2026-11-22T23:00:00Z"),
        (#"{"days":["sat","sun"],"timeZone":"Europe/Berlin"}"#, "2026-11-22T22:59:59Z", true, "2026-11-22T23:00:00Z"),
        // Office hours.
        (#"{"from":"09:00","to":"17:30"}"#, "2026-11-20T08:59:00Z", false, "2026-11-20T09:00:00Z"),
        (#"{"from":"09:00","to":"17:30"}"#, "2026-11-20T17:29:00Z", true, "2026-11-20T17:30:00Z"),
        (#"{"from":"09:00","to":"17:30"}"#, "2026-11-20T17:30:00Z", false, "2026-11-21T09:00:00Z"),
        // Outside of office hours on weekdays: from Friday evening to Monday morning.
        (
            #"{"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"17:00","outside":true}"#,
            "2026-11-20T17:00:00Z", true, "2026-11-23T09:00:00Z"
        ),
        (
            #"{"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"17:00","outside":true}"#,
            "2026-11-20T16:59:00Z", false, "2026-11-20T17:00:00Z"
        ),
        // Over midnight: it belongs to the day on which it begins.
        (#"{"days":["fri"],"from":"22:00","to":"02:00"}"#, "2026-11-21T01:59:00Z", true, "2026-11-21T02:00:00Z"),
        (#"{"days":["fri"],"from":"22:00","to":"02:00"}"#, "2026-11-20T01:00:00Z", false, "2026-11-20T22:00:00Z"),
        (#"{"days":["sat"],"from":"22:00","to":"02:00"}"#, "2026-11-21T01:59:00Z", false, "2026-11-21T22:00:00Z"),
        // The night on which clocks go back: the window ends at 06:00 there, which is 05:00 UTC and not 04:00.
        (
            #"{"days":["sun"],"from":"00:00","to":"06:00","timeZone":"Europe/Berlin"}"#,
            "2026-10-24T23:00:00Z", true, "2026-10-25T05:00:00Z"
        ),
        // Then 02:30 comes twice: what ends at 02:30 begins again when clocks go back to 02:00, and ends again.
        (
            #"{"days":["sun"],"from":"01:00","to":"02:30","timeZone":"Europe/Berlin"}"#,
            "2026-10-25T00:29:00Z", true, "2026-10-25T00:30:00Z"
        ),
        (
            #"{"days":["sun"],"from":"01:00","to":"02:30","timeZone":"Europe/Berlin"}"#,
            "2026-10-25T00:45:00Z", false, "2026-10-25T01:00:00Z"
        ),
        (
            #"{"days":["sun"],"from":"01:00","to":"02:30","timeZone":"Europe/Berlin"}"#,
            "2026-10-25T01:10:00Z", true, "2026-10-25T01:30:00Z"
        ),
        // The night on which clocks go forward has no 02:30: what begins then begins at 03:00, which is 01:00 UTC.
        (
            #"{"days":["sun"],"from":"02:30","to":"04:00","timeZone":"Europe/Berlin"}"#,
            "2026-03-29T00:59:00Z", false, "2026-03-29T01:00:00Z"
        ),
    ])
    func holds_knowsDaysHoursAndZones(json: String, at: String, holds: Bool, end: String) throws {
        let window = try window(try JSONValue(parsing: json))

        #expect(window.holds(at: try time(at)) == holds)
        #expect(window.end(after: try time(at)).map(RFC3339.format) == RFC3339.format(try time(end)))
    }

    /// A zone that a newer system no longer knows must not make the rule unreadable, or nobody could remove it.
    @Test func storedWindow_isReadWhateverItsZone() throws {
        var errors = FieldErrors()
        let json: JSONValue = ["timeZone": "Mars/Olympus", "from": "09:00", "to": "17:00"]

        let window = AccessWindow(json, isStored: true, at: "window", errors: &errors)

        let noon = try time("2026-11-20T12:00:00Z")
        #expect(errors.isEmpty && window?.holds(at: noon) == true)
    }

    @Test func end_isNeverForAllHoursOfAllDays() throws {
        let window = try window([:])

        #expect(window.holds(at: try time("2026-11-20T12:00:00Z")))
        #expect(window.end(after: try time("2026-11-20T12:00:00Z")) == nil)
    }

    @Test(arguments: [
        (#"{"days":[]}"#, "window.days"), (#"{"days":["monday"]}"#, "window.days"),
        (#"{"from":"9:00"}"#, "window.from"), (#"{"from":"24:00"}"#, "window.from"),
        (#"{"to":"25:00"}"#, "window.to"), (#"{"from":"09:00","to":"09:00"}"#, "window.to"),
        (#"{"timeZone":"Mars/Olympus"}"#, "window.timeZone"), (#"{"until":"09:00"}"#, "window.until"),
    ])
    func init_refusesWhatIsNoWindow(json: String, field: String) throws {
        var errors = FieldErrors()

        #expect(AccessWindow(try JSONValue(parsing: json), at: "window", errors: &errors) == nil)
        #expect(errors.all.map(\.field) == [field])
    }

    @Test func json_isReadBack() throws {
        let json: JSONValue = [
            "days": ["mon", "fri"], "from": "08:05", "to": "24:00", "timeZone": "Asia/Shanghai", "outside": true,
        ]

        #expect(try window(json).json == json)
    }
}
