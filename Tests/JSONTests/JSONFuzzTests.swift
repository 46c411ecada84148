import JSON
import Testing

/// A small generator with a seed, so that a failure can be repeated (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

struct JSONFuzzTests {
    private static let seeds = [
        #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"x":"y"}},"#
            + #""n":[1,-2.5e3,true,null,"é\ud83d\ude00\n"]}"#,
        #"[[[[]]],{"a":{"b":{}}},"","\\\"",0,1e10,-0.001]"#,
        " { \"k\" : [ \"\u{6f22}\u{5b57}\" , 12345678901234567890 ] } ",
    ]

    /// Whatever comes in, the parser either throws with an offset inside of the document, or gives a value that
    /// survives a round trip.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func parse_survivesMutations(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        for _ in 0..<4_000 {
            var document = Array(Self.seeds[Int(random.next() % UInt64(Self.seeds.count))].utf8)
            for _ in 0...(random.next() % 4) {
                mutate(&document, &random)
            }
            do throws(JSONError) {
                let value = try JSONValue(parsing: document)
                #expect(try JSONValue(parsing: value.encoded()) == value)
                #expect(try JSONValue(parsing: value.encodedString(pretty: true)) == value)
            } catch {
                #expect((0...document.count).contains(error.offset))
            }
        }
    }

    /// Any value that can be built survives encoding and parsing.
    @Test(arguments: 100..<104 as Range<UInt64>)
    func encode_roundTripsRandomValues(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        for _ in 0..<300 {
            let value = randomValue(&random, depth: 0)
            #expect(try JSONValue(parsing: value.encoded()) == value)
        }
    }

    private func mutate(_ document: inout [UInt8], _ random: inout SeededGenerator) {
        let interesting = Array("\"\\{}[]:,0-+.eEu \n".utf8) + [0x00, 0x1f, 0x7f, 0x80, 0xc3, 0xed, 0xf4, 0xff]
        guard !document.isEmpty else { return }
        let index = Int(random.next() % UInt64(document.count))
        switch random.next() % 5 {
        case 0: document[index] = UInt8(truncatingIfNeeded: random.next())
        case 1: document[index] = interesting[Int(random.next() % UInt64(interesting.count))]
        case 2: document.remove(at: index)
        case 3: document.insert(interesting[Int(random.next() % UInt64(interesting.count))], at: index)
        default: document.replaceSubrange(index..., with: document[(document.count - index)...])
        }
    }

    private func randomValue(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        switch random.next() % (depth > 4 ? 5 : 7) {
        case 0: return .null
        case 1: return .bool(random.next() % 2 == 0)
        case 2: return JSONValue(Int64(bitPattern: random.next()))
        case 3: return JSONValue(Double(bitPattern: random.next()))
        case 4: return .string(randomString(&random))
        case 5: return .array((0..<(random.next() % 5)).map { _ in randomValue(&random, depth: depth + 1) })
        default:
            var object = JSONObject()
            for _ in 0..<(random.next() % 20) {
                object[randomString(&random)] = randomValue(&random, depth: depth + 1)
            }
            return .object(object)
        }
    }

    private func randomString(_ random: inout SeededGenerator) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<(random.next() % 8) {
            let limit: UInt32 = random.next() % 2 == 0 ? 0x80 : 0x110000
            if let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: random.next()) % limit) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
