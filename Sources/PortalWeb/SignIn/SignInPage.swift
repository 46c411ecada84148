/// The sign-in form.
struct SignInPage: PageModel {
    static let template = "sign-in/new"

    let title: String
    /// Where to go after sign-in; a path of this portal.
    let next: String
    /// The language that was chosen on this page, so that the form takes it along; nil when none was.
    var lang: String?
    let errorSummary: ErrorSummaryModel?
    let email: FieldModel
    let password: FieldModel
    /// Other ways to sign in; may be empty.
    let providers: [ProviderLink]
    /// To sign out at the provider as well, after a sign-out here; nil when there was none.
    var signedOutAt: ProviderLink?

    /// A link that leads to an identity provider.
    struct ProviderLink: Sendable {
        let href: String
        let label: String
    }
}
