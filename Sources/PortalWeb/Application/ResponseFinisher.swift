import HTTPCore
import HTTPServer
import Portal

/// What every response gets at the end: security and caching headers, times, metrics and one line in the log.
struct ResponseFinisher: Sendable {
    private let environment: WebEnvironment
    private let security: [(name: String, value: String)]
    private let securityByHTTPS: [(name: String, value: String)]
    private let accessLog: AccessLog

    init(environment: WebEnvironment) {
        self.environment = environment
        security = Self.securityHeaders(isSecure: false)
        securityByHTTPS = Self.securityHeaders(isSecure: true)
        accessLog = AccessLog(
            policy: environment.configuration.accessLog,
            logger: environment.logger,
            userAgentLengthMax: environment.limits.userAgentLengthMax
        )
    }

    func finish(_ response: inout HTTPResponse, _ context: RequestContext, took duration: Duration) {
        let security = context.isSecure ? securityByHTTPS : security
        for header in security where !response.headers.contains(header.name) {
            response.headers.set(header.name, header.value)
        }
        // Answers differ by caller, cookie and Accept; only files are shared and say so themselves.
        if !response.headers.contains("Cache-Control") { response.headers.set("Cache-Control", "no-store") }
        response.headers.set("X-Request-Id", context.request.id)
        response.headers.set("traceparent", context.trace.context.traceparent)
        response.headers.set("Server-Timing", "app;dur=\(Self.milliseconds(duration))")
        environment.requestMetrics.record(context, status: response.status.code, duration: duration)
        accessLog.record(response, context, took: duration)
    }

    /// Milliseconds with three decimals, as `Server-Timing` writes durations.
    private static func milliseconds(_ duration: Duration) -> String {
        let microseconds = duration.wholeMicroseconds
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
