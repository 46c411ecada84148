import Foundation
public import Portal

/// Turns what helm says into a reason and a message that a person can act on.
///
/// Helm has no error codes: its text is that of Helm itself, of the Kubernetes API and of Go's network library. The
/// rules are tried in order, the most telling first: a refused quota is also "forbidden", a chart repository that does
/// not answer is also "no such host". What no rule knows is `.unknown`, with helm's own last line in the message.
public struct HelmErrorClassifier: Sendable {
    /// What the messages name.
    public struct Subject: Sendable, Hashable {
        /// Name of the host, as people know it.
        public var host: String
        /// The chart as configured.
        public var chart: String
        /// Namespace of the release.
        public var namespace: String
        /// Name of the release.
        public var release: String

        /// Creates a subject.
        public init(host: String, chart: String, namespace: String = "", release: String = "") {
            self.host = host
            self.chart = chart
            self.namespace = namespace
            self.release = release
        }
    }

    /// What helm's text means.
    public struct Finding: Sendable, Hashable {
        /// The error for the vcluster.
        public var error: HostError
        /// Whether an interrupted helm left the release locked in a pending state.
        public var isReleaseLocked: Bool
    }

    private let subject: Subject

    /// Creates a classifier that speaks about one release.
    public init(subject: Subject) {
        self.subject = subject
    }

    /// Explains why a helm command failed.
    public func classify(_ error: HelmError) -> Finding {
        let host: HostError =
            switch error.kind {
            case .executableNotFound(let name): missing(executable: name)
            case .timedOut(let limit): timedOut(after: limit)
            case .notStarted:
                HostError(
                    .unknown,
                    "The portal could not start helm. Check the free memory and disk of the portal's machine.",
                    detail: error.debugDescription
                )
            case .signalled(let signal):
                HostError(
                    .unknown,
                    "Helm was ended by signal \(signal). Check the memory of the portal's machine and retry.",
                    detail: error.debugDescription
                )
            case .failed: explain(error.detail, debug: error.debugDescription)
            }
        return Finding(error: host, isReleaseLocked: Self.isLocked(error))
    }

    private static func isLocked(_ error: HelmError) -> Bool {
        guard case .failed = error.kind else { return false }
        return error.detail.contains("another operation (install/upgrade/rollback) is in progress")
    }

    private func missing(executable: String) -> HostError {
        HostError(
            .helmMissing,
            "The program \"\(executable)\" was not found on the portal's machine. Install Helm 3.10 or newer there, or"
                + " name it by PORTAL_HELM, or by helmPath in the settings of host \(subject.host).",
            detail: executable
        )
    }

    private func timedOut(after limit: Duration) -> HostError {
        HostError(
            .timeout,
            "Helm did not finish within \(limit.components.seconds) seconds on host \(subject.host). The host or the"
                + " chart's source may be slow. Retry; if it happens again, ask the host's administrator.",
            isTransient: true
        )
    }

    private func explain(_ text: String, debug: String) -> HostError {
        let folded = text.lowercased()
        for rule in Self.rules where rule.marks.contains(where: { folded.contains($0) }) {
            return HostError(
                rule.reason,
                message(for: rule.advice, text: text),
                isTransient: rule.isTransient,
                detail: debug
            )
        }
        return HostError(
            .unknown,
            "Helm failed: \(Self.lastLine(of: text)) Look at the operation's log and retry.",
            detail: debug
        )
    }

    private func message(for advice: Advice, text: String) -> String {
        let host = subject.host
        switch advice {
        case .chartUnreachable:
            return "The source of the chart \(subject.chart) does not answer. Check the network of the portal's machine"
                + " or configure a chart on disk for host \(host)."
        case .chartMissing:
            return "The chart \(subject.chart) was not found. Check chart, repository and version in the settings of"
                + " host \(host), and the spec's chartVersion."
        case .quota:
            let part = Self.clause(after: "exceeded quota", in: text)
            return "A quota of namespace \(subject.namespace) on host \(host) does not leave room:"
                + " \(part) Ask the host's administrator for more, or make the vcluster smaller."
        case .values:
            return "The chart refused the values: \(Self.lastLines(of: text)) Correct the spec's helmValues and retry."
        case .immutable:
            return "The change touches fields that cannot change after the first install (volume size, storage class or"
                + " backing store): \(Self.lastLine(of: text)) Undo the change or create a new vcluster."
        case .unauthorized:
            return "Host \(host) does not accept the stored credentials. They may have expired: store a new kubeconfig"
                + " for the host and retry."
        case .forbidden:
            return "The portal lacks a permission on host \(host): \(Self.lastLine(of: text)) Grant it to the portal's"
                + " account there and retry."
        case .conflict:
            return "Namespace \(subject.namespace) on host \(host) has objects of the same name that belong to someone"
                + " else: \(Self.lastLine(of: text)) Remove them, or choose another name."
        case .locked:
            return "Another helm command is working on release \(subject.release), or one was interrupted. Wait a"
                + " moment and retry."
        case .terminating:
            return "Namespace \(subject.namespace) on host \(host) is still being deleted. Retry in a minute."
        case .certificate:
            return "The certificate of host \(host) is not trusted. Check certificate-authority and tls-server-name in"
                + " the host's kubeconfig."
        case .webhook:
            return "An admission webhook of host \(host) failed: \(Self.lastLine(of: text)) Retry; if it stays, ask the"
                + " host's administrator."
        case .unreachable:
            return "Host \(host) does not answer. Check that the cluster is up and that the portal can reach its API."
        }
    }
}

extension HelmErrorClassifier {
    private enum Advice {
        case chartUnreachable, chartMissing, quota, values, immutable, unauthorized, forbidden, conflict, locked
        case terminating, certificate, webhook, unreachable
    }

    private struct Rule {
        let advice: Advice
        let reason: HostFailureReason
        var isTransient: Bool?
        /// Any of these, in lower case, makes the rule fit.
        let marks: [String]
    }

    private static let rules = [
        Rule(
            advice: .locked,
            reason: .releaseConflict,
            isTransient: true,
            marks: ["another operation (install/upgrade/rollback) is in progress"]
        ),
        Rule(
            advice: .chartUnreachable,
            reason: .chartMissing,
            isTransient: true,
            marks: [
                "is not a valid chart repository or cannot be reached", "failed to fetch http", "failed to do request",
                #""fetchreference" on source: get"#,
            ]
        ),
        Rule(
            advice: .chartMissing,
            reason: .chartMissing,
            marks: [
                "path \"", "is not a local path", "not found in", "failed to download", "no chart version found",
                "chart.yaml file is missing",
                "could not find protocol handler", "no chart name found", "no cached repo found", "failed to fetch",
                "non-absolute urls should be in form", "chart metadata is missing",
                "file does not appear to be a gzipped",
                "improper constraint", "failed to perform \"fetchreference\"",
                "no such file or directory",
            ]
        ),
        Rule(
            advice: .quota,
            reason: .hostQuotaExceeded,
            marks: ["exceeded quota", "must specify limits", "must specify requests"]
        ),
        Rule(
            advice: .immutable,
            reason: .valuesRejected,
            marks: ["updates to statefulset spec for fields other than", "field is immutable"]
        ),
        Rule(
            advice: .values,
            reason: .valuesRejected,
            marks: [
                "meet the specifications of the schema", "execution error at", "yaml parse error", "failed to parse",
                "error validating", "error converting yaml", "parse error at", "failed parsing", "is invalid:",
                "unable to build kubernetes objects", "can't evaluate field", "error calling", "cannot unmarshal",
            ]
        ),
        Rule(
            advice: .conflict,
            reason: .releaseConflict,
            marks: [
                "invalid ownership metadata", "cannot re-use a name that is still in use", "cannot be imported into",
            ]
        ),
        Rule(advice: .terminating, reason: .timeout, isTransient: true, marks: ["because it is being terminated"]),
        Rule(advice: .webhook, reason: .unknown, isTransient: true, marks: ["failed calling webhook"]),
        Rule(
            advice: .unauthorized,
            reason: .credentialsRejected,
            marks: ["unauthorized", "asked for the client to provide credentials", "must be logged in"]
        ),
        Rule(
            advice: .forbidden,
            reason: .permissionDenied,
            marks: ["is forbidden", "forbidden:", "attempting to grant rbac permissions", "admission webhook"]
        ),
        Rule(
            advice: .certificate,
            reason: .hostUnreachable,
            isTransient: false,
            marks: ["x509:", "tls: failed to verify", "certificate signed by unknown authority"]
        ),
        Rule(
            advice: .unreachable,
            reason: .hostUnreachable,
            marks: [
                "cluster unreachable", "connection refused", "no such host", "i/o timeout", "no route to host",
                "network is unreachable", "connection reset", "tls handshake timeout", "deadline exceeded",
                "server misbehaving", "unexpected eof", "the server is currently unable",
                "etcdserver: request timed out",
                "client rate limiter", "too many requests",
            ]
        ),
    ]

    private static let linesMax = 6
    private static let charactersMax = 500

    /// Helm's last word, without its prefixes and with a full stop.
    static func lastLine(of text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix("Error: ") }
        return sentence(lines.last.map(String.init) ?? "no reason given")
    }

    /// The end of helm's text in one line: a schema check lists its findings one a line.
    static func lastLines(of text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).suffix(linesMax).map { line in
            var rest = line.trimmingPrefix("Error: ")
            for prefix in ["INSTALLATION FAILED: ", "UPGRADE FAILED: ", "- "] { rest = rest.trimmingPrefix(prefix) }
            return String(rest)
        }
        return sentence(lines.isEmpty ? "no reason given" : lines.joined(separator: "; "))
    }

    private static func clause(after mark: String, in text: String) -> String {
        guard let range = text.range(of: mark) else { return lastLine(of: text) }
        let clause = text[range.lowerBound...].prefix { !$0.isNewline }
        return sentence(String(clause))
    }

    private static func sentence(_ text: String) -> String {
        let cut = text.count > charactersMax ? text.prefix(charactersMax) + "…" : text[...]
        return cut.hasSuffix(".") || cut.hasSuffix("…") ? String(cut) : cut + "."
    }
}
