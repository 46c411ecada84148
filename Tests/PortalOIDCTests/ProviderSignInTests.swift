import Foundation
import HTTPCore
import JSON
import Portal
import PortalOIDC
import PortalTesting
import PortalWeb
import Testing

/// Whole sign-ins: a browser, the portal and a provider.
struct ProviderSignInTests {
    /// A browser that keeps its cookies.
    private final class Visitor {
        private let client: TestClient
        private var cookies: [String: String] = [:]

        init(_ portal: TestPortal) async throws {
            client = try await portal.client()
        }

        func open(_ target: String, headers: HTTPHeaders = [:]) async throws -> TestResponse {
            var headers = headers
            headers.set("Accept", "text/html")
            headers.set("Cookie", cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "))
            let response = try await client.get(target, headers: headers)
            for field in response.headers where field.name.lowercased() == "set-cookie" {
                let pair = field.value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
                cookies[String(pair[0])] = pair.count == 2 ? String(pair[1]) : nil
            }
            return response
        }

        var isSignedIn: Bool { cookies["portal_session"]?.isEmpty == false }
    }

    private static let publicURL = "https://portal.example"

    /// A portal that trusts a provider.
    private func withSite(
        rules: [String] = [],
        _ change: @escaping @Sendable (inout OpenIDSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (TestPortal, FakeProvider, ManualTime) async throws -> Void
    ) async throws {
        let time = ManualTime()
        try await FakeProvider.with(time: time) { provider in
            let settings = provider.settings { settings in
                settings.provider.groupRules = rules.compactMap { ProviderGroupRule(parsing: $0) }
                change(&settings)
            }
            let client = OpenIDProvider(settings, time: time)
            var options = TestPortalOptions()
            options.publicURL = Self.publicURL
            options.time = time
            options.providers = [client]
            let result: Result<Void, any Error>
            do {
                try await withPortal(options) { try await body($0, provider, time) }
                result = .success(())
            } catch { result = .failure(error) }
            // Whatever came of it: an open HTTP client ends the process, and with it the reason why.
            await client.close()
            try result.get()
        }
    }

    /// Goes to the provider and comes back to the address that it sends the browser to.
    private func leave(_ visitor: Visitor, _ provider: FakeProvider, next: String = "/vclusters") async throws -> String
    {
        let away = try await visitor.open("/login/oidc/corp?next=\(next)")
        let back = try provider.approve(try #require(away.headers["Location"]))
        #expect(back.hasPrefix(Self.publicURL + "/login/oidc/corp/callback?"))
        return String(back.dropFirst(Self.publicURL.count))
    }

    @Test func signIn_makesAnAccountAndLeadsOn() async throws {
        try await withSite { portal, provider, _ in
            let visitor = try await Visitor(portal)

            let page = try await visitor.open("/login?next=/vclusters")
            let answer = try await visitor.open(try await leave(visitor, provider))
            let home = try await visitor.open("/")

            #expect(page.text.contains("href=\"/login/oidc/corp?next=%2Fvclusters\""))
            #expect(answer.status == 303)
            #expect(answer.headers["Location"] == "/vclusters")
            #expect(home.text.contains("Mei Lin"))
            let user = try #require(
                try await portal.services.identity.user(email: "mei@corp.example", as: .system("test"))
            )
            #expect(user.name == "Mei Lin")
            let verbs = try await portal.services.audit.list(as: .system("test")).items
                .filter { $0.object.id == user.id.description }.map(\.verb)
            #expect(Set(verbs) == ["user.create", "session.start"])
        }
    }

    @Test func departure_asksForACodeWithPKCE() async throws {
        try await withSite { portal, provider, _ in
            let away = try await portal.client().get("/login/oidc/corp?next=/vclusters")
            let url = try #require(away.headers["Location"])
            let query = QueryItems(parsing: url.split(separator: "?").last.map(String.init))

            #expect(url.hasPrefix(provider.issuer + "/authorize?"))
            #expect(query.first(named: "response_type") == "code")
            #expect(query.first(named: "scope") == "openid profile email")
            #expect(query.first(named: "code_challenge_method") == "S256")
            #expect(query.first(named: "code_challenge")?.utf8.count == 43)
            #expect(query.first(named: "redirect_uri") == Self.publicURL + "/login/oidc/corp/callback")
            let cookie = try #require(away.headers["Set-Cookie"])
            for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/login/oidc", "Max-Age=600"] {
                #expect(cookie.contains(part), "\(part)")
            }
        }
    }

    @Test func state_worksOnceInTheBrowserThatBeganAndInTime() async throws {
        try await withSite { portal, provider, time in
            let (victim, thief) = (try await Visitor(portal), try await Visitor(portal))
            let back = try await leave(victim, provider)
            _ = try await thief.open("/login/oidc/corp")

            let stolen = try await thief.open(back)
            let right = try await victim.open(back)
            let replayed = try await victim.open(back)

            #expect(stolen.status == 401 && !thief.isSignedIn)
            #expect(stolen.text.contains("This sign-in is over"))
            #expect(right.status == 303 && victim.isSignedIn)
            #expect(replayed.status == 401)
            let late = try await leave(thief, provider)
            time.advance(by: .seconds(601))
            #expect(try await thief.open(late).status == 401)
        }
    }

    @Test func state_ofAnotherSignInIsRefused() async throws {
        try await withSite { portal, provider, _ in
            let visitor = try await Visitor(portal)
            let first = try await leave(visitor, provider)
            _ = try await leave(visitor, provider)

            // The cookie is that of the second one now.
            #expect(try await visitor.open(first).status == 401)
            #expect(try await visitor.open("/login/oidc/corp/callback?state=x&code=y").status == 401)
            #expect(try await visitor.open("/login/oidc/corp/callback").status == 401)
            #expect(try await visitor.open("/login/oidc/nowhere").status == 404)
            #expect(!visitor.isSignedIn)
        }
    }

    @Test func code_ofAnotherSignInIsRefusedByTheNonceAndTheVerifier() async throws {
        try await withSite { portal, provider, _ in
            let (victim, thief) = (try await Visitor(portal), try await Visitor(portal))
            let stolen = QueryItems(
                parsing: try await leave(victim, provider).split(separator: "?").last.map(String.init)
            )
            var own = QueryItems(parsing: try await leave(thief, provider).split(separator: "?").last.map(String.init))
            own.set("code", stolen.first(named: "code") ?? "")

            let answer = try await thief.open("/login/oidc/corp/callback?\(own.encoded)")

            #expect(answer.status == 401)
            #expect(!thief.isSignedIn)
        }
    }

    @Test func token_thatIsNotBelievedSignsNobodyIn() async throws {
        try await withSite { portal, provider, _ in
            for claims in [["nonce": "other"], ["aud": "other"], ["iss": "https://other.example"]]
                as [[String: JSONValue?]]
            {
                provider.script { $0.claims = claims }
                let visitor = try await Visitor(portal)
                let answer = try await visitor.open(try await leave(visitor, provider))
                #expect(answer.status == 401 && !visitor.isSignedIn)
                #expect(answer.text.contains("could not be verified"))
            }
            let entry = try await portal.services.audit.list(as: .system("test")).items.first { $0.result == .refused }
            #expect(entry?.after?.contains("another issuer") == true)
        }
    }

    @Test func provider_thatSaysNoIsToldInTheReadersLanguage() async throws {
        try await withSite { portal, provider, _ in
            let visitor = try await Visitor(portal)
            let back = try await leave(visitor, provider)
            let query = QueryItems(parsing: back.split(separator: "?").last.map(String.init))
            let denied = "/login/oidc/corp/callback?error=access_denied&state=\(query.first(named: "state") ?? "")"

            let answer = try await visitor.open(denied, headers: ["Accept-Language": "zh-CN"])

            #expect(answer.status == 401)
            #expect(answer.text.contains("未允许您登录"))
            #expect(answer.text.contains("使用 Corp 登录"))
        }
    }

    @Test func provider_thatIsDownLeavesTheOtherWays() async throws {
        try await withSite { portal, provider, _ in
            let visitor = try await Visitor(portal)
            let back = try await leave(visitor, provider)
            provider.script { $0.failure = .internalServerError }

            let answer = try await visitor.open(back)

            #expect(answer.status == 503)
            #expect(answer.text.contains("name=\"password\""))
        }
    }

    @Test func next_staysInThePortal() async throws {
        try await withSite { portal, provider, _ in
            for target in ["//evil.example", "https://evil.example", "/%5Cevil.example", "/api/v1/me"] {
                let visitor = try await Visitor(portal)
                let answer = try await visitor.open(try await leave(visitor, provider, next: target))
                #expect(answer.headers["Location"] == "/", "\(target)")
            }
        }
    }

    @Test func otherSites_cannotBeginASignIn() async throws {
        try await withSite { portal, _, _ in
            let visitor = try await Visitor(portal)

            let answer = try await visitor.open("/login/oidc/corp", headers: ["Sec-Fetch-Site": "cross-site"])

            #expect(answer.headers["Location"] == "/login")
            #expect(answer.headers["Set-Cookie"] == nil)
        }
    }

    @Test func subject_isTheKeyAndNotTheEmail() async throws {
        try await withSite { portal, provider, _ in
            _ = try await Visitor(portal).open(try await leave(try await Visitor(portal), provider))
            let first = try await Visitor(portal)
            _ = try await first.open(try await leave(first, provider))
            // The address went to somebody else; the subject stays who it was.
            provider.script { $0.email = "mei.lin@corp.example" }
            let again = try await Visitor(portal)
            _ = try await again.open(try await leave(again, provider))
            provider.script {
                $0.subject = "other-2"
                $0.email = "mei@corp.example"
            }
            let other = try await Visitor(portal)
            let refused = try await other.open(try await leave(other, provider))

            #expect(again.isSignedIn)
            #expect(refused.status == 401 && !other.isSignedIn)
            #expect(refused.text.contains("There is an account with your e-mail already"))
            #expect(try await portal.services.identity.user(email: "mei.lin@corp.example", as: .system("test")) == nil)
        }
    }

    @Test func email_linksOnlyWhenVerifiedAndAllowed() async throws {
        try await withSite({ $0.provider.linksByEmail = true }) { portal, provider, _ in
            provider.script {
                $0.email = TestPersona.member.email
                $0.isEmailVerified = false
            }
            let unverified = try await Visitor(portal)
            #expect(try await unverified.open(try await leave(unverified, provider)).status == 401)
            provider.script { $0.isEmailVerified = true }
            let verified = try await Visitor(portal)
            #expect(try await verified.open(try await leave(verified, provider)).status == 303)

            let page = try await verified.open("/")
            #expect(page.text.contains(TestPersona.member.email))
        }
    }

    /// An address that went to somebody else at the provider must not take the account along.
    @Test func email_linksNoSecondSubject() async throws {
        try await withSite({ $0.provider.linksByEmail = true }) { portal, provider, _ in
            provider.script { $0.email = TestPersona.member.email }
            let first = try await Visitor(portal)
            _ = try await first.open(try await leave(first, provider))
            provider.script { $0.subject = "other-2" }
            let second = try await Visitor(portal)
            let refused = try await second.open(try await leave(second, provider))

            #expect(first.isSignedIn && !second.isSignedIn)
            #expect(refused.status == 401)
            #expect(refused.text.contains("There is an account with your e-mail already"))
            #expect(try await first.open("/").status == 200, "the first one keeps the account and the session")
        }
    }

    /// Anybody can send answers to sign-ins that nobody began.
    @Test func answers_ofStrangersFillNoLogAndEnd() async throws {
        try await withSite { portal, provider, _ in
            let before = try await portal.services.audit.list(as: .system("test")).items.count
            let visitor = try await Visitor(portal)
            var statuses: [Int] = []
            for number in 0..<101 {
                statuses.append(try await visitor.open("/login/oidc/corp/callback?state=x\(number)&code=y").status)
            }

            #expect(statuses.prefix(100).allSatisfy { $0 == 401 })
            #expect(statuses.last == 429)
            #expect(try await portal.services.audit.list(as: .system("test")).items.count == before)
        }
    }

    @Test func linking_shutsOutWhoHadTheAccountBefore() async throws {
        try await withSite({ $0.provider.linksByEmail = true }) { portal, provider, _ in
            // Somebody invites the victim, answers in their place, and keeps every way in that there is.
            let acme = portal.organization
            let identity = portal.services.identity
            let invitation = NewInvitation(
                email: "mei@corp.example",
                name: "Mei",
                tenantID: acme.payments.id,
                role: .builtIn(.member)
            )
            let invited = try await identity.invite(invitation, as: acme.manager)
            let password = "eleven loud trains"
            try await identity.use(.invitation, secret: invited.secret, password: password)
            func signIn() async throws -> SignIn {
                try await identity.signIn(email: "mei@corp.example", password: password, clientAddress: "192.0.2.9")
            }
            let session = try await signIn().token
            let thief = try #require(try await identity.authenticate(sessionToken: session))
            let token = try await identity.createToken(name: "kept", lifetime: .seconds(3600), as: thief)
            let reset = try await identity.issuePasswordReset(for: thief.user.id, as: acme.admin)

            let visitor = try await Visitor(portal)
            let answer = try await visitor.open(try await leave(visitor, provider))

            #expect(answer.status == 303 && visitor.isSignedIn)
            #expect(try await identity.authenticate(sessionToken: session) == nil)
            #expect(try await identity.authenticate(bearer: token.secret) == nil)
            #expect(try await identity.link(.passwordReset, secret: reset.secret) == nil)
            let byPassword = await #expect(throws: PortalError.self) { try await signIn() }
            #expect(byPassword?.code == .unauthenticated)
            let roles = try await identity.memberships(of: thief.user.id, as: acme.admin)
            #expect(roles.map(\.tenantName) == ["Payments"], "what the account is for stays")
            let trail = try await portal.services.audit.list(as: acme.admin).items
            let linked = trail.first { $0.verb == "user.linkProvider" }
            #expect(linked?.after?.contains("\"passwordRemoved\":true") == true)
            // Once tied the account has no other way in, so a second sign-in ends nothing.
            let again = try await Visitor(portal)
            _ = try await again.open(try await leave(again, provider))
            #expect(try await visitor.open("/").status == 200)
        }
    }

    @Test func invitation_isAnsweredByASignIn() async throws {
        try await withSite({ $0.provider.linksByEmail = true }) { portal, provider, _ in
            let acme = portal.organization
            let identity = portal.services.identity
            let invitation = NewInvitation(
                email: "mei@corp.example",
                name: "Mei",
                tenantID: acme.payments.id,
                role: .builtIn(.viewer)
            )
            let invited = try await identity.invite(invitation, as: acme.manager)

            let visitor = try await Visitor(portal)
            _ = try await visitor.open(try await leave(visitor, provider))

            #expect(visitor.isSignedIn)
            #expect(try await identity.getUser(invited.link.userID, as: acme.admin).status == .active)
            let link = try await identity.link(.invitation, secret: invited.secret)
            #expect(link == nil, "it sets no password now")
            let late = await #expect(throws: PortalError.self) {
                try await identity.resendInvitation(invited.link.id, as: acme.manager)
            }
            #expect(late?.code == .conflict)
        }
    }

    @Test func account_isNotMadeWhenTheOperatorDoesNotWantIt() async throws {
        try await withSite({ $0.provider.createsUsers = false }) { portal, provider, _ in
            let visitor = try await Visitor(portal)
            let answer = try await visitor.open(try await leave(visitor, provider))
            #expect(answer.status == 401)
            #expect(answer.text.contains("You have no account here"))
        }
    }

    @Test func disabledUsers_stayOutside() async throws {
        try await withSite { portal, provider, _ in
            let first = try await Visitor(portal)
            _ = try await first.open(try await leave(first, provider))
            let identity = portal.services.identity
            let user = try #require(try await identity.user(email: "mei@corp.example", as: .system("test")))
            _ = try await identity.setDisabled(true, user: user.id, as: .system("test"))

            let again = try await Visitor(portal)
            let answer = try await again.open(try await leave(again, provider))

            #expect(answer.status == 401 && !again.isSignedIn)
            #expect(answer.text.contains("This account cannot sign in"))
        }
    }

    @Test func groups_giveRolesAndTakeThemBack() async throws {
        let rules = [
            "engineers=member@Acme/Engineering/Payments", "cn=leads,dc=corp=manager@acme/engineering",
            "ghosts=viewer@Acme/Nowhere",
        ]
        try await withSite(rules: rules) { portal, provider, _ in
            func roles(_ groups: [String]) async throws -> [String] {
                provider.script { $0.groups = groups }
                let visitor = try await Visitor(portal)
                _ = try await visitor.open(try await leave(visitor, provider))
                #expect(visitor.isSignedIn)
                let user = try #require(
                    try await portal.services.identity.user(email: "mei@corp.example", as: .system("test"))
                )
                return try await portal.services.identity.memberships(as: .make(user))
                    .map { "\($0.binding.roleName) of \($0.tenantName)" }
            }

            #expect(try await roles([]) == [])
            #expect(try await roles(["engineers", "ghosts", "unknown"]) == ["member of Payments"])
            #expect(
                try await roles(["engineers", "cn=leads,dc=corp"]) == ["manager of Engineering", "member of Payments"]
            )
            #expect(try await roles(["cn=leads,dc=corp"]) == ["manager of Engineering"])

            let user = try #require(
                try await portal.services.identity.user(email: "mei@corp.example", as: .system("test"))
            )
            let payments = portal.organization.payments
            try await portal.services.tenants.addMember(user.id, role: .viewer, to: payments.id, as: .system("test"))
            #expect(try await roles([]) == ["viewer of Payments"], "what a person gave stays")
            #expect(try await roles(["engineers"]) == ["member of Payments", "viewer of Payments"])
            try await portal.services.tenants.addMember(user.id, role: .member, to: payments.id, as: .system("test"))
            let kept = try await roles([])
            #expect(kept == ["member of Payments", "viewer of Payments"], "what a person gave over it stays, too")
            let verbs = try await portal.services.audit.list(as: .system("test")).items.map(\.verb)
            #expect(verbs.filter { $0 == "member.remove" }.count == 2)
        }
    }

    @Test func groups_giveRolesOfOnesOwn() async throws {
        let rules = [
            "ops=OPERATOR@Acme/Engineering/Payments", "ops=Sleeper@Acme/Data", "ops=Operator@Acme/Data",
        ]
        try await withSite(rules: rules) { portal, provider, _ in
            let acme = portal.organization
            let services = portal.services
            let system = Caller.system("test")
            func make(_ name: String, _ permissions: Set<Permission>, at tenant: Tenant) async throws {
                let new = NewRole(name: name, description: "", permissions: permissions)
                _ = try await services.roles.create(new, at: tenant.id, as: system)
            }
            func roles(_ groups: [String]) async throws -> [String] {
                provider.script { $0.groups = groups }
                let visitor = try await Visitor(portal)
                _ = try await visitor.open(try await leave(visitor, provider))
                #expect(visitor.isSignedIn, "a role that does not exist keeps nobody out")
                let user = try #require(try await services.identity.user(email: "mei@corp.example", as: system))
                return try await services.identity.memberships(as: .make(user))
                    .map { "\($0.binding.roleName) of \($0.tenantName)" }
            }

            #expect(try await services.providers.missing().count == 3)
            #expect(try await roles(["ops"]) == [])
            try await make("Operator", [.vclustersSuspend], at: acme.engineering)
            try await make("Operator", [.vclustersDelete], at: acme.payments)
            #expect(try await roles(["ops"]) == ["Operator of Payments"])
            let user = try #require(try await services.identity.user(email: "mei@corp.example", as: system))
            let held = try await services.identity.memberships(as: .make(user)).flatMap(\.binding.permissions)
            #expect(held.contains(.vclustersSuspend) && !held.contains(.vclustersDelete), "the one from further up")
            #expect(try await services.providers.missing().count == 2)
            #expect(try await roles([]) == [])
        }
    }

    @Test func groups_withAnExternalIDAreEnteredAndLeft() async throws {
        try await withSite { portal, provider, _ in
            let engineering = portal.organization.engineering.id
            let group = try await portal.services.groups.create(
                NewGroup(name: "Leads", externalID: "cn=leads", provider: "corp"),
                at: engineering,
                as: .system("test")
            )
            let tenants = portal.services.tenants
            try await tenants.addMember(.group(group.id), role: .builtIn(.viewer), to: engineering, as: .system("test"))
            func roles(_ names: [String]) async throws -> [String] {
                provider.script { $0.groups = names }
                let visitor = try await Visitor(portal)
                _ = try await visitor.open(try await leave(visitor, provider))
                let user = try await portal.services.identity.user(email: "mei@corp.example", as: .system("test"))
                let caller = Caller.make(try #require(user))
                return try await portal.services.identity.memberships(as: caller).map(\.tenantName)
            }

            #expect(try await roles(["cn=leads"]) == ["Engineering"])
            #expect(try await roles([]) == [])
        }
    }

    @Test func signOut_offersToSignOutThereToo() async throws {
        try await withSite { portal, provider, _ in
            let away = try await portal.client().get("/login/oidc/corp/logout")
            let url = try #require(away.headers["Location"])

            #expect(url.hasPrefix(provider.issuer + "/logout?client_id=portal&post_logout_redirect_uri="))
            provider.script { $0.metadata = ["end_session_endpoint": nil] }
        }
    }

    @Test(arguments: [
        ("a=viewer@Acme", "a", Role.viewer), ("cn=x,dc=y=admin@Acme/B", "cn=x,dc=y", .admin),
        (" a b = member @ Acme ", "a b", .member),
    ])
    func rule_isReadFromText(text: String, group: String, role: Role) throws {
        let rule = try #require(ProviderGroupRule(parsing: text))

        #expect(rule.group == group)
        #expect(rule.role == .builtIn(role))
    }

    @Test func rule_namesRolesOfOnesOwn() throws {
        let id = RoleID()

        #expect(ProviderGroupRule(parsing: "ops=On call@Acme")?.role == .name("On call"))
        #expect(ProviderGroupRule(parsing: "ops=\(id)@Acme")?.role == .id(id))
    }

    @Test(arguments: ["", "a", "a=viewer", "a=@Acme", "=viewer@Acme", "a=viewer@"])
    func rule_isRefusedWhenSomethingIsMissing(text: String) {
        #expect(ProviderGroupRule(parsing: text) == nil)
    }
}
