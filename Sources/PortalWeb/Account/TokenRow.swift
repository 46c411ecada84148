import Foundation
import Portal

/// An API token in a list; its secret is nowhere any more.
struct TokenRow: Sendable {
    let name: String
    /// Its first characters, to find it in a configuration.
    let hint: String
    let badge: BadgeModel
    /// What narrows it.
    let scope: [String]
    let createdAt: TimeText
    let expiresAt: TimeText
    /// nil for one that was never used.
    let lastUsedAt: TimeText?
    /// nil for one that has ended, and for readers who may not end it.
    let revoke: Revoke?

    /// The form that revokes it.
    struct Revoke: Sendable {
        let action: String
        let token: String
        let label: String
    }

    /// A token as its owner sees it.
    ///
    /// - Parameters:
    ///   - token: The token.
    ///   - names: The names of the tenants that tokens are narrowed to.
    ///   - revokeAction: Where the form goes that revokes it; nil for readers who may not.
    ///   - writer: Writes for the reader.
    init(_ token: APIToken, _ names: TenantNames, revokeAction: String?, _ writer: Localizer) {
        name = token.name
        hint = token.hint + "…"
        let isUsable = token.isUsable(at: writer.now)
        let state = token.revokedAt != nil ? "revoked" : isUsable ? "usable" : "expired"
        badge = BadgeModel(writer.text("tokens.\(state)"), isUsable ? .good : .gone)
        var scope: [String] = []
        if let tenantID = token.scope.tenantID {
            let tenant = names.path(tenantID) ?? writer.text("tokens.hiddenTenant")
            scope.append(writer.text("tokens.onlyTenant", ["tenant": .text(tenant)]))
        }
        if let permissions = token.scope.permissions {
            scope.append(Permission.names(permissions).joined(separator: ", "))
        }
        self.scope = scope.isEmpty ? [writer.text("tokens.reach.everything")] : scope
        createdAt = writer.time(token.createdAt)
        expiresAt = writer.time(token.expiresAt)
        lastUsedAt = token.lastUsedAt.map { writer.time($0) }
        revoke =
            isUsable
            ? revokeAction.map { action in
                Revoke(
                    action: action,
                    token: token.id.description,
                    label: writer.text("tokens.revoke", ["name": .text(token.name)])
                )
            } : nil
    }
}

extension SecretModel {
    /// The secret of a new token.
    init(_ created: NewAPIToken, _ writer: Localizer) {
        self.init(
            title: writer.text("tokens.secretTitle", ["name": .text(created.token.name)]),
            text: writer.text("tokens.secretText", ["date": .text(writer.time(created.token.expiresAt).absolute)]),
            value: created.secret
        )
    }
}
