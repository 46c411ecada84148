import HTTPCore

/// Decides whether the content of a response is compressed, and marks the response; does not compress.
enum CompressionPolicy {
    /// Level for content whose length is known to be at most ``mediumBytesMax``, so that it costs a millisecond or two.
    static let level = 6
    /// Level for more, and for streams: half the time of 6 for results 6 to 12 % larger (docs/http.md has the figures).
    static let levelForLarge = 4
    /// Largest content that gets ``level``.
    static let mediumBytesMax = 128 * 1024

    /// Level for content of a length.
    ///
    /// - Parameter count: Bytes; `nil` when unknown.
    /// - Returns: See ``Deflater/begin(level:)``.
    static func level(for count: Int?) -> Int {
        count.map { $0 <= mediumBytesMax } == true ? level : levelForLarge
    }

    /// Whether a response has to be looked at more closely; false for most small ones, at the price of a comparison.
    static func concerns(_ response: HTTPResponse, _ limits: HTTPLimits) -> Bool {
        switch response.body {
        case .bytes(let bytes): bytes.count >= limits.compressedBytesMin
        case .stream: true
        case .empty: response.status == .notModified
        case .file, .parts, .events: false
        }
    }

    /// Whether the content may be coded, were the client to accept it.
    static func allowsCoding(_ response: HTTPResponse) -> Bool {
        let headers = response.headers
        guard !response.status.forbidsContent, response.status != .partialContent,
            headers["Content-Type"].map(CompressibleTypes.contains) == true,
            !headers.contains("Content-Encoding"), !headers.contains("Content-Range")
        else { return false }
        return !(headers.joined("Cache-Control")?.lowercased().contains("no-transform") ?? false)
    }

    /// Whether a client likes gzip at least as much as no coding.
    static func prefersGzip(_ head: HTTPRequestHead) -> Bool {
        guard let value = head.headers.joined("Accept-Encoding") else { return false }
        return AcceptEncoding(value).best(of: [.gzip, .identity]) == .gzip
    }

    /// Gives a 304 the fields that the 200 would have (RFC 9110 section 15.4.5).
    ///
    /// The tag is that of the compressed representation when that is the one that the client has; ``Preconditions`` found
    /// it to stand for the handler's.
    static func completeNotModified(_ response: inout HTTPResponse, _ head: HTTPRequestHead) {
        response.headers.vary(on: "Accept-Encoding")
        guard let tag = response.headers["ETag"].flatMap({ EntityTag(parsing: $0) }), prefersGzip(head),
            case .tags(let known)? = EntityTagList(head.headers.joined("If-None-Match")),
            known.contains(tag.coded(.gzip)), !known.contains(tag)
        else { return }
        response.headers.set("ETag", tag.coded(.gzip).description)
    }
}

extension HTTPHeaders {
    /// Says that the content is in a coding.
    mutating func markCoded(_ coding: ContentCoding) {
        set("Content-Encoding", coding.rawValue)
        // The handler's ranges are those of the content without a coding.
        remove("Accept-Ranges")
        guard let tag = self["ETag"].flatMap({ EntityTag(parsing: $0) }) else { return }
        set("ETag", tag.coded(coding).description)
    }
}
