import Portal
import PortalTesting
import Testing

struct UserTests {
    @Test func createUser_reportsEveryFieldAtOnce() async throws {
        try await withDatabase { database in
            let identity = IdentityService(database: database, time: ManualTime(), limits: .testing)

            let error = await #expect(throws: PortalError.self) {
                try await identity.createUser(
                    NewUser(email: "no address", name: "\n", password: "short", timeZone: "Mars/Olympus"),
                    as: .system("test")
                )
            }

            #expect(error?.fields.map(\.field) == ["email", "name", "timeZone", "password"])
        }
    }

    @Test func createUser_keepsEmailsUniqueWithoutRegardToCase() async throws {
        try await withDatabase { database in
            let identity = IdentityService(database: database, time: ManualTime(), limits: .testing)
            let system = Caller.system("test")
            let ada = try await identity.createUser(NewUser(email: "ada@x.org", name: "Ada", password: nil), as: system)

            let error = await #expect(throws: PortalError.self) {
                try await identity.createUser(NewUser(email: "ADA@X.ORG", name: "A", password: nil), as: system)
            }
            let again = try await identity.ensureUser(
                NewUser(email: "Ada@x.org", name: "Other", password: nil),
                as: system
            )

            #expect(error?.code == .alreadyExists)
            #expect(again == ada)
        }
    }

    @Test func usersManage_isForAdminsOfTheOrganization() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let identity = IdentityService(database: database, time: ManualTime(), limits: .testing)
            let new = NewUser(email: "new@acme.example", name: "New", password: nil)

            for caller in [acme.manager, acme.member, acme.viewer, acme.auditor, acme.nobody] {
                let error = await #expect(throws: PortalError.self) { try await identity.createUser(new, as: caller) }
                #expect(error?.code == .forbidden)
            }
            _ = try await identity.createUser(new, as: acme.admin)
        }
    }

    @Test func listUsers_pagesByEmailAndSearches() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let identity = IdentityService(database: database, time: ManualTime(), limits: .testing)

            var emails: [String] = []
            var token: String?
            repeat {
                let page = try await identity.listUsers(try PageRequest(size: 3, token: token), as: acme.admin)
                emails += page.items.map(\.email)
                token = page.nextPageToken
            } while token != nil

            #expect(emails == emails.sorted())
            #expect(emails.count == 8)
            #expect(
                try await identity.listUsers(search: "MANAGER", as: acme.admin).items.map(\.email) == [
                    "manager@acme.example"
                ]
            )
            #expect(try await identity.listUsers(search: "%", as: acme.admin).items.isEmpty)
        }
    }

    @Test func setDisabled_endsSessionsAndTokens() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let identity = IdentityService(database: database, time: ManualTime(), limits: .testing)
            let session = try await identity.signIn(
                email: acme.member.user.email,
                password: TestOrganization.password,
                clientAddress: ""
            ).token
            let token = try await identity.createToken(name: "ci", lifetime: .seconds(3600), as: acme.member).secret

            let disabled = try await identity.setDisabled(true, user: acme.member.user.id, as: acme.admin)
            #expect(!disabled.isActive)
            #expect(try await identity.authenticate(sessionToken: session) == nil)
            #expect(try await identity.authenticate(bearer: token) == nil)

            _ = try await identity.setDisabled(false, user: acme.member.user.id, as: acme.admin)
            #expect(try await identity.authenticate(sessionToken: session) == nil)
            #expect(try await identity.authenticate(bearer: token) == nil, "revoked for good")
            let own = await #expect(throws: PortalError.self) {
                try await identity.setDisabled(true, user: acme.admin.user.id, as: acme.admin)
            }
            #expect(own?.code == .conflict)
        }
    }

    @Test func updatePreferences_changesWhatPagesLookLike() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let identity = IdentityService(database: database, time: ManualTime(), limits: .testing)
            var preferences = UserPreferences(of: acme.viewer.user)
            preferences.locale = .simplifiedChinese
            preferences.theme = .dark
            preferences.timeZone = "Asia/Shanghai"

            let changed = try await identity.updatePreferences(preferences, as: acme.viewer)

            #expect(changed.locale == .simplifiedChinese)
            #expect(try await identity.me(as: acme.viewer) == changed)
            #expect(try await identity.memberships(as: acme.viewer).map(\.tenantName) == ["Payments"])
            preferences.timeZone = "GMT+5"
            let error = await #expect(throws: PortalError.self) {
                try await identity.updatePreferences(preferences, as: acme.viewer)
            }
            #expect(error?.fields.map(\.field) == ["timeZone"])
        }
    }

    @Test func changePassword_needsTheOldOneAndEndsOtherSessions() async throws {
        try await withDatabase { database in
            _ = try await TestOrganization.make(in: database)
            let identity = IdentityService(database: database, time: ManualTime(), limits: .testing)
            func signIn(_ password: String) async throws -> String {
                try await identity.signIn(email: "member@acme.example", password: password, clientAddress: "").token
            }
            let (mine, other) = (
                try await signIn(TestOrganization.password), try await signIn(TestOrganization.password)
            )
            let caller = try #require(try await identity.authenticate(sessionToken: mine))

            let error = await #expect(throws: PortalError.self) {
                try await identity.changePassword(from: "wrong", to: "short", as: caller)
            }
            #expect(error?.fields.map(\.field) == ["currentPassword", "newPassword"])
            try await identity.changePassword(from: TestOrganization.password, to: "another good one", as: caller)

            #expect(try await identity.authenticate(sessionToken: mine) != nil)
            #expect(try await identity.authenticate(sessionToken: other) == nil)
            _ = try await signIn("another good one")
        }
    }

    @Test func createFirstAdmin_makesTheOrganizationToo() async throws {
        try await withDatabase { database in
            let identity = IdentityService(database: database, time: ManualTime(), limits: .testing)
            let tenants = TenantService(database: database, time: ManualTime())

            let admin = try await identity.createFirstAdmin(
                email: "root@acme.example",
                password: "correct horse battery",
                name: "Root",
                organization: "Acme"
            )
            let token = try await identity.signIn(
                email: admin.email,
                password: "correct horse battery",
                clientAddress: ""
            )
            .token
            let caller = try #require(try await identity.authenticate(sessionToken: token))

            #expect(caller.has(.hostsManage))
            #expect(try await tenants.list(as: caller).items.map(\.name) == ["Acme"])
            let again = await #expect(throws: PortalError.self) {
                try await identity.createFirstAdmin(
                    email: "root@acme.example",
                    password: "correct horse battery",
                    name: "Root"
                )
            }
            #expect(again?.code == .alreadyExists)
        }
    }
}
