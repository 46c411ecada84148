import HTTPCore

/// The files below one folder, served with validators, ranges and content-hash URLs.
///
/// The folder is listed once, when the value is made: a request is answered by looking its path up among the known
/// names, so no text of a client ever becomes a file name, and traversal, dot files, links and devices cannot be asked
/// for in any encoding. A known file that changes on disk is noticed within a second; a new one after a restart.
public final class StaticFiles: Sendable {
    private let root: String
    private let files: [String: File]

    /// Lists a folder and reads its files.
    ///
    /// Blocks; meant for the start of a program.
    ///
    /// - Parameter root: A folder. Names that begin with a dot, links and everything but regular files are left out.
    /// - Throws: ``StaticFilesError``.
    public init(root: String) throws(StaticFilesError) {
        self.root = root
        var files: [String: File] = [:]
        for name in try FolderListing.names(below: root) {
            guard files.count < HTTPLimits.staticFilesMax else { throw .tooManyFiles(limit: HTTPLimits.staticFilesMax) }
            files[name] = try File(path: root + "/" + name)
        }
        self.files = files
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
    ///   - request: Its method, conditional fields and range are honoured; the query tells whether the URL is versioned.
    ///   - path: Relative to the root, decoded; a leading slash is ignored.
    /// - Returns: 200, 206, 304, 405, 412 or 416; `nil` when there is no such file.
    public func response(for request: HTTPRequest, path: String) async -> HTTPResponse? {
        let name = path.hasPrefix("/") ? String(path.dropFirst()) : path
        guard let version = files[name]?.current() else { return nil }
        guard request.method == .get || request.method == .head else {
            return HTTPResponse(status: .methodNotAllowed, headers: ["Allow": "GET, HEAD"])
        }
        var response = HTTPResponse(headers: [
            "ETag": version.tag.description,
            "Last-Modified": version.modified.description,
            "Cache-Control": cacheControl(request, version),
            "X-Content-Type-Options": "nosniff",
        ])
        switch Preconditions.evaluate(request.head, tag: version.tag, modified: version.modified) {
        case .notModified: response.status = .notModified
        case .failed: response.status = .preconditionFailed
        case .proceed: addContent(version, request, to: &response)
        }
        return response
    }

    private func cacheControl(_ request: HTTPRequest, _ version: FileVersion) -> String {
        let isVersioned = request.query.map { $0 == "v=" + version.hash } ?? false
        // Without the hash in the URL a copy may be kept, but is asked about each time.
        return isVersioned ? "public, max-age=31536000, immutable" : "no-cache"
    }

    private func addContent(_ version: FileVersion, _ request: HTTPRequest, to response: inout HTTPResponse) {
        response.headers.set("Accept-Ranges", "bytes")
        response.headers.set("Content-Type", version.contentType)
        var range = ByteRange.whole
        if Preconditions.isRangeAllowed(request.head, version.tag, version.modified) {
            range = ByteRange(request.headers["Range"], length: version.size)
        }
        switch range {
        case .whole:
            response.body = version.body(0..<version.size)
        case .part(let part):
            response.status = .partialContent
            response.headers.set("Content-Range", ByteRange.contentRange(part, length: version.size))
            response.body = version.body(part)
        case .unsatisfiable:
            response.status = .rangeNotSatisfiable
            response.headers.remove("Content-Type")
            response.headers.set("Content-Range", "bytes */\(version.size)")
        }
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
