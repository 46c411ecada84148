import JSON
import Logging
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// The migration that gives reservations to the vclusters that were there before.
struct QuotaBackfillTests {
    private static let specs: [JSONValue] = [
        [:],
        ["quota": ["cpu": "2", "memory": "4Gi", "storage": "10Gi", "gpus": 1, "pods": 20]],
        ["quota": ["cpu": "1500m", "memory": "1.5Gi", "storage": "1e9"], "persistence": ["size": "7G"]],
        ["replicas": 3, "backingStore": ["type": "deployedEtcd", "etcdReplicas": 3], "quota": ["cpu": "1.1234"]],
        ["backingStore": ["type": "externalEtcd", "endpoint": "https://etcd.example:2379"], "replicas": 2],
        ["resources": ["requests": ["cpu": "1", "memory": "500M"]], "quota": ["memory": "1234567k"]],
    ]

    @Test(arguments: VClusterQoSClass.allCases)
    func migration_givesEveryVClusterWhatTheServicesWould(_ qosClass: VClusterQoSClass) async throws {
        try await withPortal { portal in
            for (index, spec) in Self.specs.enumerated() {
                try await portal.services.vclusters.create(
                    NewVCluster(
                        tenantID: portal.organization.payments.id,
                        name: "v\(index)",
                        spec: spec,
                        qosClass: qosClass
                    ),
                    as: portal.organization.member
                )
            }
            let everything = PortalDatabase(portal.database).elevated(for: .quotaChain)
            let tenants = [portal.organization.root.id, portal.organization.payments.id]
            let before = try await QuotaSnapshot.load(tenants, in: everything).levels
            #expect(before[tenants[0]]?.use.total[.vclusters] == 6)

            let migrator = Migrator(
                directory: "\(try TestProject.root())/migrations",
                database: portal.database,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            let all = try await migrator.status()
            let number = try #require(all.first { $0.name == "fill_quota_reservations" }?.number)
            try await migrator.down(steps: all.count - number + 1)
            try await migrator.up()

            #expect(try await QuotaSnapshot.load(tenants, in: everything).levels == before)
            #expect(try await everything.query(QuotaTestQueries.drift()).isEmpty)
        }
    }
}
