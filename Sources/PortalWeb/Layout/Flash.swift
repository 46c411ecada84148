import HTTPCore
import HTTPServer
import Portal

/// What an action tells the page after the redirect: a word in a cookie that lives for one page.
///
/// The cookie holds only one of these words, never a text, so nobody can put words into the portal's mouth.
enum Flash: String, CaseIterable {
    case suspend, resume, scale, retry, delete, undelete, cancel, preferences, passwordSet, signOut, password
    case tenantCreate, tenantRename, tenantMove, tenantArchive, tenantUnarchive, tenantDelete
    case memberAdd, memberRemove, roleCreate, roleUpdate, roleDelete, userUpdate, userDisable, userEnable, quotaSave
    case loanLend, loanReturn, requested
    case invitationRevoke, userUnlock, sessionEnd, sessionsEnd, tokenRevoke
    case groupCreate, groupUpdate, groupDelete, groupJoin, groupLeave
    case serviceCreate, serviceUpdate, serviceDisable, serviceEnable, serviceDelete, certificateAdd, certificateRemove
    case ruleCreate, ruleUpdate, ruleDelete, policyCreate, policyUpdate, policyDelete
    case requestApprove, requestReject, requestCancel, requestComment
    case snapshotTake, snapshotRestore, snapshotDelete

    private static let cookieName = "portal_flash"

    /// The message of the request, if an action left one.
    init?(_ request: HTTPRequest) {
        guard let word = Cookies(request.headers)[Self.cookieName] else { return nil }
        self.init(rawValue: word)
    }

    /// Leaves the message for the next page.
    func leave(on response: inout HTTPResponse, _ context: RequestContext) {
        var cookie = SetCookie(name: Self.cookieName, value: rawValue)
        cookie.isSecure = context.isSecure
        response.setCookie(cookie)
    }

    /// Forgets the message once a page shows it.
    static func clear(on response: inout HTTPResponse, _ context: RequestContext) {
        var cookie = SetCookie.removal(of: cookieName)
        cookie.isSecure = context.isSecure
        response.setCookie(cookie)
    }

    /// The message as pages show it.
    func model(_ writer: Localizer) -> FlashModel {
        FlashModel(tone: "good", icon: "running", text: writer.text("flash.\(rawValue)"))
    }
}
