import JSON
import Testing

struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("0.0", 0), ("2.0", 2), ("0.2e1", 2), ("-1.50e2", -150), ("100e-2", 1),
            ("1e18", 1_000_000_000_000_000_000),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775.807e3", .max),
            ("0e99999", 0),
            ("000", nil), ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1e19", nil), ("1.5", nil),
            ("1e-2", nil),
            ("1e999999999999999999999", nil),
        ] as [(String, Int64?)]
    )
    func int_isExactOrNil(text: String, expected: Int64?) {
        #expect(JSONNumber(text: text)?.int == expected)
    }

    @Test
    func text_isKept() throws {
        let value = try JSONValue(parsing: "[12.340000,1E+2,-0]")

        #expect(value[0]?.number?.text == "12.340000")
        #expect(value.encodedString() == "[12.340000,1E+2,-0]")
    }

    @Test
    func equality_isEqualityOfText() {
        #expect(JSONNumber(text: "1.0") != JSONNumber(text: "1"))
        #expect(JSONNumber(Int64(7)) == JSONNumber(text: "7"))
        #expect(JSONNumber(7) == JSONNumber(Int64(7)))
    }

    @Test(arguments: [0.1, 1e21, -0.0, 123456.789, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
    func double_survivesRoundTrip(value: Double) throws {
        let number = try #require(JSONNumber(value))

        #expect(try JSONValue(parsing: number.text).double == value)
    }

    @Test
    func double_hasNoTextUnlessFinite() {
        #expect(JSONNumber(Double.infinity) == nil)
        #expect(JSONNumber(Double.nan) == nil)
        #expect(JSONValue(Double.nan).isNull)
        #expect(JSONNumber(text: "1e400")?.double == .infinity)
    }

    @Test(arguments: ["", " 1", "1 ", "01", "+1", "0x1", "1_000", "１", "nan", "--1", "1e"])
    func init_refusesTextThatIsNoNumber(text: String) {
        #expect(JSONNumber(text: text) == nil)
    }
}
