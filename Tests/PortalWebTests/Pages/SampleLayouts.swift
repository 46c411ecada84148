import Portal

@testable import PortalWeb

/// What is around the sample pages.
enum SampleLayouts {
    /// The frame of somebody who is signed in, with one section marked as current.
    static func framed(
        _ renderer: PageRenderer,
        _ writer: Localizer,
        theme: String?
    ) -> (_ section: String) -> LayoutModel {
        { section in
            layout(renderer, writer, theme: theme, section: section, account: account, csrf: "csrf-of-the-session")
        }
    }

    /// The frame before sign-in.
    static func plain(_ renderer: PageRenderer, _ writer: Localizer, theme: String?) -> LayoutModel {
        layout(renderer, writer, theme: theme, section: "", account: nil, csrf: nil)
    }

    private static let account = LayoutModel.Account(
        name: "Mei Lin",
        email: "member.payments@acme.example",
        initials: "ML"
    )

    private static func layout(
        _ renderer: PageRenderer,
        _ writer: Localizer,
        theme: String?,
        section: String,
        account: LayoutModel.Account?,
        csrf: String?
    ) -> LayoutModel {
        LayoutModel(
            language: writer.language.rawValue,
            theme: theme,
            title: "Sample · VCluster Portal",
            assets: renderer.assets.object,
            links: links,
            navigation: account == nil ? [] : navigation(writer, section),
            account: account,
            csrf: csrf,
            flash: section == "home"
                ? FlashModel(tone: "good", icon: "running", text: writer.text("flash.resume")) : nil,
            refreshSeconds: section == "vclusters" ? 5 : nil,
            width: "",
            languages: [
                OptionModel(value: "en", label: "English", isSelected: writer.language == .english),
                OptionModel(value: "zh-Hans", label: "简体中文", isSelected: writer.language == .simplifiedChinese),
            ],
            themes: ["System", "Light", "Dark"].map {
                OptionModel(value: $0.lowercased(), label: writer.text("layout.theme\($0)"), isSelected: $0 == "System")
            },
            languageLinks: account == nil
                ? [
                    .init(href: "/login?lang=en", label: "English", value: "en", isSelected: true),
                    .init(href: "/login?lang=zh-Hans", label: "简体中文", value: "zh-Hans", isSelected: false),
                ] : []
        )
    }

    private static let links = LayoutModel.Links(
        home: "/",
        vclusters: "/vclusters",
        requests: "/requests",
        signIn: "/login",
        signOut: "/logout",
        preferences: "/preferences",
        security: "/account/security",
        tokens: "/account/tokens",
        current: "/vclusters?q=pay"
    )

    private static func navigation(_ writer: Localizer, _ section: String) -> [LayoutModel.NavigationItem] {
        [
            ("home", "home", "/"), ("vclusters", "vcluster", "/vclusters"), ("hosts", "host", "/hosts"),
            ("audit", "audit", "/audit"),
        ]
        .map { key, icon, href in
            .init(href: href, label: writer.text("nav.\(key)"), icon: icon, isCurrent: key == section)
        }
    }
}
