import FoundationEssentials
import JSON
import Portal
import PortalTesting
import Postgres
import Testing

struct ServiceAccountTests {
    private let time = ManualTime()

    private func code(_ body: () async throws -> Void) async -> PortalError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? PortalError)?.code }
    }

    @Test func account_actsByItsTokensWithItsRoles() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)

            let account = try await identity.createServiceAccount(
                name: "deployer",
                at: acme.engineering.id,
                as: acme.manager
            )
            try await tenants.addMember(account.id, role: .member, to: acme.payments.id, as: acme.manager)
            let token = try await identity.createToken(
                name: "pipeline",
                lifetime: .seconds(3600),
                forServiceAccount: account.id,
                as: acme.manager
            )
            let caller = try #require(try await identity.authenticate(bearer: token.secret))

            #expect(caller.user.id == account.id && caller.user.kind == .service)
            #expect(caller.has(.vclustersCreate, onPath: acme.payments.path))
            #expect(!caller.has(.vclustersCreate, onPath: acme.platform.path))
            let tokens = try await identity.listTokens(ofServiceAccount: account.id, as: acme.manager).items
            #expect(tokens.map(\.name) == ["pipeline"])
            #expect(try await identity.listUsers(search: "deployer", as: acme.admin).items.isEmpty, "it is no person")
            let signIn = await code {
                _ = try await identity.signIn(email: caller.user.email, password: "", clientAddress: "::1")
            }
            #expect(signIn == .unauthenticated)
            _ = try await identity.updateServiceAccount(account.id, isDisabled: true, as: acme.manager)
            #expect(try await identity.authenticate(bearer: token.secret) == nil)
        }
    }

    @Test func certificate_actsWithTheRolesOfItsAccountAndTheirSubtree() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let account = try await identity.createServiceAccount(name: "ci", at: acme.payments.id, as: acme.manager)
            try await tenants.addMember(account.id, role: .member, to: acme.engineering.id, as: acme.manager)
            let name = "spiffe://acme.example/ci"
            let mapping = try await identity.addCertificate(
                .uri,
                value: name,
                issuer: nil,
                to: account.id,
                as: acme.admin
            )
            let certificate = ClientCertificate(
                issuer: "CN=Devices",
                subject: "CN=ci",
                uris: [name],
                fingerprint: String(repeating: "a", count: 64)
            )

            let caller = try #require(try await identity.authenticate(certificate))

            #expect(caller.user.id == account.id && caller.via == .certificate(mapping.id))
            #expect(caller.bindings.map(\.tenantID) == [acme.engineering.id])
            #expect(caller.has(.vclustersCreate, onPath: acme.platform.path), "what is held above holds below")
            #expect(!caller.has(.tenantsRead, onPath: acme.data.path))
            try await identity.deleteServiceAccount(account.id, as: acme.manager)
            #expect(try await identity.authenticate(certificate) == nil)
        }
    }

    /// Names of certificates belong to no tenant: a manager must neither take those of others nor make them stand for two.
    @Test func certificate_isMappedByWhoManagesAllAccounts() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let other = Caller.make(acme.stranger.user, [(.manager, acme.data)])
            let account = try await identity.createServiceAccount(name: "ci", at: acme.payments.id, as: acme.manager)
            let greedy = try await identity.createServiceAccount(name: "greedy", at: acme.data.id, as: other)
            let name = "spiffe://acme.example/ci"
            func map(_ id: UserID, as caller: Caller) async throws -> CertificateMapping {
                try await identity.addCertificate(.uri, value: name, issuer: nil, to: id, as: caller)
            }
            let mapping = try await map(account.id, as: acme.admin)

            let claim = await #expect(throws: PortalError.self) { _ = try await map(greedy.id, as: other) }
            let unseen = await #expect(throws: PortalError.self) {
                try await identity.removeCertificate(mapping.id, as: other)
            }
            let missing = await #expect(throws: PortalError.self) {
                try await identity.removeCertificate(CertificateMappingID(), as: other)
            }

            #expect(claim?.code == .forbidden && claim?.extensions["missingPermission"] == "users.manage")
            #expect(unseen?.code == .notFound && unseen?.message == missing?.message)
            try await identity.removeCertificate(mapping.id, as: acme.manager)
        }
    }

    @Test func certificate_endsWhenItsMappingDoes() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let account = try await identity.createServiceAccount(name: "ci", at: acme.payments.id, as: acme.manager)
            let name = "spiffe://acme.example/ci"
            let certificate = ClientCertificate(
                issuer: "CN=Devices",
                subject: "CN=ci",
                uris: [name],
                fingerprint: String(repeating: "a", count: 64)
            )
            let end = time.now().addingTimeInterval(60)

            let past = await code {
                _ = try await identity.addCertificate(
                    .uri,
                    value: name,
                    issuer: nil,
                    until: time.now(),
                    to: account.id,
                    as: acme.admin
                )
            }
            let mapping = try await identity.addCertificate(
                .uri,
                value: name,
                issuer: nil,
                until: end,
                to: account.id,
                as: acme.admin
            )
            let during = try await identity.authenticate(certificate)
            time.advance(by: .seconds(60))
            let after = try await identity.authenticate(certificate)

            #expect(past == .invalidArgument)
            #expect(mapping.expiresAt == end && during?.user.id == account.id)
            #expect(after == nil)
        }
    }

    @Test func records_areThoseOfTheTenantOfTheAccount() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let account = try await identity.createServiceAccount(name: "ci", at: acme.payments.id, as: acme.manager)
            let token = try await identity.createToken(
                name: "x",
                lifetime: .seconds(60),
                forServiceAccount: account.id,
                as: acme.manager
            )

            try await identity.revokeToken(token.token.id, as: acme.manager)
            _ = try await identity.updateServiceAccount(account.id, isDisabled: true, as: acme.manager)

            let log = try await AuditService(database: database).list(as: .system("test")).items
            for verb in ["token.create", "token.revoke", "user.disable"] {
                let entry = try #require(log.first { $0.verb == verb })
                #expect(entry.object.tenantPath == acme.payments.path, "\(verb)")
            }
        }
    }

    /// Who makes a token of an account acts as it, so an account that may do more is out of reach.
    @Test func tokens_areNoWayUp() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let account = try await identity.createServiceAccount(
                name: "auditor",
                at: acme.engineering.id,
                as: acme.manager
            )
            try await tenants.addMember(account.id, role: .auditor, to: acme.root.id, as: acme.admin)

            #expect(
                await code {
                    _ = try await identity.createToken(
                        name: "x",
                        lifetime: .seconds(60),
                        forServiceAccount: account.id,
                        as: acme.manager
                    )
                } == .forbidden
            )
            #expect(await code { try await identity.deleteServiceAccount(account.id, as: acme.manager) } == .forbidden)
            #expect(
                await code {
                    _ = try await identity.updateServiceAccount(account.id, isDisabled: true, as: acme.manager)
                } == .forbidden
            )
            _ = try await identity.updateServiceAccount(account.id, name: "reader", as: acme.manager)
            try await identity.deleteServiceAccount(account.id, as: acme.admin)
        }
    }

    @Test func accountsOfOthers_doNotExist() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let account = try await identity.createServiceAccount(
                name: "deployer",
                at: acme.engineering.id,
                as: acme.manager
            )
            let id = account.id
            let other = Caller.make(acme.stranger.user, [(.manager, acme.data)])
            let own = acme.manager.user.id

            #expect(await code { _ = try await identity.getServiceAccount(id, as: other) } == .notFound)
            #expect(await code { _ = try await identity.updateServiceAccount(id, name: "x", as: other) } == .notFound)
            #expect(await code { try await identity.deleteServiceAccount(id, as: other) } == .notFound)
            #expect(await code { _ = try await identity.listTokens(ofServiceAccount: id, as: other) } == .notFound)
            #expect(await code { _ = try await identity.getServiceAccount(own, as: acme.admin) } == .notFound)
            #expect(try await identity.listServiceAccounts(as: other).items.isEmpty)
            #expect(try await identity.listServiceAccounts(as: acme.manager).items == [account])
            #expect(
                await code {
                    _ = try await identity.createServiceAccount(
                        name: "DEPLOYER",
                        at: acme.engineering.id,
                        as: acme.manager
                    )
                } == .alreadyExists
            )
        }
    }
}
