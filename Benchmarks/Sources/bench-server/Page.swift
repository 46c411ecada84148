/// The page of 40 KB that is measured compressed: a table such as the portal's lists, the same in every run.
enum Page {
    /// Bytes of the page.
    static let bytesCount = 40 * 1024

    /// The page.
    static let bytes: [UInt8] = {
        var text = "<!doctype html><html lang=\"en\"><head><title>VClusters</title></head><body><table>\n"
        var random = Generator(state: 2026)
        var number = 0
        while text.utf8.count < bytesCount {
            text += row(number, &random)
            number += 1
        }
        return Array(text.utf8.prefix(bytesCount))
    }()

    /// Numbers that depend on nothing but the seed (Numerical Recipes, `ranqd1`).
    private struct Generator {
        var state: UInt32

        mutating func below(_ bound: Int) -> Int {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 8) % bound
        }

        mutating func one(of choices: [String]) -> String {
            choices[below(choices.count)]
        }
    }

    private static let words = ["payments", "staging", "search", "ledger", "edge", "reports", "mobile", "sandbox"]
    private static let phases = ["running", "failed", "pending", "suspended"]

    private static func row(_ number: Int, _ random: inout Generator) -> String {
        let name = "\(random.one(of: words))-\(random.one(of: words))-\(random.below(10_000))"
        let phase = random.one(of: phases)
        return """
            <tr class="table-row"><td><a href="/vclusters/vc-\(1000 + number)">\(name)</a></td><td><span class="badge \
            badge-\(phase)">\(phase)</span></td><td>\(random.below(128)) CPU</td><td>\(random.below(64)) GiB</td><td>\
            <time datetime="2026-11-\(10 + random.below(20))T\(10 + random.below(14)):\(10 + random.below(50)):00Z">\
            \(2 + random.below(20)) hours ago</time></td></tr>

            """
    }
}
