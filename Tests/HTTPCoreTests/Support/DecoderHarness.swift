import HTTPCore

/// What a decoder made of some input.
struct Decoded: Equatable, CustomStringConvertible {
    /// One text a request: method, target, version, fields after Host, and content.
    var requests: [String] = []
    var error: HTTPParseError?

    var description: String { "\(requests) \(error.map { "\($0)" } ?? "")" }
}

/// Feeds pieces to a decoder as a connection does: what was not consumed comes again with more behind it.
func decode(_ pieces: [ArraySlice<UInt8>], limits: HTTPLimits = HTTPLimits()) -> Decoded {
    var decoder = RequestDecoder(limits: limits)
    var result = Decoded()
    var pending: [UInt8] = []
    var request: (head: HTTPRequestHead, body: [UInt8])?
    for piece in pieces {
        pending += piece
        do throws(HTTPParseError) {
            decoding: while true {
                var consumed = 0
                let action = try decoder.decode(pending.span, consumed: &consumed)
                switch action {
                case .needMore:
                    pending.removeFirst(consumed)
                    break decoding
                case .head(let head, let framing):
                    request = framing == .none ? nil : (head, [])
                    if framing == .none { result.requests.append(summary(head, [])) }
                case .content(let range):
                    request?.body += pending[range]
                case .end:
                    if let request { result.requests.append(summary(request.head, request.body)) }
                    request = nil
                }
                pending.removeFirst(consumed)
            }
        } catch {
            result.error = error
            return result
        }
    }
    return result
}

func decode(_ text: String, limits: HTTPLimits = HTTPLimits()) -> Decoded {
    decode([Array(text.utf8)[...]], limits: limits)
}

private func summary(_ head: HTTPRequestHead, _ body: [UInt8]) -> String {
    var parts = ["\(head.method) \(head.target.raw)"]
    if head.version == .http10 { parts.append("1.0") }
    for field in head.headers
    where field.name.lowercased() != "host" && field.name.lowercased() != "content-length"
        && field.name.lowercased() != "transfer-encoding"
    {
        parts.append("\(field.name)=\(field.value)")
    }
    if !body.isEmpty { parts.append("<" + String(decoding: body, as: UTF8.self) + ">") }
    return parts.joined(separator: " ")
}

/// A seeded generator (SplitMix64), so that a failing mutation can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
