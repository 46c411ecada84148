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
}
