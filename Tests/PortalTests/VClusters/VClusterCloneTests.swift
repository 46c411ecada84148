import JSON
import Portal
import PortalTesting
import Testing

/// Another vcluster like one that is there.
struct VClusterCloneTests {
    private static let spec: JSONValue = [
        "quota": ["cpu": "2", "memory": "4Gi"], "isolation": "full", "helmValues": ["policies": ["note": "kept"]],
    ]

    @Test func clone_takesTheSettingsAndNotTheRest() async throws {
        try await Engine.with { engine in
            let original = try await engine.running(spec: Self.spec)
            let wish = VClusterCopy(name: "web-copy", spec: ["quota": ["cpu": "1"]], environment: .test)

            let change = try await engine.vclusters.clone(original.id, wish, as: engine.acme.member)

            let copy = try await engine.reach(.running, change.vcluster.id)
            var expected = original.spec
            expected.quota.cpu = copy.spec.quota.cpu
            #expect(copy.spec == expected)
            #expect(copy.spec.quota.cpu?.description == "1")
            #expect(copy.environment == .test)
            #expect(copy.tenantID == original.tenantID)
            #expect(copy.hostID == original.hostID)
            #expect(copy.labels == original.labels)
            #expect(copy.expiresAt == nil)
            #expect(copy.namespace != original.namespace)
            #expect(copy.createdBy == engine.acme.member.userID)
        }
    }

    @Test func clone_fillsNothingInFromTheTemplate() async throws {
        try await Engine.with(workers: 0) { engine in
            let template = try await engine.services.templates.create(
                NewTemplate(name: "roomy", spec: ["quota": ["cpu": "4", "gpus": 2]]),
                as: engine.acme.admin
            )
            let original = try await engine.vclusters.create(
                NewVCluster(
                    tenantID: engine.acme.payments.id,
                    name: "web",
                    spec: ["quota": ["gpus": .null]],
                    templateID: template.id
                ),
                as: engine.acme.member
            ).vcluster

            let copy = try await engine.vclusters.clone(
                original.id,
                VClusterCopy(name: "web-copy"),
                as: engine.acme.member
            ).vcluster

            #expect(original.spec.quota.gpus == nil)
            #expect(copy.spec == original.spec)
            #expect(copy.templateID == template.id)
        }
    }

    @Test func clone_isAdmittedLikeAnyOther() async throws {
        try await Engine.with(workers: 0) { engine in
            let original = try await engine.create(spec: Self.spec).vcluster
            try await engine.limit(engine.acme.engineering.id, [.cpu: 3000])
            let before = try await engine.used()

            let refusal = try await engine.refusal {
                try await engine.vclusters.clone(original.id, VClusterCopy(name: "copy"), as: engine.acme.member)
            }

            #expect(refusal?.code == .quotaExceeded)
            #expect(refusal?.extensions["level"]?["tenantName"] == "Engineering")
            #expect(try await engine.used() == before)
        }
    }

    @Test func clone_needsAnOriginalThatIsSeenAndATenantThatMayBeUsed() async throws {
        try await Engine.with(workers: 0) { engine in
            let original = try await engine.create(spec: Self.spec).vcluster
            let wish = VClusterCopy(name: "copy")

            let stranger = try await engine.refusal {
                try await engine.vclusters.clone(original.id, wish, as: engine.acme.stranger)
            }
            let viewer = try await engine.refusal {
                try await engine.vclusters.clone(original.id, wish, as: engine.acme.viewer)
            }
            let elsewhere = try await engine.refusal {
                let wish = VClusterCopy(name: "copy", tenantID: engine.acme.platform.id)
                try await engine.vclusters.clone(original.id, wish, as: engine.acme.member)
            }

            #expect(stranger?.code == .notFound)
            #expect(viewer?.code == .forbidden)
            #expect(elsewhere?.code == .notFound)
        }
    }

    @Test func clone_wantsADNSNameOfItsOwn() async throws {
        try await Engine.with(workers: 0) { engine in
            let ingress: JSONValue = ["exposure": ["type": "ingress", "ingress": ["host": "web.example.com"]]]
            let original = try await engine.create(spec: ingress).vcluster

            let same = try await engine.refusal {
                try await engine.vclusters.clone(original.id, VClusterCopy(name: "copy"), as: engine.acme.member)
            }
            let other = try await engine.vclusters.clone(
                original.id,
                VClusterCopy(name: "copy", spec: ["exposure": ["ingress": ["host": "copy.example.com"]]]),
                as: engine.acme.member
            )

            #expect(same?.fields.map(\.field) == ["spec.exposure.ingress.host"])
            #expect(other.vcluster.spec.exposure.ingress?.host == "copy.example.com")
        }
    }
}
