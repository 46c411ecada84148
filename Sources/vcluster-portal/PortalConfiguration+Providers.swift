import Configuration
import Foundation
import Portal
import PortalOIDC

extension PortalConfiguration {
    /// Reads `PORTAL_OIDC_PROVIDERS` and the variables of each provider in it (docs/sign-in.md).
    ///
    /// - Parameters:
    ///   - portal: The variables of the portal.
    ///   - problems: Gets a line for every variable that is not usable.
    /// - Returns: The providers in the order of their buttons.
    static func providers(_ portal: ConfigReader, _ problems: inout [String]) -> [OpenIDSettings] {
        let ids = portal.string(forKey: "oidc.providers", default: "").split(separator: ",").map { $0.trimmed }
        if Set(ids).count != ids.count || !ids.allSatisfy(IdentityProviderSettings.isValidID) {
            problems.append("PORTAL_OIDC_PROVIDERS must be different words of a-z and 0-9, such as corp,partners")
            return []
        }
        return ids.compactMap { provider($0, portal, &problems) }
    }

    private static func provider(_ id: String, _ portal: ConfigReader, _ problems: inout [String]) -> OpenIDSettings? {
        let prefix = "PORTAL_OIDC_\(id.uppercased())_"
        func text(_ key: String, isSecret: Bool = false) -> String? {
            let value = portal.string(
                forKey: ConfigKey(["oidc", id] + key.split(separator: ".").map(String.init)),
                isSecret: isSecret
            )
            return value.flatMap { $0.isEmpty ? nil : $0 }
        }
        func flag(_ key: String, default fallback: Bool) -> Bool {
            guard let value = text(key) else { return fallback }
            if value == "true" || value == "false" { return value == "true" }
            problems.append("\(prefix)\(key.uppercased().replacing(".", with: "_")) must be true or false")
            return fallback
        }
        guard let issuer = text("issuer"), ProviderURL.isAllowed(issuer), let clientID = text("client.id") else {
            problems.append("\(prefix)ISSUER must be an https address, and \(prefix)CLIENT_ID the portal's name there")
            return nil
        }
        let english = text("button.en") ?? "Sign in with \(id)"
        var provider = IdentityProviderSettings(
            id: id,
            buttonEnglish: english,
            buttonChinese: text("button.zh") ?? "使用 \(id) 登录"
        )
        provider.createsUsers = flag("create.users", default: true)
        provider.linksByEmail = flag("link.email", default: false)
        provider.groupRules = rules(text("groups") ?? "", "\(prefix)GROUPS", &problems)
        var settings = OpenIDSettings(
            provider: provider,
            issuer: issuer,
            clientID: clientID,
            clientSecret: text("client.secret", isSecret: true)
        )
        if let scopes = text("scopes") { settings.scopes = scopes.split(separator: " ").map(String.init) }
        settings.groupsClaim = text("groups.claim") ?? settings.groupsClaim
        settings.trustsEmail = flag("trust.email", default: false)
        settings.authoritiesPath = text("ca.file")
        return settings
    }

    /// `GROUP=ROLE@TENANT` with semicolons between.
    private static func rules(_ text: String, _ name: String, _ problems: inout [String]) -> [ProviderGroupRule] {
        text.split(separator: ";").compactMap { entry in
            if let rule = ProviderGroupRule(parsing: String(entry)) { return rule }
            problems.append("\(name): \(entry) is not GROUP=ROLE@TENANT")
            return nil
        }
    }
}

extension Substring {
    /// Without spaces around it.
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
