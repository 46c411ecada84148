import HTTPCore
import Portal
import Testing

@testable import PortalWeb

struct RefusedFormTests {
    @Test(arguments: [
        (PortalError.Code.invalidArgument, true), (.forbidden, true), (.conflict, true), (.quotaExceeded, true),
        (.preconditionFailed, true), (.alreadyExists, true), (.rateLimited, true), (.unavailable, true),
        (.notFound, true), (.unauthenticated, false), (.internal, false),
    ])
    func form_isShownAgainUnlessNobodyIsSignedInOrItIsBroken(code: PortalError.Code, isShown: Bool) {
        var typed = QueryItems()
        typed.add("name", "checkout")

        let refused = RefusedForm("create", typed, PortalError(code, "Not now."))

        #expect((refused != nil) == isShown)
        #expect(refused?.value("name") == (isShown ? "checkout" : nil))
    }

    @Test func whatIsGone_isNamedAtTheFieldThatChoseIt() {
        var typed = QueryItems()
        typed.add("name", "checkout")
        typed.add("tenant", TenantID().description)
        typed.add("role", "")

        let tenant = RefusedForm("create", typed, .notFound("tenant"))
        let role = RefusedForm("create", typed, .notFound("role"))

        #expect(tenant?.error.fields.map(\.field) == ["tenant"] && tenant?.error.code == .notFound)
        #expect(role?.error.fields.isEmpty == true, "nothing was chosen there")
    }

    @Test func wizard_namesTheFieldOfWhatIsGone() throws {
        let writer = try PageRendering.renderer().localizer(.english, timeZone: "UTC", now: SamplePages.now)

        let fields = ["tenant", "host", "template", "vcluster"].map { noun in
            WizardDraft.problems(.notFound(noun), writer).map(\.field)
        }

        #expect(fields == [[.tenantId], [.hostId], [.templateId], [nil]])
    }
}
