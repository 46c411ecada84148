import Portal

/// A driver that does what the operations engine does with a transient failure: it tries again.
///
/// An API server that has too much to do for a moment fails calls that a busy machine's next run passes; what a driver
/// test is about are the other failures, and those go through at once.
struct PatientDriver: HostDriver {
    let driver: any HostDriver

    /// How often a call is made at most, half a second apart.
    private static let attemptsMax = 20

    private func patiently<Value>(_ call: () async throws -> Value) async throws -> Value {
        var attempt = 1
        while true {
            do {
                return try await call()
            } catch let error as HostError where error.isTransient && attempt < Self.attemptsMax {
                print("attempt \(attempt): \(error) \(error.detail ?? "")")
                attempt += 1
                try await Task.sleep(for: .milliseconds(500))  // polls a host cluster
            }
        }
    }

    func prepare(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await patiently { try await driver.prepare(target, log: log) }
    }

    func install(_ target: VClusterTarget, spec: VClusterSpec, log: any OperationLog) async throws {
        try await patiently { try await driver.install(target, spec: spec, log: log) }
    }

    func adopt(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await patiently { try await driver.adopt(target, log: log) }
    }

    func observe(_ target: VClusterTarget) async throws -> Observation {
        try await patiently { try await driver.observe(target) }
    }

    func pause(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await patiently { try await driver.pause(target, log: log) }
    }

    func resume(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await patiently { try await driver.resume(target, log: log) }
    }

    func uninstall(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await patiently { try await driver.uninstall(target, log: log) }
    }

    func limitNamespaces(
        _ target: VClusterTarget,
        to quotas: [VClusterSpec.InnerQuota],
        log: any OperationLog
    ) async throws -> Int {
        try await patiently { try await driver.limitNamespaces(target, to: quotas, log: log) }
    }

    func takeSnapshot(
        _ target: VClusterTarget,
        _ job: SnapshotJob,
        spec: VClusterSpec,
        log: any OperationLog
    ) async throws -> Int64? {
        try await patiently { try await driver.takeSnapshot(target, job, spec: spec, log: log) }
    }

    func restoreSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws {
        try await patiently { try await driver.restoreSnapshot(target, job, log: log) }
    }

    func deleteSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws {
        try await patiently { try await driver.deleteSnapshot(target, job, log: log) }
    }

    func kubeconfig(_ target: VClusterTarget) async throws -> String {
        try await patiently { try await driver.kubeconfig(target) }
    }

    func usage(_ target: VClusterTarget) async throws -> VClusterUsage {
        try await patiently { try await driver.usage(target) }
    }

    func capacity() async throws -> HostCapacity {
        try await patiently { try await driver.capacity() }
    }

    func check() async throws -> HostCheck {
        try await patiently { try await driver.check() }
    }

    func releases() async throws -> [DiscoveredRelease] {
        try await patiently { try await driver.releases() }
    }

    func validate(_ spec: VClusterSpec) async throws -> [FieldError] {
        try await patiently { try await driver.validate(spec) }
    }
}
