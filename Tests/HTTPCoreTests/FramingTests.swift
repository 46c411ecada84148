import HTTPCore
import Testing

struct FramingTests {
    @Test(arguments: FramingCase.all)
    func decode_hasOneReading(_ example: FramingCase) {
        let decoded = decode(example.input)

        switch example.expected {
        case .requests(let requests):
            #expect(decoded == Decoded(requests: requests))
        case .refused(let error):
            #expect(decoded.error == error)
            #expect(decoded.requests.isEmpty)
        }
    }

    @Test(arguments: FramingCase.all)
    func decode_isTheSameForEveryCut(_ example: FramingCase) {
        let bytes = Array(example.input.utf8)
        let whole = decode([bytes[...]])

        #expect(decode(bytes.indices.map { bytes[$0...$0] }) == whole, "byte by byte")
        // Long inputs are long because of one long run; cutting at its two ends and at some places inside is enough.
        let cuts = bytes.count <= 400 ? Array(bytes.indices) : Array(stride(from: 0, to: bytes.count, by: 97))
        for cut in cuts {
            #expect(decode([bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
        }
    }

    @Test func corpus_isLargeEnough() {
        #expect(FramingCase.all.count >= 150)
    }

    @Test func everyError_hasAClosingStatusAndAMessage() {
        for error in HTTPParseError.allCases {
            #expect([400, 413, 414, 417, 431, 501, 505].contains(error.status.code), "\(error)")
            #expect(error.message.hasSuffix("."))
        }
    }
}
