import JSON
import Testing

struct JSONEncodingTests {
    @Test
    func encode_escapesWhatHasToBe() throws {
        let text = String(String.UnicodeScalarView((0..<0x80).compactMap { Unicode.Scalar($0) })) + "é\u{2028}😀"
        let encoded = JSONValue.string(text).encodedString()

        #expect(
            encoded.hasPrefix(#""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010"#)
        )
        #expect(encoded.contains(#"\u001f !\"#))
        #expect(encoded.contains(#"[\\]"#))
        #expect(encoded.hasSuffix("~\u{7f}é\u{2028}😀\""))
        #expect(try JSONValue(parsing: encoded) == .string(text))
    }

    @Test
    func encode_pretty() {
        let value: JSONValue = ["a": [1, ["b": nil]], "empty": [:], "none": [], "c": "x"]

        #expect(
            value.encodedString(pretty: true) == """
                {
                  "a": [
                    1,
                    {
                      "b": null
                    }
                  ],
                  "empty": {},
                  "none": [],
                  "c": "x"
                }
                """
        )
    }

    @Test
    func encode_appendsToBytes() {
        var bytes = Array("data: ".utf8)
        JSONValue.array([1]).encode(into: &bytes)

        #expect(String(decoding: bytes, as: UTF8.self) == "data: [1]")
    }

    @Test
    func encode_takesStringsOfForeignStorage() {
        let slice = "…abc\"def…".dropFirst().dropLast()

        #expect(JSONValue.string(String(slice)).encodedString() == #""abc\"def""#)
    }
}
