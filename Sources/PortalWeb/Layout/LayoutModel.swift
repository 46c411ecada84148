/// What is around every page: assets, navigation, the reader's account, the message of the last action.
struct LayoutModel: Sendable {
    /// Content language (`lang`), BCP 47.
    let language: String
    /// `light` or `dark` when the reader chose one; nil follows the system.
    let theme: String?
    /// The text of the browser's tab.
    let title: String
    /// Addresses of style sheets, scripts and images, made once at boot.
    let assets: TemplateObject
    /// Addresses of pages.
    let links: Links
    /// The sections of the portal that the reader may see.
    let navigation: [NavigationItem]
    /// The reader; nil before sign-in.
    let account: Account?
    /// The value of the hidden field `csrf`; nil without a session.
    let csrf: String?
    /// What the last action did.
    let flash: FlashModel?
    /// Seconds after which a browser without script loads the page again; nil for pages that stand still.
    let refreshSeconds: Int?
    /// A class for the width of pages that stand alone.
    let width: String
    /// The languages of the account menu.
    let languages: [OptionModel]
    /// The themes of the account menu.
    let themes: [OptionModel]
    /// The languages as links, for readers who are not signed in.
    let languageLinks: [LanguageLink]

    /// Addresses that templates need besides those in their own models.
    struct Links: Sendable {
        let home: String
        let vclusters: String
        let requests: String
        let signIn: String
        let signOut: String
        let preferences: String
        let security: String
        let tokens: String
        /// The page itself with its query, to come back to after a setting changed.
        let current: String
    }

    /// One section of the portal.
    struct NavigationItem: Sendable {
        let href: String
        let label: String
        let icon: String
        let isCurrent: Bool
    }

    /// The reader.
    struct Account: Sendable {
        let name: String
        let email: String
        let initials: String
    }

    /// A language to switch to.
    struct LanguageLink: Sendable {
        let href: String
        let label: String
        let value: String
        let isSelected: Bool
    }
}
