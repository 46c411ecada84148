import Foundation
import Portal
import Testing

struct RFC3339Tests {
    @Test(arguments: [
        ("1970-01-01T00:00:00.000Z", 0.0), ("2026-11-23T04:28:39.123Z", 1_795_408_119.123),
        ("2000-02-29T23:59:59.999Z", 951_868_799.999), ("1969-12-31T23:59:59.500Z", -0.5),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799.999), ("0000-01-01T00:00:00.000Z", -62_167_219_200.0),
    ])
    func format_andParse_agree(text: String, seconds: Double) throws {
        let date = Date(timeIntervalSince1970: seconds)

        #expect(RFC3339.format(date) == text)
        #expect(abs(try #require(RFC3339.parse(text)).timeIntervalSince(date)) < 0.0005)
    }

    @Test func format_clampsWhatHasNoFourDigitYear() {
        #expect(RFC3339.format(Date(timeIntervalSince1970: 1e15)) == "9999-12-31T23:59:59.999Z")
        #expect(RFC3339.format(Date(timeIntervalSince1970: -1e15)) == "0000-01-01T00:00:00.000Z")
        #expect(RFC3339.format(Date(timeIntervalSince1970: .nan)) == "1970-01-01T00:00:00.000Z")
    }

    @Test(arguments: [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"), ("2026-01-02t03:04:05z", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02T03:04:05+05:30", "2026-01-01T21:34:05.000Z"),
        ("2026-12-31T23:00:00-02:00", "2027-01-01T01:00:00.000Z"),
        ("2026-01-02T03:04:05.1Z", "2026-01-02T03:04:05.100Z"),
        ("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123Z"),
    ])
    func parse_takesOffsetsAndFractions(text: String, utc: String) throws {
        #expect(RFC3339.format(try #require(RFC3339.parse(text))) == utc)
    }

    @Test(arguments: [
        "", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02 03:04:05Z", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:60:00Z",
        "2026-01-02T03:04:60Z",
        "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.1234567890Z", "2026-01-02T03:04:05+24:00",
        "2026-01-02T03:04:05+0530",
        "2026-01-02T03:04:05ZZ", "26-01-02T03:04:05Z", "+2026-01-02T03:04:05Z", "1900-02-29T00:00:00Z",
    ])
    func parse_refusesEverythingElse(text: String) {
        #expect(RFC3339.parse(text) == nil)
    }

    @Test func microseconds_surviveARoundTrip() {
        for microseconds: Int64 in [0, 1, -1, 1_795_408_119_123_457, 4_102_444_800_999_999] {
            #expect(Date(microsecondsSince1970: microseconds).microsecondsSince1970 == microseconds)
        }
        let now = SystemTimeSource().now()
        #expect(now.roundedToMicroseconds.microsecondsSince1970 == now.microsecondsSince1970)
    }
}
