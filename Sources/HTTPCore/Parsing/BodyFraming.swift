/// How long the content of a request is, decided once from its head (RFC 9112 section 6.3).
///
/// A request has exactly one reading here, or none: whatever two implementations could read in two ways is refused.
public enum BodyFraming: Sendable, Hashable {
    /// No content follows the head.
    case none
    /// This many bytes follow, at least 1.
    case length(Int64)
    /// Chunks follow, up to the last chunk and the trailer section.
    case chunked

    /// Decides the framing and checks the fields that belong to it.
    ///
    /// Checked in this order: `Host`, `Transfer-Encoding`, `Content-Length`, `Expect`.
    ///
    /// - Parameters:
    ///   - head: A parsed head.
    ///   - limits: For the size of the content.
    /// - Throws: The first violation found.
    public init(of head: borrowing HTTPRequestHead, limits: borrowing HTTPLimits) throws(HTTPParseError) {
        var (hosts, lengths, codings) = (0, 0, 0)
        var (host, length, coding, expectation) = ("", "", "", String?.none)
        // One pass over the fields; four look-ups by name would cost four.
        for field in head.headers {
            switch field.name.utf8.count {
            case 4 where ASCII.equalsIgnoringCase(field.name, "Host"):
                hosts += 1
                host = field.value
            case 6 where ASCII.equalsIgnoringCase(field.name, "Expect"):
                // A second, different expectation is one that is not known.
                expectation = expectation.map { $0 + "," + field.value } ?? field.value
            case 14 where ASCII.equalsIgnoringCase(field.name, "Content-Length"):
                lengths += 1
                length = field.value
            case 17 where ASCII.equalsIgnoringCase(field.name, "Transfer-Encoding"):
                codings += 1
                coding += codings > 1 ? "," + field.value : field.value
            default:
                break
            }
        }
        let isHostMissing = hosts == 0 && head.version >= .http11
        guard !isHostMissing, hosts <= 1, hosts == 0 || HostField.isValid(host) else { throw .invalidHost }
        if codings > 0 {
            try Self.checkCoding(coding, head.version, hasLength: lengths > 0)
            self = .chunked
        } else if lengths > 0 {
            guard lengths == 1 else { throw .invalidContentLength }
            let count = try Self.parseLength(length)
            guard count <= limits.bodyBytesMax else { throw .contentTooLarge }
            self = count == 0 ? .none : .length(count)
        } else {
            self = .none
        }
        if let expectation, head.version >= .http11 {
            guard ASCII.equalsIgnoringCase(expectation, "100-continue") else { throw .unsupportedExpectation }
        }
    }

    private static func checkCoding(
        _ value: String,
        _ version: HTTPVersion,
        hasLength: Bool
    ) throws(HTTPParseError) {
        guard !hasLength else { throw .conflictingFraming }
        // RFC 9112 section 6.1: a coding in an HTTP/1.0 message means that somebody on the way did not understand it.
        guard version >= .http11 else { throw .invalidTransferEncoding }
        if ASCII.equalsIgnoringCase(value, "chunked") { return }
        let codings = value.split(separator: ",", omittingEmptySubsequences: false).map { ASCII.trimmed($0) }
        var hasUnknown = false
        for coding in codings {
            let name = coding.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
            guard !name.isEmpty, name.utf8.allSatisfy(ByteSet.token.contains) else { throw .invalidTransferEncoding }
            if !ASCII.equalsIgnoringCase(String(name), "chunked") { hasUnknown = true }
        }
        // What remains without an unknown coding is `chunked` twice or with parameters (RFC 9112 section 7.1).
        throw hasUnknown ? .unsupportedTransferEncoding : .invalidTransferEncoding
    }

    /// `1*DIGIT`; a number beyond 64 bits is certainly more than any limit.
    private static func parseLength(_ value: String) throws(HTTPParseError) -> Int64 {
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 >= ASCII.zero && $0 <= ASCII.nine }) else {
            throw .invalidContentLength
        }
        var count: Int64 = 0
        for digit in value.utf8 {
            let (product, overflows) = count.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflows) = product.addingReportingOverflow(Int64(digit - ASCII.zero))
            guard !overflows, !sumOverflows else { throw .contentTooLarge }
            count = sum
        }
        return count
    }
}
