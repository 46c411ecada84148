import EventLoop
import Foundation
import HTTPServer
import JSON
import Logging
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// Service accounts that sign in by client certificates, over TLS on a socket.
struct ClientCertificateTests {
    /// A portal behind TLS that asks for certificates.
    private struct Site: Sendable {
        let portal: TestPortal
        let address: String

        /// The answer to a GET of a client with a certificate; without one for nil.
        func get(
            _ target: String,
            _ identity: (certificate: String, key: String)?,
            headers: [(String, String)] = []
        ) async throws -> (status: Int, json: JSONValue) {
            try await TLSVisitor.get(address + target, identity, headers: headers)
        }
    }

    private static let runner = (certificate: ClientCertificates.runner, key: ClientCertificates.runnerKey)
    private static let other = (certificate: ClientCertificates.other, key: ClientCertificates.otherKey)
    private static let issuer = "CN=portal client authority,O=Acme"

    private func withSite(_ body: @escaping @Sendable (Site) async throws -> Void) async throws {
        let directory = URL.temporaryDirectory.appending(path: "portal-mtls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        func file(_ name: String, _ content: String) throws -> String {
            let path = directory.appending(path: name).path()
            try content.write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }
        var tls = TLSConfiguration(certificates: [
            .init(
                chainPath: try file("s.pem", ClientCertificates.server),
                keyPath: try file("s.key", ClientCertificates.serverKey)
            )
        ])
        tls.clientCertificates = .optional(.init(authoritiesPath: try file("ca.pem", ClientCertificates.authority)))
        let context = try TLSContext(tls)
        try await withPortal { portal in
            let group = try EventLoopGroup(loops: 1)
            var configuration = HTTPServerConfiguration()
            configuration.listeners = [HTTPListener(.tcp(host: "127.0.0.1", port: 0), tls: context)]
            let server = HTTPServer(
                configuration: configuration,
                group: group,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                handler: portal.application.handler
            )
            let result: Result<Void, any Error>
            do {
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { try await server.run() }
                    let port = try await server.waitUntilBound()
                    let site = Site(portal: portal, address: "https://127.0.0.1:\(port)")
                    let result: Result<Void, any Error>
                    do { result = .success(try await body(site)) } catch { result = .failure(error) }
                    tasks.cancelAll()
                    while let stopped = await tasks.nextResult() { _ = stopped }
                    try result.get()
                }
                result = .success(())
            } catch { result = .failure(error) }
            await group.shutdown()
            try result.get()
        }
    }

    private func account(_ portal: TestPortal, _ name: String = "ci-runner") async throws -> ServiceAccount {
        let payments = portal.organization.payments.id
        return try await portal.services.identity.createServiceAccount(
            name: name,
            at: payments,
            as: portal.organization.admin
        )
    }

    @Test(arguments: [
        (CertificateMapping.Kind.fingerprint, ClientCertificates.runnerFingerprint, nil as String?),
        (.subject, "CN=runner,O=Acme", issuer), (.uri, "spiffe://acme.example/ci", nil),
        (.dns, "runner.ACME.example", issuer), (.email, "CI@acme.example", nil),
    ])
    func certificate_standsForItsAccount(kind: CertificateMapping.Kind, value: String, issuer: String?) async throws {
        try await withSite { site in
            let identity = site.portal.services.identity
            let account = try await account(site.portal)
            let admin = site.portal.organization.admin
            let payments = site.portal.organization.payments.id
            try await site.portal.services.tenants.addMember(
                account.id,
                role: .member,
                to: payments,
                as: .system("test")
            )
            let mapping = try await identity.addCertificate(
                kind,
                value: value,
                issuer: issuer,
                to: account.id,
                as: admin
            )

            let me = try await site.get("/api/v1/me", Self.runner)

            #expect(me.status == 200)
            #expect(me.json["user"]?["name"] == "ci-runner")
            #expect(me.json["credential"] == "certificate")
            #expect(me.json["roles"]?[0]?["role"] == "member")
            #expect(
                try await site.get("/api/v1/me", Self.other).status == 401,
                "another certificate of the same authority"
            )
            #expect(try await site.get("/api/v1/me", nil).status == 401)
            #expect(try await identity.certificates(of: account.id, as: admin).items[0].lastUsedAt != nil)
            try await identity.removeCertificate(mapping.id, as: admin)
            #expect(try await site.get("/api/v1/me", Self.runner).status == 401)
        }
    }

    @Test func certificate_comesAfterTokenAndSession() async throws {
        try await withSite { site in
            let identity = site.portal.services.identity
            let account = try await account(site.portal)
            _ = try await identity.addCertificate(
                .uri,
                value: "spiffe://acme.example/ci",
                issuer: nil,
                to: account.id,
                as: site.portal.organization.admin
            )
            let session = try await identity.signIn(
                email: TestPersona.member.email,
                password: TestOrganization.password,
                clientAddress: "192.0.2.1"
            )

            let cookie = try await site.get(
                "/api/v1/me",
                Self.runner,
                headers: [("Cookie", "\(SessionCookie.name)=\(session.token)")]
            )
            let wrongToken = try await site.get("/api/v1/me", Self.runner, headers: [("Authorization", "Bearer ovp_x")])
            let page = try await site.get("/vclusters", Self.runner)

            #expect(cookie.json["user"]?["email"] == .string(TestPersona.member.email))
            #expect(cookie.json["credential"] == "session")
            #expect(wrongToken.status == 401, "a wrong token is not made good by a certificate")
            #expect(page.json["user"] == nil, "a page belongs to a person: it leads to the sign-in page")
        }
    }

    @Test func certificate_ofTwoAccountsStandsForNone() async throws {
        try await withSite { site in
            let identity = site.portal.services.identity
            let admin = site.portal.organization.admin
            let (first, second) = (try await account(site.portal, "one"), try await account(site.portal, "two"))
            _ = try await identity.addCertificate(
                .uri,
                value: "spiffe://acme.example/ci",
                issuer: nil,
                to: first.id,
                as: admin
            )
            #expect(try await site.get("/api/v1/me", Self.runner).status == 200)
            _ = try await identity.addCertificate(
                .dns,
                value: "runner.acme.example",
                issuer: nil,
                to: second.id,
                as: admin
            )

            #expect(try await site.get("/api/v1/me", Self.runner).status == 401)
            _ = try await identity.updateServiceAccount(second.id, isDisabled: true, as: admin)
            #expect(try await site.get("/api/v1/me", Self.runner).status == 200)
            _ = try await identity.updateServiceAccount(first.id, isDisabled: true, as: admin)
            #expect(try await site.get("/api/v1/me", Self.runner).status == 401)
        }
    }

    @Test func certificate_ofAnotherIssuerStandsForNobody() async throws {
        try await withSite { site in
            let account = try await account(site.portal)
            _ = try await site.portal.services.identity.addCertificate(
                .uri,
                value: "spiffe://acme.example/ci",
                issuer: "CN=another authority",
                to: account.id,
                as: site.portal.organization.admin
            )

            #expect(try await site.get("/api/v1/me", Self.runner).status == 401)
        }
    }

    @Test func api_keepsTheMappings() async throws {
        try await withPortal { portal in
            let manager = try await portal.checked(as: .manager)
            let account = try await account(portal)
            let path = "/api/v1/service-accounts/\(account.id)/certificates"
            let admin = try await portal.checked(as: .admin)

            let added = try await admin.post(path, ["kind": "dns", "value": "CI.acme.example"])
            let again = try await admin.post(path, ["kind": "dns", "value": "ci.acme.example"])
            let claimed = try await manager.post(path, ["kind": "dns", "value": "ci.acme.example"])
            let subject = try await admin.post(path, ["kind": "subject", "value": "CN=x"])
            let fingerprint = try await admin.post(path, ["kind": "fingerprint", "value": "AB:CD"])
            let person = try await admin.post(
                "/api/v1/service-accounts/\(portal.organization.member.user.id)/certificates",
                ["kind": "uri", "value": "spiffe://acme.example/member"]
            )

            #expect(added.status == 201, "\(added.text)")
            #expect(added.json["value"] == "ci.acme.example")
            #expect(again.status == 409)
            #expect(claimed.status == 403 && claimed.json["missingPermission"] == "users.manage")
            #expect(subject.status == 400 && subject.json["errors"]?[0]?["field"] == "issuer")
            #expect(fingerprint.status == 400 && fingerprint.json["errors"]?[0]?["field"] == "value")
            #expect(person.status == 404, "people sign in themselves")
            #expect(try await manager.get(path).json["items"]?.array?.count == 1)
            let mapping = "/api/v1/client-certificates/\(added.json["id"]?.string ?? "")"
            for (persona, status) in [(TestPersona.member, 403), (.stranger, 404), (.nobody, 404)] {
                let other = try await portal.checked(as: persona)
                #expect(try await other.get(path).status == status)
                #expect(try await other.post(path, ["kind": "uri", "value": "spiffe://x"]).status == status)
                #expect(try await other.delete(mapping).status == status)
            }
            #expect(try await manager.delete(mapping).status == 204)
            #expect(try await manager.delete(mapping).status == 404)
        }
    }

    @Test func certificate_isNotGivenToAnAccountThatMayDoMore() async throws {
        try await withPortal { portal in
            let account = try await account(portal)
            let root = portal.organization.root.id
            try await portal.services.tenants.addMember(account.id, role: .admin, to: root, as: .system("test"))
            // Somebody who manages all accounts and members, and no more than that.
            let new = NewRole(name: "Desk", permissions: [.usersManage, .membersManage])
            let desk = try await portal.services.roles.create(new, at: root, as: .system("test"))
            let nobody = RoleSubject.user(portal.organization.nobody.user.id)
            try await portal.services.tenants.addMember(nobody, role: desk.reference, to: root, as: .system("test"))
            let helper = try await portal.checked(as: .nobody)

            let answer = try await helper.post(
                "/api/v1/service-accounts/\(account.id)/certificates",
                ["kind": "uri", "value": "spiffe://acme.example/mine"]
            )

            #expect(answer.status == 403 && answer.json["missingPermission"] != "users.manage")
        }
    }
}
