import Foundation
import JSON
import Kubernetes
import PortalTesting
import Testing

/// A vcluster of the suite, as its owner sees it by REST and an administrator of the host by the cluster's API.
struct SuiteVCluster: Sendable {
    let scene: SuitePortal
    let id: String
    let name: String
    let namespace: String
    let release: String

    init(scene: SuitePortal, json: JSONValue) throws {
        self.scene = scene
        id = try #require(json["id"]?.string)
        name = try #require(json["name"]?.string)
        namespace = try #require(json["namespace"]?.string)
        release = try #require(json["release"]?.string)
    }

    private var cluster: SuiteCluster { scene.cluster }
    var path: String { "/api/v1/vclusters/\(id)" }

    // MARK: By REST

    func get() async throws -> JSONValue {
        let answer = try await scene.member.get(path)
        try #require(answer.status == 200, "\(answer.text)")
        return answer.json
    }

    /// Asks for a change and waits until it has led to a phase.
    @discardableResult
    func act(
        _ action: String,
        _ body: JSONValue? = nil,
        until phase: String,
        within limit: Duration = .seconds(90)
    ) async throws -> JSONValue {
        let answer = try await scene.member.post("\(path)/\(action)", body)
        try #require(answer.status == 202, "\(action): \(answer.text)")
        return try await wait(for: phase, within: limit)
    }

    /// Waits until the vcluster is at rest, which has to be in the phase.
    @discardableResult
    func wait(for phase: String, within limit: Duration = .seconds(90)) async throws -> JSONValue {
        do {
            let vcluster = try await eventually("\(name) to be \(phase)", within: limit) {
                let vcluster = try await get()
                return vcluster["activeOperationId"]?.isNull == true ? .some(vcluster) : .none
            }
            try #require(
                vcluster["phase"]?.string == phase,
                "\(vcluster["reason"]?.string ?? ""): \(vcluster["message"]?.string ?? "")"
            )
            return vcluster
        } catch {
            let log = try await lastOperation().log
            throw Command.Failure(description: "\(error)\nlog of the last operation:\n\(log)")
        }
    }

    /// Waits for a failure and checks what every failure has to have.
    @discardableResult
    func waitForError(_ reason: String, within limit: Duration = .seconds(90)) async throws -> String {
        let vcluster = try await wait(for: "ERROR", within: limit)
        #expect(vcluster["reason"]?.string == reason)
        let message = vcluster["message"]?.string ?? ""
        #expect(message.count > 40, "\(reason) explains itself: \(message)")
        let ready = vcluster["conditions"]?.array?.first { $0["type"]?.string == "Ready" }
        #expect(ready?["status"]?.string == "False")
        #expect(ready?["reason"]?.string == reason)
        let actions = vcluster["allowedActions"]?.array?.compactMap(\.string) ?? []
        #expect(actions.contains("retry") && actions.contains("delete"))
        let (operation, _) = try await lastOperation()
        #expect(operation["state"]?.string == "failed")
        #expect(operation["reason"]?.string == reason)
        let list = try await scene.member.get("/api/v1/vclusters?phase=ERROR").json["items"]?.array ?? []
        #expect(list.contains { $0["id"]?.string == id && $0["reason"]?.string == reason })
        return message
    }

    /// The newest operation and its log.
    func lastOperation() async throws -> (operation: JSONValue, log: String) {
        let list = try await scene.member.get("/api/v1/operations?vclusterId=\(id)").json
        let first = try #require(list["items"]?[0]?["id"]?.string, "\(list)")
        let operation = try await scene.member.get("/api/v1/operations/\(first)").json
        let log = try await scene.member.get("/api/v1/operations/\(first)/log?pageSize=200").json
        let lines = log["items"]?.array?.compactMap { $0["text"]?.string } ?? []
        return (operation, lines.joined(separator: "\n"))
    }

    /// Deletes for good and checks that nothing is left, neither here nor there.
    func purge(keepingNamespace: Bool = false) async throws {
        let answer = try await scene.member.delete("\(path)?gracePeriodSeconds=0")
        try #require(answer.status == 202, "\(answer.text)")
        try await waitUntilGone(keepingNamespace: keepingNamespace)
    }

    func waitUntilGone(keepingNamespace: Bool = false) async throws {
        _ = try await eventually("\(name) to be gone", within: .seconds(120)) {
            let answer = try await scene.member.get(path)
            let isStuck = answer.json["phase"]?.string == "ERROR"
            try #require(!isStuck, "\(answer.json["reason"] ?? nil): \(answer.json["message"] ?? nil)")
            return answer.status == 404 ? true : nil
        }
        let list = try await scene.member.get("/api/v1/vclusters").json["items"]?.array ?? []
        #expect(!list.contains { $0["id"]?.string == id })
        #expect(try await cluster.exists(.namespace, namespace) == keepingNamespace)
        // Where the namespace stays its volumes may take a moment to end.
        _ = try await eventually("the volumes of \(name) to be gone") {
            try await cluster.client.list(.persistentVolumeClaim, namespace: namespace).isEmpty ? true : nil
        }
        let releases = try await cluster.helm(["list", "--all", "--namespace", namespace, "--short"])
        #expect(releases.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty)
    }

    // MARK: By the cluster

    /// The control plane.
    func workload() async throws -> KubernetesObject {
        try await cluster.client.get(ResourcePath(kind: .statefulSet, namespace: namespace, name: release))
    }

    /// What runs inside, seen from outside.
    func tenantPods() async throws -> [KubernetesObject] {
        try await cluster.client.list(
            .pod,
            namespace: namespace,
            labelSelector: "vcluster.loft.sh/managed-by=\(release)"
        )
    }

    func claims() async throws -> [String] {
        try await cluster.client.list(.persistentVolumeClaim, namespace: namespace).map(\.name)
    }

    // MARK: From inside

    /// The kubeconfig that the portal hands out, in a file for kubectl.
    func kubeconfig() async throws -> TenantShell {
        let answer = try await scene.member.get("\(path)/kubeconfig")
        try #require(answer.status == 200, "\(answer.text)")
        return try TenantShell(kubeconfig: answer.text)
    }
}

/// kubectl inside of a vcluster.
final class TenantShell: Sendable {
    private let file: URL

    init(kubeconfig: String) throws {
        file = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("portal-suite-\(UUID()).yaml")
        try Data(kubeconfig.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }

    deinit { try? FileManager.default.removeItem(at: file) }

    @discardableResult
    func kubectl(_ arguments: String...) async throws -> String {
        try await command(arguments).kubectl()
    }

    /// Whether the API server answers.
    func answers() async throws -> Bool {
        try await command(["get", "--raw", "/readyz", "--request-timeout", "3s"]).attempt().status == 0
    }

    private func command(_ arguments: [String]) -> Command {
        Command(executable: SuiteCluster.kubectlProgram, arguments: ["--kubeconfig", file.path] + arguments)
    }
}
