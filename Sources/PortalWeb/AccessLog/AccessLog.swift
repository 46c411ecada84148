import HTTPCore
import HTTPServer
import Logging
import Portal

/// Writes one line for a request, when the policy wants it.
///
/// Requests that the server refuses before they are requests have no line here: they have no path and no user, and
/// whoever sends them could fill the disk. They are counted, and on the level `debug` the server tells of each.
struct AccessLog: Sendable {
    let policy: AccessLogPolicy
    let logger: Logger
    /// Characters of a `User-Agent` that are written.
    let userAgentLengthMax: Int

    func record(_ response: HTTPResponse, _ context: RequestContext, took duration: Duration) {
        let facts = AccessLogPolicy.Facts(status: response.status.code, duration: duration, trace: context.trace)
        guard policy.keeps(facts, requestID: context.request.id) else { return }
        logger.info("request", metadata: metadata(response, context, duration))
    }

    /// What is known of a request and its answer; what is not known is left out.
    private func metadata(
        _ response: HTTPResponse,
        _ context: RequestContext,
        _ duration: Duration
    ) -> Logger.Metadata {
        let request = context.request
        var metadata: Logger.Metadata = [
            "method": "\(request.method.rawValue)",
            // The query stays out: it may hold what people searched for, or a token they pasted.
            "path": "\(Self.path(context))",
            "protocol": "\(request.head.version)",
            "scheme": "\(request.connection.scheme)",
            "status": .stringConvertible(response.status.code),
            "durationMs": .stringConvertible(Double(duration.wholeMicroseconds) / 1_000),
            "requestId": "\(request.id)",
            "traceId": "\(context.trace.context.traceID)",
            "spanId": "\(context.trace.context.spanText)",
            "remote": "\(request.remoteAddress)",
        ]
        metadata["tls"] = request.connection.tls.map { "\($0.version)" }
        metadata["route"] = context.pattern.map { "\($0.rawValue)" }
        metadata["userId"] = context.caller.map { "\($0.user.id)" }
        metadata["userAgent"] = request.headers["User-Agent"].map { "\($0.prefix(userAgentLengthMax))" }
        metadata["bytesIn"] = request.body.length.map { .stringConvertible($0) }
        metadata["bytesOut"] = Self.contentLength(response, to: request.method).map { .stringConvertible($0) }
        return metadata
    }

    /// The path; where a part of it is a secret, the template instead.
    private static func path(_ context: RequestContext) -> String {
        guard let pattern = context.pattern, pattern.hasSecret else { return context.request.path }
        return pattern.rawValue
    }

    /// Bytes of content that the client gets, before any compression; `nil` for a stream, which has not begun.
    private static func contentLength(_ response: HTTPResponse, to method: HTTPMethod) -> Int64? {
        if method == .head || response.status.forbidsContent { return 0 }
        switch response.body {
        case .empty: return 0
        case .bytes(let bytes): return Int64(bytes.count)
        case .file(let file): return file.count
        case .parts(let parts): return parts.reduce(0) { $0 + $1.count }
        case .stream, .events: return nil
        }
    }
}

extension Duration {
    /// Microseconds, without the rest.
    var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
