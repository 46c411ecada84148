import HTTPCore
public import Observability

/// Which requests get a line in the access log.
public struct AccessLogPolicy: Sendable, Hashable {
    /// What is asked for.
    public enum Mode: Sendable, Hashable {
        /// Every request.
        case all
        /// No request; failures still have the lines that tell their cause.
        case off
        /// A share of the requests, and every one that failed, was slow, or whose client traces it.
        case sampled(LogSampler)

        /// Reads `all`, `off`, or a fraction from 0 to 1; `nil` for anything else.
        public init?(_ text: String) {
            switch text {
            case "all": self = .all
            case "off": self = .off
            default:
                guard let sampler = Double(text).flatMap(LogSampler.init(fraction:)) else { return nil }
                self = .sampled(sampler)
            }
        }
    }

    /// What is asked for.
    public var mode: Mode
    /// A request that takes as long is slow.
    public var slow: Duration

    /// A policy; by default every request is logged.
    public init(_ mode: Mode = .all, slow: Duration = .seconds(1)) {
        self.mode = mode
        self.slow = slow
    }

    /// What the decision is made of.
    struct Facts {
        /// The status code of the answer.
        var status: Int
        /// How long the answer took.
        var duration: Duration
        /// The trace of the request.
        var trace: RequestTrace
    }

    /// Whether a request gets its line.
    ///
    /// - Parameters:
    ///   - facts: What is known of the request.
    ///   - requestID: Asked for only when it decides.
    /// - Returns: True for each request of a trace, or none, as far as its id decides.
    func keeps(_ facts: Facts, requestID: @autoclosure () -> String) -> Bool {
        switch mode {
        case .all: return true
        case .off: return false
        case .sampled(let sampler):
            if facts.status >= 500 || facts.duration >= slow || facts.trace.isRequested { return true }
            return facts.trace.hasParent ? sampler.keeps(facts.trace.context.traceID) : sampler.keeps(requestID())
        }
    }
}
