/// A page instead of the one that was asked for: what happened, why, and what to do.
struct ErrorPage: Sendable {
    /// The template with the navigation around it, for readers who are signed in.
    static let framedTemplate = "errors/show"
    /// The template that stands alone.
    static let plainTemplate = "errors/plain"

    let title: String
    /// “404 Not Found”, in small.
    let status: String
    let icon: String
    let heading: String
    let message: String
    let hint: String?
    let links: [LinkModel]
    /// The id in the log of the server; nil when nobody needs it.
    let requestID: String?
}
