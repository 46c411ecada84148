import Foundation
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// The URLs of storages, and how hosts keep them.
struct SnapshotStorageTests {
    private static let key = "a2V5"
    private static let secret = "c2VjcmV0LXdvcmQ="

    @Test(
        arguments: [
            ("container:///data", SnapshotStorage.Kind.ownVolume, "container:///data"),
            ("container:///data/snapshots/", .ownVolume, "container:///data/snapshots"),
            ("s3://bucket", .s3, "s3://bucket"),
            (
                "s3://bucket/a/b?region=eu-central-1&access-key-id=a2V5&secret-access-key=c2VjcmV0&force-path-style=true",
                .s3, "s3://bucket/a/b"
            ),
            ("oci://registry.example:5000/team/snapshots", .oci, "oci://registry.example:5000/team/snapshots"),
            ("oci://user:word@registry.example/team/snapshots", .oci, "oci://registry.example/team/snapshots"),
            (
                "https://account.blob.core.windows.net/container/folder?sv=2024&sig=abc%3D", .azure,
                "https://account.blob.core.windows.net/container/folder"
            ),
        ]
    )
    func url_isRead(_ text: String, _ kind: SnapshotStorage.Kind, _ address: String) throws {
        let storage = try SnapshotStorage(parsing: text)

        #expect(storage.kind == kind && storage.address == address)
        #expect(SnapshotStorage.Kind(location: storage.location(of: SnapshotID(), in: VClusterID())) == kind)
        #expect(storage.holds(storage.location(of: SnapshotID(), in: VClusterID())))
    }

    @Test(
        arguments: [
            "", "data", "/data", "container://data", "container:///", "container:///data/../etc", "ftp://host/a",
            "http://host/a", "s3://", "s3:///key", "s3://bucket?color=red", "s3://bucket?url=!!", "s3://bucket#x",
            "s3://bucket?access-key-id=a2V5", "s3://user@bucket", "s3://bucket?region=a&region=b",
            "oci://registry.example", "oci://registry.example/a:tag", "oci://registry.example/a?password=%21",
            "https://account.blob.core.windows.net", "container:///data?x=1", "s3://bucket/a b",
            "s3://" + String(repeating: "a", count: 9_000),
        ]
    )
    func url_isRefused(_ text: String) {
        #expect(throws: SnapshotStorage.Problem.self) { try SnapshotStorage(parsing: text) }
    }

    @Test func storage_printsWithoutItsCredentials() throws {
        let url = "s3://bucket/a?access-key-id=\(Self.key)&secret-access-key=\(Self.secret)"
        let storage = try SnapshotStorage(parsing: url)
        var shown = "\(storage) \(String(reflecting: storage))"
        dump(storage, to: &shown)

        #expect(!shown.contains(Self.secret) && !shown.contains("secret-word"))
        #expect(storage.secrets.contains(Self.secret) && storage.secrets.contains("secret-word"))
        #expect(storage.location(of: SnapshotID(), in: VClusterID()).hasPrefix("s3://bucket/a/"))
    }

    @Test func holds_onlyWhatLiesBelowTheAddress() throws {
        let storage = try SnapshotStorage(parsing: "s3://bucket/a")

        #expect(storage.holds("s3://bucket/a/x/y.tar.gz"))
        #expect(!storage.holds("s3://bucket/ab/x/y.tar.gz"))
        #expect(!storage.holds("s3://other/a/x/y.tar.gz"))
    }

    private func service(_ database: PostgresDatabase, _ ring: String) throws -> HostService {
        HostService(
            database: database,
            time: ManualTime(),
            secretBox: SecretBox(ring: try KeyRing(parsing: ring)),
            drivers: StubDrivers(),
            limits: .testing
        )
    }

    @Test func host_sealsItsStorageAndShowsTheAddress() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: ManualTime())
            let hosts = try service(database, KeyRing.newEntry(id: "old"))
            let url = "s3://bucket/a?access-key-id=\(Self.key)&secret-access-key=\(Self.secret)"

            let host = try await hosts.create(
                NewHost(name: "eu-1", driver: .simulated, snapshotStorage: url),
                as: acme.admin
            )
            let stored = try await hosts.get(host.id, as: acme.admin)

            #expect(stored.snapshotStorage == "s3://bucket/a" && stored == host)
            #expect(stored.json["snapshotStorage"] == "s3://bucket/a")
            #expect(stored.summaryJSON["snapshotStorage"] == nil)
            let system = Caller.system("test")
            let storage = try await hosts.snapshotStorage(of: host.id, as: system)
            #expect(storage.setting("secret-access-key") == Self.secret)
            let row = try await database.query("SELECT h::text AS row FROM hosts AS h")[0].decode(
                "row",
                as: String.self
            )
            let audited = try await AuditService(database: database).list(as: acme.admin).items
            let shown = row + audited.map { "\($0.before ?? "") \($0.after ?? "")" }.joined()
            #expect(!shown.contains(Self.secret))
            await #expect(throws: PortalError.self) {
                try await hosts.snapshotStorage(of: host.id, as: acme.admin)
            }
            let cleared = try await hosts.update(host.id, HostChange(snapshotStorage: ""), as: acme.admin)
            #expect(cleared.snapshotStorage == nil)
            #expect(try await hosts.snapshotStorage(of: host.id, as: system) == .ownVolume)
        }
    }

    @Test func host_refusesAnAddressThatIsNone() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: ManualTime())
            let hosts = try service(database, KeyRing.newEntry(id: "old"))
            let host = try await hosts.create(NewHost(name: "eu-1", driver: .simulated), as: acme.admin)

            let new = await #expect(throws: PortalError.self) {
                try await hosts.create(
                    NewHost(name: "eu-2", driver: .simulated, snapshotStorage: "ftp://x"),
                    as: acme.admin
                )
            }
            let changed = await #expect(throws: PortalError.self) {
                try await hosts.update(host.id, HostChange(snapshotStorage: "s3://"), as: acme.admin)
            }

            #expect(new?.fields.map(\.field) == ["snapshotStorage"])
            #expect(changed?.fields.map(\.field) == ["snapshotStorage"])
        }
    }

    @Test func rotation_sealsStoragesAnew() async throws {
        try await withDatabase { database in
            let (oldKey, newKey) = (KeyRing.newEntry(id: "old"), KeyRing.newEntry(id: "new"))
            let system = Caller.system("test")
            let url = "s3://bucket/a?access-key-id=\(Self.key)&secret-access-key=\(Self.secret)"
            let host = try await service(database, oldKey).create(
                NewHost(name: "eu-1", driver: .simulated, snapshotStorage: url),
                as: system
            )

            let both = try service(database, "\(newKey),\(oldKey)")
            #expect(try await both.rotateCredentials(as: system) == 1)
            #expect(try await both.rotateCredentials(as: system) == 0)

            let storage = try await service(database, newKey).snapshotStorage(of: host.id, as: system)
            #expect(storage.setting("secret-access-key") == Self.secret)
            #expect(try await both.get(host.id, as: system).snapshotStorage == "s3://bucket/a")
        }
    }
}
