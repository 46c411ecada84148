import HTTPCore
import Observability
import Testing

@testable import PortalWeb

/// Which requests get a line, as a pure function of what is known of them.
struct AccessLogPolicyTests {
    /// One row: mode, status, milliseconds, flags of the client's `traceparent`, whether a line is written.
    typealias Row = (mode: String, status: Int, milliseconds: Int, flags: String?, isKept: Bool)

    @Test(
        arguments: [
            ("all", 200, 1, nil, true), ("all", 500, 1, nil, true),
            ("off", 200, 1, nil, false), ("off", 500, 5_000, "01", false),
            ("1", 200, 1, nil, true), ("1", 404, 1, "00", true),
            ("0", 200, 1, nil, false), ("0", 200, 1, "00", false), ("0", 499, 1, nil, false),
            ("0", 429, 999, "02", false),
            // Failures, slow requests, and what the client traces.
            ("0", 500, 1, nil, true), ("0", 503, 1, "00", true), ("0", 200, 1_000, nil, true),
            ("0", 200, 9_999, "00", true),
            ("0", 200, 1, "01", true), ("0", 304, 1, "03", true),
        ] as [Row]
    )
    func policy_decides(row: Row) throws {
        let policy = AccessLogPolicy(try #require(AccessLogPolicy.Mode(row.mode)))
        var headers = HTTPHeaders()
        if let flags = row.flags {
            headers.add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-\(flags)")
        }
        let facts = AccessLogPolicy.Facts(
            status: row.status,
            duration: .milliseconds(row.milliseconds),
            trace: RequestTrace(headers)
        )

        #expect(policy.keeps(facts, requestID: "r-1") == row.isKept)
    }

    @Test func share_isDecidedByTheTraceElseByTheRequestID() throws {
        let sampler = try #require(LogSampler(fraction: 0.5))
        let policy = AccessLogPolicy(.sampled(sampler))
        for number in 1..<200 {
            let id = "request-\(number)"
            let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e\(4_000 + number)-00f067aa0ba902b7-00"
            let traced = RequestTrace(["traceparent": traceparent])

            let byTrace = AccessLogPolicy.Facts(status: 200, duration: .zero, trace: traced)
            let byID = AccessLogPolicy.Facts(status: 200, duration: .zero, trace: RequestTrace([:]))

            #expect(policy.keeps(byTrace, requestID: id) == sampler.keeps(traced.context.traceID))
            #expect(policy.keeps(byID, requestID: id) == sampler.keeps(id))
        }
    }

    @Test(arguments: ["", "some", "ALL", "-1", "1.5", "nan", "1%", " 0.5"])
    func mode_refuses(text: String) {
        #expect(AccessLogPolicy.Mode(text) == nil)
    }

    @Test func mode_readsFractions() throws {
        #expect(AccessLogPolicy.Mode("0.01") == .sampled(try #require(LogSampler(fraction: 0.01))))
        #expect(AccessLogPolicy.Mode("1e-3") == .sampled(try #require(LogSampler(fraction: 0.001))))
    }
}
