/// The page that a one-time link opens: choosing a password.
struct AccountLinkPage: PageModel {
    static let template = "account-links/show"

    let title: String
    /// What the page is for, in a sentence.
    let lead: String
    /// Where the form goes; the page itself.
    let action: String
    /// The language that was chosen by a link, so that the form takes it along; nil when none was.
    var lang: String?
    let errorSummary: ErrorSummaryModel?
    /// Whose account it is.
    let email: FactModel
    let password: FieldModel
    let submit: String
}

/// The page of a link that does not work.
struct AccountLinkEndedPage: PageModel {
    static let template = "account-links/ended"

    let title: String
    /// What to do.
    let text: String
    let signIn: LinkModel
}
