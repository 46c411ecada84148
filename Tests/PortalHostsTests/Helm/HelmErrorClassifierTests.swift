import Portal
import Testing

@testable import PortalHosts

struct HelmErrorClassifierTests {
    private let classifier = HelmErrorClassifier(
        subject: HelmErrorClassifier.Subject(
            host: "berlin",
            chart: "vcluster",
            namespace: "vcluster-acme",
            release: "acme"
        )
    )

    private func classify(_ text: String) -> HelmErrorClassifier.Finding {
        classifier.classify(HelmError(kind: .failed(exitCode: 1), command: "upgrade", detail: text))
    }

    /// Texts as Helm 3 and 4, the Kubernetes API and Go's network library print them.
    private static let texts: [(text: String, reason: HostFailureReason, isTransient: Bool)] = [
        (
            #"Error: Kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused"#,
            .hostUnreachable, true
        ),
        (
            #"Error: Kubernetes cluster unreachable: Get "https://x/version": dial tcp: lookup x: no such host"#,
            .hostUnreachable, true
        ),
        (#"Error: Get "https://10.0.0.1:6443/api": net/http: TLS handshake timeout"#, .hostUnreachable, true),
        (#"Error: Get "https://10.0.0.1:6443/api": dial tcp 10.0.0.1:6443: i/o timeout"#, .hostUnreachable, true),
        ("Error: context deadline exceeded", .hostUnreachable, true),
        (
            #"Error: Kubernetes cluster unreachable: Get "https://x/version": tls: failed to verify certificate: x509: certificate signed by unknown authority"#,
            .hostUnreachable, false
        ),
        (
            "Error: Kubernetes cluster unreachable: the server has asked for the client to provide credentials",
            .credentialsRejected, false
        ),
        ("Error: UPGRADE FAILED: query: failed to query with labels: Unauthorized", .credentialsRejected, false),
        (
            #"Error: INSTALLATION FAILED: secrets is forbidden: User "bob" cannot create resource "secrets" in API group "" in the namespace "x""#,
            .permissionDenied, false
        ),
        (
            #"Error: INSTALLATION FAILED: roles.rbac.authorization.k8s.io "vc-acme" is forbidden: user "bob" is attempting to grant RBAC permissions not currently held"#,
            .permissionDenied, false
        ),
        (#"Error: path "/charts/vcluster" not found"#, .chartMissing, false),
        (
            #"Error: chart "vcluster" version "9.9.9" not found in https://charts.example repository"#, .chartMissing,
            false
        ),
        ("Error: failed to fetch https://charts.example/vcluster-9.tgz : 404 Not Found", .chartMissing, true),
        (
            #"Error: looks like "https://charts.example" is not a valid chart repository or cannot be reached: Get "https://charts.example/index.yaml": dial tcp: lookup charts.example: no such host"#,
            .chartMissing, true
        ),
        (
            #"Error: chart_ref "/nowhere" is not a local path; remote charts need chart_repo_url or an oci:// reference"#,
            .chartMissing, false
        ),
        (
            #"Error: failed to perform "FetchReference" on source: Get "https://x/v2/c/manifests/1": dial tcp: lookup x: no such host"#,
            .chartMissing, true
        ),
        ("Error: Chart.yaml file is missing", .chartMissing, false),
        (
            "Error: UPGRADE FAILED: values don't meet the specifications of the schema(s) in the following chart(s):\nvcluster:\n- at '/controlPlane': additional properties 'bogus' not allowed",
            .valuesRejected, false
        ),
        (
            "Error: INSTALLATION FAILED: execution error at (vcluster/templates/control-plane.yaml:1:4): only one backing store can be enabled at the same time",
            .valuesRejected, false
        ),
        (
            #"Error: UPGRADE FAILED: cannot patch "acme" with kind StatefulSet: StatefulSet.apps "acme" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'template' are forbidden"#,
            .valuesRejected, false
        ),
        (
            #"Error: INSTALLATION FAILED: failed to create resource: services "acme" is forbidden: exceeded quota: tight, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=0"#,
            .hostQuotaExceeded, false
        ),
        ("Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress", .releaseConflict, true),
        (
            #"Error: INSTALLATION FAILED: Unable to continue with install: ServiceAccount "vc-acme" in namespace "x" exists and cannot be imported into the current release: invalid ownership metadata"#,
            .releaseConflict, false
        ),
        ("Error: INSTALLATION FAILED: cannot re-use a name that is still in use", .releaseConflict, false),
        (
            #"Error: secrets "sh.helm.release.v1.acme.v1" is forbidden: unable to create new content in namespace x because it is being terminated"#,
            .timeout, true
        ),
        ("Error: something that nobody has seen before", .unknown, true),
        ("", .unknown, true),
    ]

    /// The first text of a reason.
    private func text(_ reason: HostFailureReason) -> (text: String, reason: HostFailureReason, isTransient: Bool) {
        Self.texts.first { $0.reason == reason } ?? ("", reason, false)
    }

    @Test(arguments: texts.indices) func classify_knowsHelmsTexts(index: Int) {
        let (text, reason, isTransient) = Self.texts[index]

        let finding = classify(text)

        #expect(finding.error.reason == reason)
        #expect(finding.error.isTransient == isTransient)
        #expect(finding.error.message.hasSuffix("."))
    }

    @Test func classify_quotesTheFindingsOfTheSchema() {
        let error = classify(text(.valuesRejected).text).error

        #expect(error.message.contains("additional properties 'bogus' not allowed"))
        #expect(error.message.contains("helmValues"))
    }

    @Test func classify_quotesTheQuota() {
        let error = classify(text(.hostQuotaExceeded).text).error

        #expect(error.message.contains("exceeded quota: tight, requested: services.nodeports=2"))
        #expect(error.message.contains("vcluster-acme"))
        #expect(error.message.contains("berlin"))
    }

    @Test func classify_marksLockedReleasesOnly() {
        #expect(classify("Error: another operation (install/upgrade/rollback) is in progress").isReleaseLocked)
        #expect(!classify(Self.texts[0].text).isReleaseLocked)
    }

    @Test func classify_knowsEndsWithoutAText() {
        let missing = classifier.classify(HelmError(kind: .executableNotFound("helm"), command: "upgrade", detail: ""))
        let late = classifier.classify(HelmError(kind: .timedOut(after: .seconds(9)), command: "upgrade", detail: ""))
        let killed = classifier.classify(HelmError(kind: .signalled(9), command: "upgrade", detail: ""))

        #expect(missing.error.reason == .helmMissing)
        #expect(!missing.error.isTransient)
        #expect(late.error.reason == .timeout)
        #expect(late.error.message.contains("9 seconds"))
        #expect(killed.error.reason == .unknown)
        #expect(killed.error.isTransient)
    }

    @Test func classify_cutsLongTexts() {
        let error = classify("Error: " + String(repeating: "long ", count: 1_000)).error

        #expect(error.message.count < 700)
    }
}
