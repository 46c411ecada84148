import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// A signed-in browser without script: follows links and sends the forms it was shown.
struct Browser: Sendable {
    var client: TestClient

    /// A page as somebody would see it.
    struct Page: Sendable {
        let status: Int
        let html: String
        let headers: HTTPHeaders

        /// The value of the hidden field that guards forms.
        var csrf: String {
            html.firstMatch(of: /name="csrf" value="([^"]+)"/).map { String($0.output.1) } ?? ""
        }
    }

    /// The browser of a persona.
    init(_ portal: TestPortal, as persona: TestPersona, language: String? = nil) async throws {
        var client = try await portal.browser(as: persona)
        // Forms carry the token themselves.
        client.headers.remove("X-CSRF-Token")
        client.headers.set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
        if let language { client.headers.set("Accept-Language", language) }
        self.client = client
    }

    /// Opens an address.
    func open(_ target: String, headers: HTTPHeaders = [:]) async throws -> Page {
        Page(try await client.get(target, headers: headers))
    }

    /// Sends a form with the token of the page it is on.
    func submit(_ target: String, _ fields: [(name: String, value: String)], on page: Page) async throws -> Page {
        Page(try await client.submit(target, form: fields + [("csrf", page.csrf)]))
    }
}

extension Browser.Page {
    init(_ response: TestResponse) {
        self.init(status: response.status, html: response.text, headers: response.headers)
    }

    /// Where the answer sends the browser.
    var location: String? { headers["Location"] }
}

extension TestPortal {
    /// A vcluster of the payments team.
    func payments(_ name: String) async throws -> VClusterChange {
        try await services.vclusters.create(
            NewVCluster(tenantID: organization.payments.id, name: name),
            as: organization.member
        )
    }
}
