import HTTPCore

/// The files below one folder, served with validators, ranges, content codings and content-hash URLs.
///
/// The folder is listed once, when the value is made: a request is answered by looking its path up among the known
/// names, so no text of a client ever becomes a file name, and traversal, dot files, links and devices cannot be asked
/// for in any encoding. A known file that changes on disk is noticed within a second; a new one after a restart.
///
/// Text is sent compressed to clients that accept it: from a file beside it with the ending `.br` or `.gz`, or compressed
/// with gzip when it is read.
public final class StaticFiles: Sendable {
    private let root: String
    private let files: [String: File]

    /// Lists a folder and reads its files.
    ///
    /// Blocks; meant for the start of a program.
    ///
    /// - Parameters:
    ///   - root: A folder. Names that begin with a dot, links and everything but regular files are left out.
    ///   - servesCodedNames: Whether the compressed file beside another has a URL of its own as well.
    /// - Throws: ``StaticFilesError``.
    public init(root: String, servesCodedNames: Bool = false) throws(StaticFilesError) {
        self.root = root
        var files: [String: File] = [:]
        let memory = CodedMemory()
        let names = Set(try FolderListing.names(below: root))
        for name in names where servesCodedNames || !Self.isCoded(name, names) {
            guard files.count < HTTPLimits.staticFilesMax else { throw .tooManyFiles(limit: HTTPLimits.staticFilesMax) }
            files[name] = try File(path: root + "/" + name, memory: memory)
        }
        self.files = files
    }

    /// Whether a file is only the compressed form of the one beside it.
    private static func isCoded(_ name: String, _ names: Set<String>) -> Bool {
        CodedFiles.siblings.contains { sibling in
            guard name.hasSuffix(sibling.ending) else { return false }
            let plain = String(name.dropLast(sibling.ending.utf8.count))
            return names.contains(plain) && CompressibleTypes.contains(ContentTypes.type(of: plain))
        }
    }

    /// The names of all files, relative to the root, sorted.
    public var names: [String] { files.keys.sorted() }

    /// The URL path of a file with the hash of its content, so that a changed file has another URL and an unchanged
    /// one is never asked for again.
    ///
    /// - Parameters:
    ///   - path: Relative to the root, for example `css/portal.css`.
    ///   - prefix: Where the folder is mounted.
    /// - Returns: For example `/static/css/portal.css?v=…`; without a hash when there is no such file.
    public func url(for path: String, prefix: String = "/static/") -> String {
        let encoded = path.split(separator: "/").map { PercentCoding.encoded($0) }.joined(separator: "/")
        guard let version = files[path]?.current() else { return prefix + encoded }
        return prefix + encoded + "?v=" + version.hash
    }

    /// Answers a request for a file.
    ///
    /// - Parameters:
    ///   - request: Its method, conditional fields, accepted codings and range are honoured; the query tells whether the
    ///     URL is versioned.
    ///   - path: Relative to the root, decoded; a leading slash is ignored.
    /// - Returns: 200, 206, 304, 405, 412 or 416; `nil` when there is no such file.
    public func response(for request: HTTPRequest, path: String) async -> HTTPResponse? {
        let name = path.hasPrefix("/") ? String(path.dropFirst()) : path
        guard let version = files[name]?.current() else { return nil }
        guard request.method == .get || request.method == .head else {
            return HTTPResponse(status: .methodNotAllowed, headers: ["Allow": "GET, HEAD"])
        }
        let representation = version.representation(for: request.head)
        var response = HTTPResponse(headers: [
            "ETag": representation.tag.description,
            "Last-Modified": version.modified.description,
            "Cache-Control": cacheControl(request, version),
            "X-Content-Type-Options": "nosniff",
        ])
        // The coding has been chosen here; ranges and tags are those of its bytes.
        response.compression = .never
        if version.isNegotiated { response.headers.set("Vary", "Accept-Encoding") }
        switch Preconditions.evaluate(request.head, tag: representation.tag, modified: version.modified) {
        case .notModified: response.status = .notModified
        case .failed: response.status = .preconditionFailed
        case .proceed: addContent(representation, version, request, to: &response)
        }
        return response
    }

    private func cacheControl(_ request: HTTPRequest, _ version: FileVersion) -> String {
        let isVersioned = request.query.map { $0 == "v=" + version.hash } ?? false
        // Without the hash in the URL a copy may be kept, but is asked about each time.
        return isVersioned ? "public, max-age=31536000, immutable" : "no-cache"
    }

    private func addContent(
        _ representation: FileRepresentation,
        _ version: FileVersion,
        _ request: HTTPRequest,
        to response: inout HTTPResponse
    ) {
        response.headers.set("Accept-Ranges", "bytes")
        response.headers.set("Content-Type", version.contentType)
        if representation.coding != .identity {
            response.headers.set("Content-Encoding", representation.coding.rawValue)
        }
        var range = ByteRange.whole
        if Preconditions.isRangeAllowed(request.head, representation.tag, version.modified) {
            range = ByteRange(request.headers.joined("Range"), length: representation.size)
        }
        switch range {
        case .part(let part):
            response.status = .partialContent
            response.headers.set("Content-Range", ByteRange.contentRange(part, length: representation.size))
            response.body = representation.body(part)
        case .parts(let parts) where representation.coding == .identity:
            response.status = .partialContent
            let text = MultipartRanges(
                partType: version.contentType,
                length: representation.size,
                boundary: Self.boundary()
            )
            response.headers.set("Content-Type", text.contentType)
            response.body = representation.body(parts, text)
        case .whole, .parts:
            // In a multipart content it would be unclear what is coded, the parts or the whole: everything is sent.
            response.body = representation.body
        case .unsatisfiable:
            response.status = .rangeNotSatisfiable
            response.headers.remove("Content-Type")
            response.headers.remove("Content-Encoding")
            response.headers.set("Content-Range", "bytes */\(representation.size)")
        }
    }

    /// 128 random bits: a text that is in no file.
    private static func boundary() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
    }
}

/// Why a folder cannot be served.
public enum StaticFilesError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The path is not a readable folder.
    case notAFolder(String)
    /// More files than allowed.
    case tooManyFiles(limit: Int)
    /// A file cannot be read, or is too large.
    case unreadable(String)

    /// One line for the log.
    public var description: String {
        switch self {
        case .notAFolder(let path): "\(path) is not a readable folder"
        case .tooManyFiles(let limit): "the folder has more than \(limit) files"
        case .unreadable(let path): "\(path) cannot be served"
        }
    }
}
