import HTTPCore
import Portal
import Testing

@testable import PortalWeb

struct RefusedFormTests {
    @Test(arguments: [
        (PortalError.Code.invalidArgument, true), (.forbidden, true), (.conflict, true), (.quotaExceeded, true),
        (.preconditionFailed, true), (.alreadyExists, true), (.rateLimited, true), (.unavailable, true),
        (.notFound, false), (.unauthenticated, false), (.internal, false),
    ])
    func form_isShownAgainUnlessItIsGoneOrBroken(code: PortalError.Code, isShown: Bool) {
        var typed = QueryItems()
        typed.add("name", "checkout")

        let refused = RefusedForm("create", typed, PortalError(code, "Not now."))

        #expect((refused != nil) == isShown)
        #expect(refused?.value("name") == (isShown ? "checkout" : nil))
    }
}
