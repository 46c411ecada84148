import HTTPCore
import Testing

struct FramingTests {
    @Test(arguments: FramingCase.all)
    func decode_hasOneReading(_ example: FramingCase) {
        let reading = RequestReading(example.input)

        #expect(reading.completeRequests.map { FramingCase.summary($0.head, $0.content) } == example.requests)
        #expect(reading.error == example.error)
    }

    @Test(arguments: FramingCase.all)
    func decode_isTheSameForEveryCut(_ example: FramingCase) {
        let bytes = example.input
        let whole = RequestReading(bytes)

        #expect(RequestReading(bytes, cuts: bytes.indices) == whole, "byte by byte")
        // Long inputs are long because of one long run; cutting at its two ends and at some places inside is enough.
        for cut in stride(from: 0, to: bytes.count, by: bytes.count <= 400 ? 1 : 97) {
            #expect(RequestReading(bytes, cuts: [cut]) == whole, "cut at \(cut)")
        }
    }

    @Test func corpus_isLargeAndNamesItsSources() {
        #expect(FramingCase.all.count >= 150)
        #expect(Set(FramingCase.all.map(\.input)).count == FramingCase.all.count, "a case is there twice")
        for example in FramingCase.all {
            #expect(example.reference.contains(#/^(9112|9110|9113|3986|3629|6585|6874) \d+(\.\d+)*$/#), "\(example)")
        }
    }

    @Test func absoluteTarget_winsOverHost() throws {
        let reading = RequestReading(Array("GET http://b:81/c HTTP/1.1\r\nHost: a\r\n\r\n".utf8))

        let head = try #require(reading.requests.first?.head)
        #expect(head.authority == "b:81")
        #expect(head.path == "/c")
    }

    @Test func trailers_areOfTheirRequestOnly() {
        let chunked = FramingCase.chunks("0\r\nA: b\r\n\r\n")
        let plain = FramingCase.post("Content-Length: 1", content: "x")

        let reading = RequestReading(Array((chunked + plain + FramingCase.chunks("0\r\n\r\n")).utf8))

        #expect(reading.completeRequests.map(\.trailers) == [["A": "b"], [:], [:]])
    }

    @Test func everyError_hasAClosingStatusAndAMessage() {
        for error in HTTPParseError.allCases {
            #expect([400, 413, 414, 417, 431, 501, 505].contains(error.status.code), "\(error)")
            #expect(error.message.hasSuffix("."))
        }
    }
}
