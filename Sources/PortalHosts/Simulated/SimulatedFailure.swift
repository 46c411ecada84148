import Portal

/// A failure that somebody asked for by a label, to see what the portal makes of it.
///
/// `simulate.portal/fail: ImagePullFailed` fails until the label is taken away; `simulate.portal/fail:
/// ImagePullFailed.once` fails at the first install only, so that a retry works.
struct SimulatedFailure: Sendable, Equatable {
    /// The label, on the vcluster.
    static let label = "simulate.portal/fail"
    /// The same for snapshots that are taken.
    static let snapshotLabel = "simulate.portal/fail-snapshot"
    /// The same for snapshots that are restored; nothing is changed then.
    static let restoreLabel = "simulate.portal/fail-restore"
    private static let onceSuffix = ".once"

    let reason: HostFailureReason
    let isOnce: Bool
    /// The label's value, by which a release remembers that it failed once.
    let text: String
    /// The label that asks for it.
    let label: String

    /// The failure that labels ask for; nil without the label or with a reason that nobody knows.
    init?(labels: [String: String], label: String = Self.label) {
        guard let text = labels[label] else { return nil }
        let name = text.hasSuffix(Self.onceSuffix) ? String(text.dropLast(Self.onceSuffix.count)) : text
        guard let reason = HostFailureReason(rawValue: name) else { return nil }
        self.reason = reason
        self.text = text
        self.label = label
        isOnce = text.hasSuffix(Self.onceSuffix)
    }

    /// Whether a real host would show it after the install, in the pods, and not by refusing the install.
    var isSeenInPods: Bool {
        switch reason {
        case .imagePullFailed, .controlPlaneCrashed, .unschedulable, .volumePending, .hostQuotaExceeded: true
        case .hostUnreachable, .credentialsRejected, .permissionDenied, .helmMissing, .chartMissing, .valuesRejected,
            .timeout, .releaseConflict, .notFound, .snapshotUnreadable, .snapshotFailed, .quotaExceeded, .unknown:
            false
        }
    }

    func error(host: String) -> HostError {
        HostError(
            reason,
            "Simulated failure on host \(host) (\(reason.rawValue)), as the label \(label) asks for. Remove the"
                + " label and retry.",
            isTransient: false
        )
    }
}
