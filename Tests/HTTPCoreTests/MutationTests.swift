import HTTPCore
import Testing

/// Seeded byte mutations of the corpus: no input may trap, and there is only one way to read it.
///
/// A second of what `make fuzz` does for as long as one likes (docs/contributing.md).
struct MutationTests {
    private static let seeds: [[UInt8]] = FramingCase.all.map(\.input).filter { $0.count <= 400 }
    private static let interesting: [UInt8] =
        Array("\r\n\0\t :;,=%/?#*0129afF-+.\"\\[]\u{7F}".utf8) + [0x80, 0xC3, 0xFF]

    @Test(arguments: 0..<16)
    func decode_hasOneReadingOfEverything(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<1500 {
            let input = Self.mutated(&random)

            #expect(RequestProperty.violation(in: input) == nil, "seed \(seed): \(input)")
        }
    }

    @Test(arguments: 0..<8)
    func chunkedDecoder_neverTraps(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed) + 1000)
        for _ in 0..<2000 {
            let input = Self.mutated(&random)
            var decoder = ChunkedDecoder()
            var position = 0
            do throws(HTTPParseError) {
                while true {
                    var consumed = 0
                    let action = try decoder.decode(input.span.extracting(position...), consumed: &consumed)
                    if case .data(let range) = action {
                        #expect(!range.isEmpty && range.upperBound == consumed)
                    }
                    position += consumed
                    if action == .needMore || action == .end { break }
                }
            } catch {
                continue
            }
        }
    }

    private static func mutated(_ random: inout SeededGenerator) -> [UInt8] {
        var input = seeds[Int.random(in: 0..<seeds.count, using: &random)]
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let position = Int.random(in: 0...max(0, input.count - 1), using: &random)
            let byte =
                Bool.random(using: &random)
                ? interesting[Int.random(in: 0..<interesting.count, using: &random)]
                : UInt8.random(in: 0...255, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where !input.isEmpty: input[position] = byte
            case 1: input.insert(byte, at: position)
            case 2 where !input.isEmpty: input.remove(at: position)
            case 3 where !input.isEmpty:
                let end = Int.random(in: position..<input.count, using: &random)
                input.insert(contentsOf: input[position...end], at: position)
            default:
                input += seeds[Int.random(in: 0..<seeds.count, using: &random)].prefix(60)
            }
        }
        return input
    }
}
