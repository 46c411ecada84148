import JSON
import Portal
import PortalTesting
import Testing

/// Limits of namespaces inside of a vcluster: the rules of the spec, and their way to the host.
struct InnerQuotaTests {
    private static let team: JSONValue = ["namespace": "team-*", "hard": ["requests.cpu": "2", "pods": 20]]

    private func problems(_ spec: JSONValue) -> [String] {
        do {
            _ = try VClusterSpec(validating: spec)
            return []
        } catch {
            return error.fields.map { "\($0.field) \($0.code)" }
        }
    }

    @Test func init_keepsInnerQuotas() throws {
        let spec = try VClusterSpec(validating: ["innerQuotas": [Self.team]])

        #expect(spec.innerQuotas.map(\.namespace) == ["team-*"])
        #expect(spec.innerQuotas.first?.hard["pods"] == Quantity(20))
        #expect(try VClusterSpec(validating: spec.json) == spec)
    }

    @Test func init_refusesWhatNoNamespaceCanHave() {
        #expect(problems(["innerQuotas": "all"]) == ["spec.innerQuotas INVALID_TYPE"])
        #expect(
            problems(["innerQuotas": .array(Array(repeating: Self.team, count: 17))]) == ["spec.innerQuotas TOO_LONG"]
        )
        #expect(
            problems(["innerQuotas": [["hard": ["pods": 1]]]]) == ["spec.innerQuotas[0].namespace REQUIRED"]
        )
        #expect(problems(["innerQuotas": [["namespace": "a"]]]) == ["spec.innerQuotas[0].hard REQUIRED"])
        for pattern in ["Team", "*-a", "a*b", "-a", "a.b*"] {
            let found = problems(["innerQuotas": [["namespace": .string(pattern), "hard": ["pods": 1]]]])
            #expect(found == ["spec.innerQuotas[0].namespace INVALID_VALUE"], "\(pattern)")
        }
        #expect(problems(["innerQuotas": [Self.team, Self.team]]) == ["spec.innerQuotas[1].namespace CONFLICT"])
        let hard: JSONValue = ["namespace": "a", "hard": ["cores": 1, "pods": "many", "requests.example.com/fpga": 2]]
        #expect(
            problems(["innerQuotas": [hard]]) == [
                "spec.innerQuotas[0].hard[\"pods\"] INVALID_QUANTITY",
                "spec.innerQuotas[0].hard[\"cores\"] INVALID_VALUE",
            ]
        )
    }

    @Test func init_holdsASingleNamespaceToTheEnvelope() {
        let spec: JSONValue = [
            "quota": ["cpu": "2", "pods": 20, "gpus": 1, "extended": ["example.com/fpga": 1]],
            "innerQuotas": [
                ["namespace": "a", "hard": ["requests.cpu": "2", "pods": "20", "requests.memory": "1Ti"]],
                ["namespace": "b", "hard": ["requests.cpu": "2001m"]],
                ["namespace": "c", "hard": ["requests.nvidia.com/gpu": 2]],
                ["namespace": "d", "hard": ["requests.example.com/fpga": 2]],
            ],
        ]

        #expect(
            problems(spec) == [
                "spec.innerQuotas[1].hard[\"requests.cpu\"] OUT_OF_RANGE",
                "spec.innerQuotas[2].hard[\"requests.nvidia.com/gpu\"] OUT_OF_RANGE",
                "spec.innerQuotas[3].hard[\"requests.example.com/fpga\"] OUT_OF_RANGE",
            ]
        )
    }

    @Test func fits_leavesOutWhatBelongsToKubernetes() {
        func fits(_ pattern: String, _ name: String) -> Bool {
            VClusterSpec.InnerQuota(namespace: pattern, hard: [:]).fits(name)
        }

        #expect(fits("*", "default") && fits("team-*", "team-a") && fits("default", "default"))
        #expect(!fits("team-*", "team") && !fits("default", "default2"))
        #expect(!fits("*", "kube-system") && fits("kube-*", "kube-system") && fits("kube-system", "kube-system"))
    }

    @Test func operations_sendThemAndTakeThemBack() async throws {
        try await Engine.with { engine in
            let change = try await engine.create(spec: ["innerQuotas": [Self.team]])
            #expect(change.operation.steps.map(\.name).suffix(3) == ["collectAccess", "limitNamespaces", "finish"])
            #expect(change.operation.steps.map(\.weight).reduce(0, +) == 100)
            let vcluster = try await engine.reach(.running, change.vcluster.id)
            func sent() -> [String] {
                engine.driver.release(in: vcluster.namespace)?.innerQuotas.map(\.namespace) ?? []
            }
            #expect(sent() == ["team-*"])

            let patch = VClusterPatch(spec: ["innerQuotas": .null])
            _ = try await engine.vclusters.update(vcluster.id, patch, as: engine.acme.member)
            _ = try await engine.reach(.running, vcluster.id)
            #expect(sent() == [])

            // Without limits before and after there is no such step.
            let scaled = try await engine.vclusters.scale(
                vcluster.id,
                to: ["resources": ["requests": ["cpu": "300m"]]],
                as: engine.acme.member
            )
            #expect(!scaled.operation.steps.contains { $0.name == "limitNamespaces" })
        }
    }

    @Test func driftWatcher_limitsNamespacesThatCameLater() async throws {
        try await Engine.with { engine in
            let change = try await engine.create(spec: ["innerQuotas": [Self.team]])
            let vcluster = try await engine.reach(.running, change.vcluster.id)
            engine.driver.tamper(vcluster.namespace) { release in
                var release = release
                release?.innerQuotas = []
                return release
            }
            engine.time.advance(by: .seconds(120))

            #expect(try await engine.services.driftWatcher.runOnce() == 1)

            #expect(engine.driver.release(in: vcluster.namespace)?.innerQuotas.map(\.namespace) == ["team-*"])
        }
    }

    @Test func driftWatcher_writesNoLimitsThatWereChangedWhileItLooked() async throws {
        try await Engine.with { engine in
            let change = try await engine.create(spec: ["innerQuotas": [Self.team]])
            let vcluster = try await engine.reach(.running, change.vcluster.id)
            let count = engine.driver.calls("limitNamespaces").count
            engine.time.advance(by: .seconds(120))
            let gate = engine.driver.hold("observe")
            async let pass = engine.services.driftWatcher.runOnce()
            await gate.arrived()

            try await engine.vclusters.update(vcluster.id, VClusterPatch(labels: ["a": "b"]), as: engine.acme.member)
            gate.open()

            #expect(try await pass == 1)
            #expect(engine.driver.calls("limitNamespaces").count == count)
        }
    }
}
