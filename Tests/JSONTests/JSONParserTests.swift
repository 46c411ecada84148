import JSON
import Testing

struct JSONParserTests {
    /// Documents of RFC 8259 and the compact text that they have to give.
    static let accepted: [(document: String, compact: String)] = [
        ("null", "null"), ("true", "true"), ("false", "false"), ("0", "0"), ("-0", "-0"), ("1", "1"),
        ("-12", "-12"), ("1.0", "1.0"), ("1.50", "1.50"), ("1e3", "1e3"), ("1E+3", "1E+3"), ("1e-03", "1e-03"),
        ("-0.0e0", "-0.0e0"), ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("1e999999", "1e999999"),
        (#""""#, #""""#), (#""a""#, #""a""#), (#""é漢😀""#, #""é漢😀""#), (#""\"\\\/\b\f\n\r\t""#, #""\"\\/\b\f\n\r\t""#),
        (#""\u0041\u00e9\u6F22""#, #""Aé漢""#), (#""\ud83d\ude00""#, #""😀""#), (#""\uD800\uDC00""#, "\"\u{10000}\""),
        (#""\uDBFF\uDFFF""#, "\"\u{10FFFF}\""), (#""\u0000\u001f""#, #""\u0000\u001f""#), (#""\u007f""#, "\"\u{7f}\""),
        (#""\u2028""#, "\"\u{2028}\""), (#""\uFFFE\uFFFF""#, "\"\u{FFFE}\u{FFFF}\""),
        (#""</script>""#, #""</script>""#),
        ("[]", "[]"), ("[ ]", "[]"), ("[1,2]", "[1,2]"), ("[[],{}]", "[[],{}]"), ("[\t1 ,\r\n2 ]", "[1,2]"),
        ("{}", "{}"), ("{ }", "{}"), (#"{"a":1}"#, #"{"a":1}"#),
        (#" { "b" : 1 , "a" : [ null ] } "#, #"{"b":1,"a":[null]}"#),
        (#"{"":0}"#, #"{"":0}"#), (#"{"a":{"a":{"a":1}}}"#, #"{"a":{"a":{"a":1}}}"#), ("\n42\n", "42"),
    ]

    @Test(arguments: accepted)
    func parse_acceptsDocument(document: String, compact: String) throws {
        let value = try JSONValue(parsing: document)

        #expect(value.encodedString() == compact)
    }

    /// Faulty documents with the offset and reason of the first fault.
    static let rejected: [(document: String, offset: Int, reason: JSONError.Reason)] = [
        ("", 0, .unexpectedEnd), ("  ", 2, .unexpectedEnd), ("[", 1, .unexpectedEnd), ("{", 1, .unexpectedEnd),
        ("\"", 1, .unexpectedEnd), ("\"\\", 2, .unexpectedEnd), ("\"\\u12", 5, .unexpectedEnd),
        ("-", 1, .unexpectedEnd),
        ("1.", 2, .unexpectedEnd), ("1e", 2, .unexpectedEnd), ("1e+", 3, .unexpectedEnd), ("nul", 3, .unexpectedEnd),
        ("[1,", 3, .unexpectedEnd), ("{\"a\"", 4, .unexpectedEnd), ("{\"a\":", 5, .unexpectedEnd),
        ("nulL", 3, .unexpectedByte(0x4c)), ("True", 0, .unexpectedByte(0x54)), ("NaN", 0, .unexpectedByte(0x4e)),
        ("+1", 0, .unexpectedByte(0x2b)), (".5", 0, .unexpectedByte(0x2e)), ("01", 0, .invalidNumber),
        ("-01", 1, .invalidNumber), ("1.x", 2, .invalidNumber), ("1ex", 2, .invalidNumber), ("-x", 1, .invalidNumber),
        ("1.5.5", 3, .trailingBytes), ("0x10", 1, .trailingBytes), ("1 2", 2, .trailingBytes),
        ("{}}", 2, .trailingBytes),
        ("null,", 4, .trailingBytes), ("[1,]", 3, .unexpectedByte(0x5d)), ("[,1]", 1, .unexpectedByte(0x2c)),
        ("[1 2]", 3, .unexpectedByte(0x32)), ("[1}", 2, .unexpectedByte(0x7d)),
        ("{\"a\":1,}", 7, .unexpectedByte(0x7d)),
        ("{a:1}", 1, .unexpectedByte(0x61)), ("{'a':1}", 1, .unexpectedByte(0x27)), ("{1:1}", 1, .unexpectedByte(0x31)),
        ("{\"a\" 1}", 5, .unexpectedByte(0x31)), ("{\"a\":1 \"b\":2}", 7, .unexpectedByte(0x22)),
        ("// x\n1", 0, .unexpectedByte(0x2f)), ("\u{feff}1", 0, .unexpectedByte(0xef)),
        ("\u{a0}1", 0, .unexpectedByte(0xc2)),
        (#""\x""#, 1, .invalidEscape), (#""\u12g4""#, 1, .invalidEscape), (#""\U0041""#, 1, .invalidEscape),
        (#""\ud800""#, 1, .loneSurrogate), (#""\udc00""#, 1, .loneSurrogate), (#""\ud800\u0041""#, 1, .loneSurrogate),
        (#""\ud800\ud800""#, 1, .loneSurrogate), (#""\ud800x""#, 1, .loneSurrogate),
        ("\"a\nb\"", 2, .controlCharacter(0x0a)), ("\"\\n\u{0}\"", 3, .controlCharacter(0)),
        ("\"\u{1f}\"", 1, .controlCharacter(0x1f)),
        (#"{"a":1,"a":2}"#, 7, .duplicateKey("a")), (#"{"a":1,"\u0061":2}"#, 7, .duplicateKey("a")),
        (#"[{"x":{"k":1,"k":1}}]"#, 13, .duplicateKey("k")),
        // One letter in two spellings is one key, as it is to anybody who reads it.
        (#"{"\u00e9":1,"e\u0301":2}"#, 12, .duplicateKey("e\u{301}")),
    ]

    @Test(arguments: rejected)
    func parse_rejectsDocument(document: String, offset: Int, reason: JSONError.Reason) {
        #expect(throws: JSONError(offset: offset, reason: reason)) { try JSONValue(parsing: document) }
    }

    /// Byte sequences that no string can hold, RFC 3629 section 3.
    @Test(
        arguments: [
            [0x80], [0xc0, 0xaf], [0xc1, 0xbf], [0xc3], [0xe0, 0x80, 0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80],
            [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff],
        ] as [[UInt8]]
    )
    func parse_rejectsMalformedUTF8(sequence: [UInt8]) {
        let plain = [0x22] + sequence + [0x22]
        let escaped = Array("\"\\n".utf8) + sequence + [0x22]

        #expect(throws: JSONError(offset: 1, reason: .invalidUTF8)) { try JSONValue(parsing: plain) }
        #expect(throws: JSONError(offset: 1, reason: .invalidUTF8)) { try JSONValue(parsing: escaped) }
    }

    @Test
    func parse_boundsDepth() throws {
        let limits = JSONLimits(depthMax: 3)

        #expect(try JSONValue(parsing: "[[[1]]]", limits: limits) == [[[1]]])
        #expect(throws: JSONError(offset: 3, reason: .tooDeep(limit: 3))) {
            try JSONValue(parsing: "[[[[1]]]]", limits: limits)
        }
        #expect(throws: JSONError(offset: 15, reason: .tooDeep(limit: 3))) {
            try JSONValue(parsing: #"{"a":[{"bcdef":[]}]}"#, limits: limits)
        }
    }

    @Test
    func parse_survivesDeepNesting() {
        let brackets = String(repeating: "[", count: 1_000_000)

        #expect(throws: JSONError(offset: 128, reason: .tooDeep(limit: 128))) { try JSONValue(parsing: brackets) }
    }

    @Test
    func parse_boundsSizeOfBytesStringsAndEndlessSequences() throws {
        let limits = JSONLimits(documentBytesMax: 4)
        let tooLarge = JSONError(offset: 4, reason: .tooLarge(limit: 4))

        #expect(try JSONValue(parsing: "1234", limits: limits) == 1234)
        #expect(throws: tooLarge) { try JSONValue(parsing: "12345", limits: limits) }
        #expect(throws: tooLarge) { try JSONValue(parsing: Array("12345".utf8), limits: limits) }
        #expect(throws: tooLarge) {
            try JSONValue(parsing: repeatElement(UInt8(ascii: "1"), count: .max).lazy.map { $0 }, limits: limits)
        }
    }

    @Test
    func parse_boundsNumbers() throws {
        let limits = JSONLimits(numberBytesMax: 5)

        #expect(try JSONValue(parsing: "[12.34]", limits: limits) == [12.34])
        #expect(throws: JSONError(offset: 1, reason: .numberTooLong(limit: 5))) {
            try JSONValue(parsing: "[12.345]", limits: limits)
        }
    }

    @Test
    func parse_takesAnyBytes() throws {
        let document = Array(#"{"a":[1,2]}"#.utf8)
        let expected: JSONValue = ["a": [1, 2]]

        #expect(try JSONValue(parsing: document) == expected)
        #expect(try JSONValue(parsing: ([0x20] + document)[1...]) == expected)
        #expect(try JSONValue(parsing: document.lazy.map { $0 }) == expected)
    }

    @Test
    func error_namesPlaceAndReason() {
        let error = JSONError(offset: 7, reason: .duplicateKey("a\"b"))

        #expect(error.description == #"duplicate key "a\"b" at byte 7"#)
        #expect(JSONError(offset: 0, reason: .unexpectedByte(0x2c)).description == "unexpected ',' at byte 0")
        #expect(JSONError(offset: 2, reason: .controlCharacter(0)).description.contains("byte 0x00"))
    }
}
