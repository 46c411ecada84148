import Foundation
import JSON
import PortalTesting
import Testing

/// The portal's own pages, in the words of the person who uses them.
extension WebDriver {
    /// The operation's page when it is done: its data attribute is there with and without scripts.
    static let succeeded = "#operation-progress[data-state=succeeded]"

    /// The button that goes on in the wizard.
    static let next = ".form-foot .button-primary"

    /// Opens a page, which leads to the sign-in form, and signs in there.
    func signIn(to server: PortalProcess, _ path: String = "/", as persona: TestPersona = .member) async throws {
        try await open(server.url + path)
        try await signIn(as: persona)
    }

    /// Signs in by the form that is open.
    func signIn(as persona: TestPersona) async throws {
        try await type(persona.email, into: "#email")
        try await type(TestOrganization.password, into: "#password")
        try await click("button[type=submit]", for: ".account")
    }

    /// Creates a vcluster with the wizard: template, name, size, review.
    ///
    /// Ends on the page of the operation.
    func createWithWizard(_ name: String, on server: PortalProcess) async throws {
        try await open(server.url + "/vclusters/new")
        try await click(Self.next, for: "#name")
        try await type(name, into: "#name")
        try await click(Self.next, for: "input[name=size][value=template]:checked")
        try await click(Self.next, for: "form[method=post] .panel")
        #expect(try await text(of: "form .panel").contains(name))
        try await click(Self.next, for: "#operation-progress")
    }

    /// From the page of an operation to that of its vcluster, as soon as it is done.
    func openVClusterWhenDone(phase: String) async throws {
        try await wait(for: "the end of the operation") { try await exists(Self.succeeded) }
        try await click("#operation-actions a", for: "#vcluster-actions[data-phase=\(phase)]")
    }

    /// Deletes the vcluster whose page is open, with the grace period that is chosen at first.
    ///
    /// Ends on the page of the operation.
    func deleteVCluster() async throws {
        try await click("#vcluster-actions summary.button-text-danger")
        try await click("#vcluster-actions form[action$='/delete'] button[type=submit]", for: "#operation-progress")
    }

    /// Clicks an element and waits for one of the page that it leads to.
    ///
    /// Without scripts on the page the driver does not know when a page has come.
    func click(_ css: String, for following: String) async throws {
        try await click(css)
        try await wait(for: "\(following) after a click on \(css)") { try await exists(following) }
    }

    /// The path of the page.
    func path() async throws -> String { try await URLComponents(string: currentURL())?.path ?? "" }

    /// Waits for a file among the downloads and returns what is in it.
    func download(_ name: String) async throws -> String {
        let file = downloads.appendingPathComponent(name)
        try await wait(for: "the download of \(name)") { FileManager.default.fileExists(atPath: file.path) }
        return try String(contentsOf: file, encoding: .utf8)
    }
}
