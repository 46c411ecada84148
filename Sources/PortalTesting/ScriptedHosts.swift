public import Portal
import Synchronization

/// Hosts that exist only in a test: every call works at once unless the test says how it fails.
///
/// State is in memory, one for all hosts of the factory, so it does not survive a restart; the simulated driver of the
/// product does.
public final class ScriptedHosts: HostDriverFactory {
    /// The calls of a driver that a test can let fail.
    public enum Call: String, Sendable, CaseIterable {
        /// `prepare`.
        case prepare
        /// `install`.
        case install
        /// `adopt`.
        case adopt
        /// `observe`.
        case observe
        /// `pause`.
        case pause
        /// `resume`.
        case resume
        /// `uninstall`.
        case uninstall
        /// `kubeconfig`.
        case kubeconfig
        /// `usage`.
        case usage
        /// `check`.
        case check
        /// `validate`.
        case validate
        /// `takeSnapshot`.
        case takeSnapshot
        /// `restoreSnapshot`.
        case restoreSnapshot
        /// `deleteSnapshot`.
        case deleteSnapshot
    }

    struct Release: Sendable {
        var spec: VClusterSpec
        var isPaused = false
    }

    struct State: Sendable {
        var releases: [VClusterID: Release] = [:]
        var failures: [Call: [HostError]] = [:]
        var calls: [Call: Int] = [:]
        var found: [DiscoveredRelease] = []
        var problems: [FieldError] = []
    }

    let state = Mutex(State())

    /// Hosts without releases.
    public init() {}

    /// Lets the next calls of a kind fail, one error a call.
    public func fail(_ call: Call, with errors: HostError...) {
        state.withLock { $0.failures[call, default: []] += errors }
    }

    /// Puts releases on the hosts that the portal did not make.
    public func discover(_ releases: [DiscoveredRelease]) {
        state.withLock { $0.found = releases }
    }

    /// Lets `validate` find problems in every spec.
    public func reject(_ problems: [FieldError]) {
        state.withLock { $0.problems = problems }
    }

    /// How often a call was made.
    public func count(of call: Call) -> Int {
        state.withLock { $0.calls[call, default: 0] }
    }

    /// Whether a vcluster has a release.
    public func hasRelease(of id: VClusterID) -> Bool {
        state.withLock { $0.releases[id] != nil }
    }

    /// The one driver, whatever the host.
    public func driver(for host: Host, credentials: String?) async throws -> any HostDriver {
        ScriptedDriver(hosts: self)
    }

    /// Counts a call and throws what the script says.
    func begin(_ call: Call) throws {
        let failure = state.withLock { state -> HostError? in
            state.calls[call, default: 0] += 1
            guard state.failures[call]?.isEmpty == false else { return nil }
            return state.failures[call]?.removeFirst()
        }
        if let failure { throw failure }
    }
}
