import HTTPCore

/// What holds for the reader of PROXY headers whatever comes in front of a connection.
public enum ProxyProperty {
    /// Reads every beginning of an input, as it arrives byte by byte, and holds the answers against each other.
    ///
    /// - Parameter input: The first bytes of a connection.
    /// - Returns: What is wrong; `nil` when all properties hold.
    public static func violation(in input: [UInt8]) -> String? {
        var decided: Answer?
        for count in 0...min(input.count, HTTPLimits.proxyHeaderBytesMax + 1) {
            let answer = answer(input.span.extracting(..<count))
            switch (decided, answer) {
            case (nil, .needsMore):
                guard count <= HTTPLimits.proxyHeaderBytesMax else { return "undecided after \(count) bytes" }
            case (nil, .header(let header, let consumed)):
                guard consumed == count else { return "complete after \(consumed) bytes, known after \(count)" }
                if let violation = wrongSource(header) { return violation }
                decided = answer
            case (nil, .refused):
                decided = answer
            // Which rule was broken may become clearer; that one was does not change.
            case (.refused, .refused):
                break
            default:
                guard decided == answer else { return "\(String(describing: decided)) became \(answer)" }
            }
        }
        return nil
    }

    private enum Answer: Equatable {
        case needsMore, refused
        case header(ProxyHeader, consumed: Int)
    }

    private static func answer(_ input: Span<UInt8>) -> Answer {
        var consumed = 0
        do throws(ProxyHeader.Failure) {
            guard let header = try ProxyHeader.parse(input, consumed: &consumed) else { return .needsMore }
            return .header(header, consumed: consumed)
        } catch {
            return .refused
        }
    }

    private static func wrongSource(_ header: ProxyHeader) -> String? {
        switch header.source {
        case .address(let address, _):
            return IPAddress(address.description) == address ? nil : "\(address) is not read as itself"
        case .unix(let path):
            return path.unicodeScalars.count <= 108 && path.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
                ? nil : "path \(path)"
        case nil:
            return nil
        }
    }
}
