/// What the owner of an account has to know about sign-ins, and the form for another password.
struct SecurityPage: PageModel {
    static let template = "account/security"

    let title: String
    let errorSummary: ErrorSummaryModel?
    /// What was not confirmed yet; nil when there is nothing.
    let unread: Unread?
    /// What happened before.
    let past: [Notice]
    let passwordAction: String
    /// Nil for an account that signs in elsewhere.
    let form: PasswordForm?
    /// nil for somebody who never did.
    let lastSignIn: TimeText?
    let sessions: [Session]
    /// nil when there is no other session.
    let endOthersAction: String?

    /// The notices that the reader has to confirm.
    struct Unread: Sendable {
        let notices: [Notice]
        let action: String
        /// The newest notice: what is confirmed is what was shown.
        let upTo: String
        /// Where to go afterwards; a path of this portal.
        let next: String
    }

    /// Failed sign-ins in a sentence.
    struct Notice: Sendable {
        let text: String
        let addresses: String
        let lockOut: String?
        let createdAt: TimeText
    }

    /// A browser where the reader is signed in.
    struct Session: Sendable {
        let name: String
        let place: String
        let isCurrent: Bool
        let createdAt: TimeText
        let lastSeenAt: TimeText
        /// nil for the session of this page, which ends by signing out.
        let end: End?
    }

    /// The form that ends a session.
    struct End: Sendable {
        let action: String
        let label: String
    }

    /// The fields for another password.
    struct PasswordForm: Sendable {
        let username: String
        let current: FieldModel
        let new: FieldModel
    }
}
