import HTTPCore
import HTTPServer
import Logging
import Portal

/// What every response gets at the end: security and caching headers, times, metrics and one line in the log.
struct ResponseFinisher: Sendable {
    private let environment: WebEnvironment
    private let security: [(name: String, value: String)]

    init(environment: WebEnvironment) {
        self.environment = environment
        security = Self.securityHeaders(isSecure: environment.isSecure)
    }

    func finish(_ response: inout HTTPResponse, _ context: RequestContext, took duration: Duration) {
        for header in security where !response.headers.contains(header.name) {
            response.headers.set(header.name, header.value)
        }
        // Answers differ by caller, cookie and Accept; only files are shared and say so themselves.
        if !response.headers.contains("Cache-Control") { response.headers.set("Cache-Control", "no-store") }
        response.headers.set("X-Request-Id", context.request.id)
        let milliseconds = Self.milliseconds(duration)
        response.headers.set("Server-Timing", "app;dur=\(milliseconds)")
        environment.requestMetrics.record(context, status: response.status.code, duration: duration)
        log(response, context, milliseconds: milliseconds)
    }

    private func log(_ response: HTTPResponse, _ context: RequestContext, milliseconds: String) {
        // The query stays out: it may hold what people searched for, or a token they pasted.
        environment.logger.info(
            "request",
            metadata: [
                "method": "\(context.request.method.rawValue)",
                "path": "\(context.request.path)",
                "route": "\(context.pattern?.rawValue ?? "-")",
                "status": "\(response.status.code)",
                "durationMilliseconds": "\(milliseconds)",
                "requestId": "\(context.request.id)",
                "user": "\(context.caller?.user.id.description ?? "-")",
                "remote": "\(context.request.remoteAddress)",
            ]
        )
    }

    /// Milliseconds with three decimals, as `Server-Timing` writes durations.
    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let fraction = String(microseconds % 1_000)
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    private static func securityHeaders(isSecure: Bool) -> [(name: String, value: String)] {
        let policy = [
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
            "font-src 'self'", "connect-src 'self'", "manifest-src 'self'", "form-action 'self'",
            "base-uri 'none'", "frame-ancestors 'none'",
        ]
        var headers = [
            (name: "Content-Security-Policy", value: policy.joined(separator: "; ")),
            (name: "X-Content-Type-Options", value: "nosniff"),
            (name: "X-Frame-Options", value: "DENY"),
            (name: "Referrer-Policy", value: "same-origin"),
            (name: "Cross-Origin-Opener-Policy", value: "same-origin"),
            (name: "Cross-Origin-Resource-Policy", value: "same-origin"),
        ]
        if isSecure { headers.append((name: "Strict-Transport-Security", value: "max-age=31536000")) }
        return headers
    }
}
