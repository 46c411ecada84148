import Foundation
import JSON
import Kubernetes
import Testing

@testable import Portal
@testable import PortalHosts

/// The pods of snapshots, made from the workload's template, and what they are told.
struct SnapshotPodTests {
    private let target = VClusterTarget.make()

    private func workload(_ kind: ResourceKind = .statefulSet, claims: Bool = true) -> Workload {
        var object = KubernetesObject(kind: kind, namespace: target.namespace, name: target.release)
        object.json["metadata"]?["uid"] = "uid-of-the-workload"
        object.json["spec"] = [
            "template": [
                "spec": [
                    "serviceAccountName": "vc-acme", "tolerations": [["key": "gpu", "operator": "Exists"]],
                    "affinity": ["podAntiAffinity": [:]],
                    "initContainers": [["name": "kubernetes", "image": "kubernetes:v1.33.4"]],
                    "volumes": [["name": "certs", "secret": ["secretName": "acme-certs"]]],
                    "containers": [
                        [
                            "name": "syncer", "image": "vcluster:0.30.0", "securityContext": ["runAsUser": 0],
                            "env": [
                                ["name": "POD_NAME", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
                                ["name": "CONFIG", "value": "---"],
                            ],
                            "resources": ["limits": ["memory": "2Gi"], "requests": ["memory": "256Mi"]],
                            "volumeMounts": [["name": "data", "mountPath": "/data"]], "livenessProbe": [:],
                        ]
                    ],
                ]
            ]
        ]
        if claims { object.json["spec"]?["volumeClaimTemplates"] = [["metadata": ["name": "data"]]] }
        return Workload(object: object, kind: kind)
    }

    private func pod(
        _ purpose: SnapshotPod.Purpose = .write,
        _ job: SnapshotJob = .make(),
        workload: Workload? = nil,
        node: String? = nil
    ) -> SnapshotPod {
        SnapshotPod(purpose: purpose, target: target, job: job, workload: workload ?? self.workload(), node: node)
    }

    @Test func pod_isLikeThatOfTheControlPlane() {
        let made = pod(node: "node-1")
        let object = made.object
        let container = object.spec["containers"]?[0]

        #expect(object.labels["app"] == "vcluster-snapshot")
        #expect(object.spec["restartPolicy"] == "Never")
        #expect(object.spec["serviceAccountName"] == "vc-acme" && object.spec["tolerations"]?[0]?["key"] == "gpu")
        #expect(object.spec["initContainers"] == nil)
        #expect(container?["image"] == "vcluster:0.30.0" && container?["command"] == ["/vcluster", "snapshot"])
        #expect(container?["livenessProbe"] == nil && container?["securityContext"]?["runAsUser"] == 0)
        #expect(container?["resources"]?["limits"]?["memory"] == "2Gi")
        let environment = container?["env"]?.array ?? []
        #expect(environment.first { $0["name"] == "POD_NAME" }?["value"] == "acme-0")
        #expect(environment.contains { $0["name"] == "CONFIG" })
        let options = environment.first { $0["name"] == "VCLUSTER_STORAGE_OPTIONS" }
        #expect(options?["valueFrom"]?["secretKeyRef"]?["name"]?.string == made.secretName)
        let volumes = object.spec["volumes"]?.array ?? []
        #expect(volumes.map { $0["name"]?.string } == ["certs", "data"])
        #expect(volumes[1]["persistentVolumeClaim"]?["claimName"] == "data-acme-0")
        let terms = object.spec["affinity"]?["nodeAffinity"]?["requiredDuringSchedulingIgnoredDuringExecution"]
        #expect(terms?["nodeSelectorTerms"]?[0]?["matchFields"]?[0]?["values"] == ["node-1"])
        #expect(object.metadata["ownerReferences"]?[0]?["uid"] == "uid-of-the-workload")
    }

    @Test func names_areOnePerOperationAndPurpose() {
        let first = SnapshotJob.make()
        let names = [pod(.write, first), pod(.verify, first), pod(.restore, first), pod(.write)].map(\.name)

        #expect(Set(names).count == 4)
        #expect(pod(.write, first).name == names[0])
        #expect(names.allSatisfy { $0.utf8.count <= 63 })
        #expect(pod(.restore, first).object.spec["affinity"]?["podAntiAffinity"] != nil, "no node, no other affinity")
    }

    @Test func ownVolume_needsAClaimThatIsMounted() {
        #expect(pod().isPersistent("/data/snapshot-1.tar.gz"))
        #expect(!pod().isPersistent("/database/x.tar.gz"))
        #expect(!pod(workload: workload(.deployment, claims: false)).isPersistent("/data/x.tar.gz"))
    }

    @Test func secret_goesWithThePod() throws {
        var created = pod().object
        created.json["metadata"]?["uid"] = "uid-of-the-pod"
        let options = SnapshotOptions(job: .make(), release: ["releaseName": "acme"])
        let secret = pod().secret(options, of: created)
        let text = try #require(secret.json["stringData"]?["options"]?.string.flatMap { Data(base64Encoded: $0) })
        let json = try JSONValue(parsing: Array(text))

        #expect(secret.metadata["ownerReferences"]?[0]?["uid"] == "uid-of-the-pod")
        #expect(json["type"] == "container" && json["release"]?["releaseName"] == "acme")
        #expect(json["container"]?["path"]?.string?.hasPrefix("/data/snapshot-") == true)
    }

    @Test func options_ofS3AreDecodedFromTheURL() throws {
        let storage = try SnapshotStorage(
            parsing: "s3://bucket/folder?region=eu&url=aHR0cHM6Ly9taW5pbw==&access-key-id=a2V5"
                + "&secret-access-key=c2VjcmV0&force-path-style=true"
        )
        let job = SnapshotJob.make(storage)
        let json = SnapshotOptions(job: job).json

        #expect(json["type"] == "s3" && json["release"] == nil)
        let s3 = json["s3"]
        #expect(s3?["bucket"] == "bucket" && s3?["region"] == "eu" && s3?["url"] == "https://minio")
        #expect(s3?["access-key-id"] == "key" && s3?["secret-access-key"] == "secret")
        #expect(s3?["force-path-style"] == true)
        #expect(s3?["key"]?.string?.hasPrefix("folder/") == true)
        #expect(s3?["key"]?.string?.hasSuffix("\(job.snapshotID).tar.gz") == true)
    }

    @Test func options_ofRegistriesAndAzureNameTheArchive() throws {
        let oci = SnapshotJob.make(try SnapshotStorage(parsing: "oci://user:word@registry.example/team/snapshots"))
        let azure = SnapshotJob.make(try SnapshotStorage(parsing: "https://a.blob.core.windows.net/c?sv=1&sig=x%3D"))

        let registry = SnapshotOptions(job: oci).json["oci"]
        let blob = SnapshotOptions(job: azure).json["azure"]

        #expect(registry?["repository"]?.string == "registry.example/team/snapshots:\(oci.snapshotID)")
        #expect(registry?["username"] == "user" && registry?["password"] == "word")
        #expect(blob?["blob-url"]?.string == azure.location && blob?["sas"] == "sv=1&sig=x%3D")
    }
}
