import Testing

@testable import HTTPCore

/// W3C Trace Context: what is read, what begins a new trace, what is passed on.
struct TraceContextTests {
    static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    static let span = "00f067aa0ba902b7"
    static let example = "00-\(trace)-\(span)-01"

    @Test func parse_readsTheExampleOfTheStandard() throws {
        let context = try #require(TraceContext(parsing: Self.example, tracestate: "rojo=00f067aa0ba902b7,congo=t61"))

        #expect(context.traceID.description == Self.trace)
        #expect(context.spanText == Self.span)
        #expect(context.isSampled)
        #expect(context.flags == .sampled)
        #expect(context.state == "rojo=00f067aa0ba902b7,congo=t61")
        #expect(context.traceparent == Self.example)
    }

    @Test(arguments: [
        // Version 00: exactly the four parts.
        "", "00", "00-", "00-\(trace)-\(span)", "00-\(trace)-\(span)-", "00-\(trace)-\(span)-0",
        "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-more", "00-\(trace)-\(span)-01 ", " 00-\(trace)-\(span)-01",
        "00_\(trace)-\(span)-01", "00-\(trace)_\(span)-01", "00-\(trace)-\(span)_01", "000-\(trace)-\(span)-01",
        // Only lower-case hexadecimal digits.
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-\(span)-01", "00-\(trace)-00F067AA0BA902B7-01", "00-\(trace)-\(span)-0A",
        "0g-\(trace)-\(span)-01", "00-4bf92f3577b34da6a3ce929d0e0e473g-\(span)-01", "00-\(trace)-\(span)-+1",
        "00-\(trace)-00f067aa0ba902b\u{E9}-01",
        // Zeros are no ids.
        "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
        // Version ff is forbidden; a later one must keep the four parts.
        "ff-\(trace)-\(span)-01", "ff-\(trace)-\(span)-01-more", "FF-\(trace)-\(span)-01",
        "01-\(trace)-\(span)-01.more",
        "cc-\(trace)-\(span)-0", "cc-\(trace)-\(span)-01x",
        // Two lines of the field.
        "\(example), \(example)", "\(example),\(example)",
    ])
    func parse_refuses(traceparent: String) {
        #expect(TraceContext(parsing: traceparent) == nil)
    }

    @Test(arguments: [
        ("00-\(trace)-\(span)-00", "00"), ("00-\(trace)-\(span)-02", "02"), ("00-\(trace)-\(span)-03", "03"),
        // Bits without a meaning are not passed on.
        ("00-\(trace)-\(span)-ff", "03"), ("00-\(trace)-\(span)-fc", "00"),
        // Later versions: the bit of level 1 only, whatever follows.
        ("01-\(trace)-\(span)-01", "01"), ("01-\(trace)-\(span)-03", "01"),
        ("cc-\(trace)-\(span)-01-what-the-future", "01"),
        ("fe-\(trace)-\(span)-00-", "00"),
    ])
    func parse_keepsTheFlagsItKnows(traceparent: String, flags: String) throws {
        let context = try #require(TraceContext(parsing: traceparent))

        #expect(context.traceparent == "00-\(Self.trace)-\(Self.span)-\(flags)")
    }

    @Test(arguments: [
        "a=1", "a=1,b=2", "a=1, b=2", "a=1\t,\tb=2", "a=1,,b=2", "fw529a3039@dt=FfPJ0Eg", "0tenant@sys=v", "a_-*/9=x",
        "a= inner space", "a=!~",
        "\(String(repeating: "k", count: 256))=v", "k=\(String(repeating: "v", count: 256))",
        (1...32).map { "k\($0)=v" }.joined(separator: ","),
    ])
    func tracestate_isKeptAsItIs(state: String) throws {
        let context = try #require(TraceContext(parsing: Self.example, tracestate: state))

        #expect(context.state == state)
    }

    @Test(arguments: [
        "", "a", "=", "a=", "=1", "a=1;b=2", "A=1", "1a=1", "a@=1", "@b=1", "a@b@c=1", "a@1b=1", "a =1", "a=1=2",
        "a=\u{E9}", "a=1\u{7F}", "a=1\u{0}", "\u{E9}=1",
        "a@\(String(repeating: "s", count: 15))=v", "\(String(repeating: "t", count: 242))@s=v",
        "\(String(repeating: "k", count: 257))=v", "k=\(String(repeating: "v", count: 257))",
        (1...33).map { "k\($0)=v" }.joined(separator: ","),
        (1...3).map { "k\($0)=\(String(repeating: "v", count: 200))" }.joined(separator: ","),
    ])
    func tracestate_isDroppedAloneWhenInvalid(state: String) throws {
        let context = try #require(TraceContext(parsing: Self.example, tracestate: state))

        #expect(context.state.isEmpty)
        #expect(context.traceparent == Self.example)
    }

    @Test func child_keepsTheTrace() throws {
        let parent = try #require(TraceContext(parsing: Self.example, tracestate: "a=1"))

        let child = try #require(parent.child(spanID: 0xAB))

        #expect(child.traceparent == "00-\(Self.trace)-00000000000000ab-01")
        #expect(child.state == "a=1")
        #expect(parent.child(spanID: 0) == nil)
    }

    @Test(arguments: 0..<8)
    func parse_survivesMutations(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("0123456789abcdefABCDEFg-_ ,=@\t\u{7F}".utf8)
        for _ in 0..<5_000 {
            var input = Array(Self.example.utf8)
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let byte = alphabet.randomElement(using: &random) ?? 0
                let position = Int.random(in: 0...max(0, input.count - 1), using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: input.insert(byte, at: position)
                case 1 where !input.isEmpty: input.remove(at: position)
                default: if !input.isEmpty { input[position] = byte }
                }
            }
            let text = String(decoding: input, as: UTF8.self)
            guard let context = TraceContext(parsing: text, tracestate: text) else { continue }

            // Whatever is accepted is passed on in the form of the standard, and reads the same again.
            let again = TraceContext(parsing: context.traceparent, tracestate: context.state)
            #expect(again == context, "\(text)")
            #expect(context.traceparent.utf8.count == 55)
        }
    }
}
