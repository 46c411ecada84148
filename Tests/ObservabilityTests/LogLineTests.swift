import JSON
import Logging
import Testing

@testable import Observability

/// What a line of the log looks like, whatever is logged.
struct LogLineTests {
    @Test func json_isOneObjectWithTypedValues() throws {
        let pipe = TestPipe()
        var logger = pipe.logger()
        logger[metadataKey: "part"] = "engine"

        logger.info(
            "done",
            metadata: [
                "count": .stringConvertible(3), "share": .stringConvertible(0.25), "isLast": .stringConvertible(true),
                "bytes": .stringConvertible(Int64.max), "nan": .stringConvertible(Double.nan),
                "list": ["a", .stringConvertible(1)], "map": ["z": "1", "a": "2"], "part": "step",
            ]
        )

        let line = try #require(try pipe.documents().first)
        #expect(line["time"]?.string?.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil)
        #expect(line["level"] == "info" && line["logger"] == "test" && line["message"] == "done")
        #expect(line["count"] == 3 && line["isLast"] == true && line["nan"] == .null)
        #expect(line["share"] == .number(try #require(JSONNumber(0.25))))
        #expect(line["bytes"] == .number(JSONNumber(Int64.max)))
        #expect(line["list"] == ["a", 1])
        #expect(line["map"] == ["a": "2", "z": "1"])
        #expect(line["part"] == "step", "the metadata of the event wins")
        #expect(line["truncated"] == nil)
    }

    @Test(arguments: LogFormat.allCases)
    func line_cannotBeForged(format: LogFormat) {
        let pipe = TestPipe()
        let logger = pipe.logger(format)

        logger.info("a\nb\u{1B}[31m\0", metadata: ["path": "/x\r\n{\"level\":\"error\"}", "k\n": "v", "empty": ""])

        let text = pipe.read()
        #expect(text.filter { $0.isNewline }.count == 1)
        #expect(text.hasSuffix("\n"))
        #expect(!text.dropLast().utf8.contains { $0 < 0x20 })
    }

    @Test func json_keepsItsOwnNames() throws {
        let pipe = TestPipe()

        pipe.logger().notice("m", metadata: ["level": "forged", "message": "forged", "time": "never"])

        let line = try #require(try pipe.documents().first)
        #expect(line["level"] == "notice" && line["message"] == "m")
        #expect(line["_level"] == "forged" && line["_message"] == "forged" && line["_time"] == "never")
    }

    @Test func text_quotesWhatWouldNotReadAsOneWord() {
        let pipe = TestPipe()

        pipe.logger(.text).warning(
            "no operations could be claimed",
            metadata: ["a": "plain", "b": "two words", "c": "x=\"y\"", "d": "", "n": .stringConvertible(7)]
        )

        let text = pipe.read()
        #expect(
            text.hasSuffix(
                "Z warning test: no operations could be claimed a=plain b=\"two words\" c=\"x=\\\"y\\\"\" d=\"\" n=7\n"
            ),
            "\(text)"
        )
    }

    @Test(arguments: LogFormat.allCases)
    func line_isBounded(format: LogFormat) throws {
        let pipe = TestPipe()
        let logger = pipe.logger(format)
        let long = String(repeating: "é", count: 5_000)

        logger.error("\(long)", metadata: ["error": "\(long)", "more": "\(long)", "small": "kept"])
        logger.error("controls", metadata: ["x": "\(String(repeating: "\u{1}", count: 2_000))", "y": "kept"])

        let lines = pipe.read().split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines {
            #expect(line.utf8.count < 4_096)
            #expect(line.contains("kept"))
            guard format == .json else {
                #expect(line.hasSuffix(" …"))
                continue
            }
            let document = try JSONValue(parsing: String(line))
            #expect(document["truncated"] == true)
        }
    }

    @Test(arguments: 0..<8)
    func json_isValidForAnyText(seed: Int) throws {
        let pipe = TestPipe()
        let logger = pipe.logger()
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<200 {
            let scalars = (0..<Int.random(in: 0...3_000, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x1_0FFF, using: &random))
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)

            logger.info("\(text)", metadata: ["value": "\(text)", "\(text.prefix(5))": "x"])

            let line = pipe.read()
            #expect(line.utf8.count <= 4_096)
            let document = try JSONValue(parsing: line)
            #expect(document["level"] == "info")
            #expect(line.dropLast().allSatisfy { $0 != "\n" })
        }
    }

    @Test func error_ofAnEventIsNamed() throws {
        struct Broken: Error {}
        let pipe = TestPipe()

        pipe.logger().error("failed", error: Broken())

        let line = try #require(try pipe.documents().first)
        #expect(line["error"]?.string?.contains("Broken") == true)
    }

    @Test(arguments: [
        (0, 0, "1970-01-01T00:00:00.000Z"), (951_782_400, 7, "2000-02-29T00:00:00.007Z"),
        (1_795_417_199, 999, "2026-11-23T06:59:59.999Z"),
        (253_402_300_799, 50, "9999-12-31T23:59:59.050Z"),
    ])
    func time_isRFC3339(seconds: Int, milliseconds: Int, text: String) {
        var bytes: [UInt8] = []

        LogTime(seconds: seconds, milliseconds: milliseconds).append(to: &bytes)

        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
}

/// SplitMix64: the same numbers for the same seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Scrambler.mix(state)
    }
}
