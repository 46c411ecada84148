import HTTPCore

/// What holds for the readers of targets, fields and forms whatever stands in them.
///
/// The first byte of an input chooses the reader, the others are the text.
public enum SemanticsProperty {
    /// The readers in the order of the bytes that choose them.
    public static let readers: [(name: String, violation: @Sendable (String) -> String?)] = [
        ("target", target), ("range", range), ("accept", accept), ("language", language),
        ("media type", mediaType), ("cookies", cookies), ("set-cookie", setCookie), ("entity tag", entityTag),
        ("date", date), ("query", query), ("escapes", escapes), ("conditions", conditions),
        ("forwarded", forwarded), ("address", address), ("response field", responseField), ("coding", coding),
        ("trace", trace),
    ]
    /// More than there are readers, so that a new one changes the meaning of no input that was kept.
    private static let choicesMax = 32

    /// Gives an input to its reader.
    ///
    /// - Parameter input: A byte and a text; what is not UTF-8 is read as ISO 8859-1, as in fields.
    /// - Returns: What is wrong; `nil` when all properties hold.
    public static func violation(in input: [UInt8]) -> String? {
        guard let first = input.first, Int(first) % choicesMax < readers.count else { return nil }
        let reader = readers[Int(first) % choicesMax]
        let bytes = input.dropFirst()
        let text =
            String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        return reader.violation(text).map { "\(reader.name): \($0)" }
    }
}

// MARK: - Targets and forms

extension SemanticsProperty {
    private static func target(_ text: String) -> String? {
        guard let target = try? RequestTarget(text) else { return nil }
        guard target.isAsterisk || target.rawPath.hasPrefix("/") && target.path.hasPrefix("/") else { return "no root" }
        let isClean = target.path.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isClean else { return "a control character in \(target.path.debugDescription)" }
        guard !target.isAsterisk else { return target.segments.isEmpty ? nil : "segments of *" }
        // Decoding in one step or per segment has to come to the same, or a check of one could be passed by the other.
        let joined = target.segments.map(reescaped).joined(separator: "/")
        return "/" + joined == target.path ? nil : "\(target.segments) is not \(target.path)"
    }

    /// The two escapes that `path` keeps.
    private static func reescaped(_ segment: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in segment.unicodeScalars {
            switch scalar {
            case "%": result.append(contentsOf: "%25".unicodeScalars)
            case "/": result.append(contentsOf: "%2F".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private static func query(_ text: String) -> String? {
        let items = QueryItems(parsing: text)
        guard items.items.count <= HTTPLimits.formFieldsMax else { return "\(items.items.count) fields" }
        guard QueryItems(parsing: items.encoded).items == items.items else { return "written again they differ" }
        let form = try? FormDecoder.decode(Array(text.utf8), contentType: "application/x-www-form-urlencoded")
        guard let form else { return items.isTruncated ? nil : "refused as a form" }
        return form == items ? nil : "another form"
    }

    private static func escapes(_ text: String) -> String? {
        let encoded = PercentCoding.encoded(text)
        guard encoded.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return "\(encoded) is not ASCII" }
        guard PercentCoding.decoded(encoded) == text else { return "\(encoded) is not decoded to itself" }
        guard let decoded = PercentCoding.decoded(text) else { return nil }
        return decoded.utf8.count <= text.utf8.count ? nil : "decoding made it longer"
    }
}

// MARK: - Addresses

extension SemanticsProperty {
    private static func address(_ text: String) -> String? {
        if let address = IPAddress(text) {
            guard IPAddress(address.description) == address else { return "\(address) is not read as itself" }
            guard IPNetwork(address.description)?.contains(address) == true else { return "not in its own network" }
        }
        guard let network = IPNetwork(text) else { return nil }
        return IPNetwork(network.description) == network ? nil : "\(network) is not read as itself"
    }

    private static func forwarded(_ text: String) -> String? {
        let proxies = TrustedProxies(parsing: "10.0.0.0/8, ::1")
        guard let proxies else { return "no proxies" }
        for name in ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"] {
            guard let origin = ForwardedOrigin([name: text], trusting: proxies) else { continue }
            if let host = origin.host {
                let head = RequestReading(Array("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n".utf8))
                guard head.error == nil else { return "the host \(host)" }
            }
            if let client = origin.client, IPAddress(client.address.description) != client.address {
                return "the client \(client)"
            }
        }
        return nil
    }
}
