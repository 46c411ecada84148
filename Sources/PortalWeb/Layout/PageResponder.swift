import Foundation
import HTTPCore
import HTTPServer
import Portal

/// Answers one request with a page: knows the reader, the language and what is around the page.
struct PageResponder: Sendable {
    /// The request.
    let context: RequestContext
    /// Writes for the reader.
    let writer: Localizer

    /// A responder for the reader of a request.
    ///
    /// - Parameters:
    ///   - context: The request.
    ///   - language: Another language than the reader's, for the sign-in page.
    init(_ context: RequestContext, language: PortalLanguage? = nil) {
        self.context = context
        writer = context.environment.pages.localizer(
            language ?? context.language,
            timeZone: context.caller?.user.timeZone ?? "UTC",
            now: context.now
        )
    }

    /// What is particular about a page beside its model.
    struct Options {
        /// The section that the navigation marks.
        var section: PageSection?
        /// A part of the page, for requests that replace only that.
        var fragment: String?
        /// For browsers without script: load the page again after so many seconds.
        var refreshSeconds: Int?
        var status: HTTPStatus = .ok
        /// Where the page can be opened again as it is; nil where the address says so.
        var current: String?
        /// A class for the width of a page that stands alone.
        var width = ""
    }

    /// Renders a page.
    func respond(_ page: some PageModel, _ options: Options = Options()) throws -> HTTPResponse {
        let template = isFragmentRequest ? options.fragment : nil
        return try respond(page, title: page.title, template: template ?? type(of: page).template, options)
    }

    /// Renders a view model with a template.
    func respond(_ page: Any, title: String, template: String, _ options: Options) throws -> HTTPResponse {
        let pages = context.environment.pages
        let flash = isFragmentRequest ? nil : Flash(context.request)
        let layout = layout(title: title, flash: flash, options)
        let html = try pages.templates.render(template, pages.object(page, layout))
        var response = HTTPResponse.html(html, status: options.status)
        response.headers.set("Content-Language", writer.language.rawValue)
        response.headers.set("Vary", "Accept-Language, Cookie, HX-Request")
        response.headers.set("Cache-Control", "no-store")
        if flash != nil { Flash.clear(on: &response, context) }
        return response
    }

    /// Whether htmx asks for a part of the page it shows already.
    var isFragmentRequest: Bool {
        context.request.headers["HX-Request"] == "true" && context.request.headers["HX-History-Restore-Request"] == nil
    }

    /// 303 to a page, with a message for it.
    func redirect(to location: String, _ flash: Flash? = nil) -> HTTPResponse {
        var response = HTTPResponse.redirect(to: location)
        flash?.leave(on: &response, context)
        return response
    }

    private func layout(title: String, flash: Flash?, _ options: Options) -> LayoutModel {
        let user = context.caller?.user
        return LayoutModel(
            language: writer.language.rawValue,
            theme: user.flatMap { $0.theme == .system ? nil : $0.theme.rawValue },
            title: writer.text("layout.titled", ["page": .text(title)]),
            assets: context.environment.pages.assets.object,
            links: LayoutModel.Links(
                home: Route.homePage.path,
                vclusters: Route.vclustersPage.path,
                requests: Route.requestsPage.path,
                signIn: Route.loginPage.path,
                signOut: Route.logoutPage.path,
                preferences: Route.preferencesPage.path,
                security: Route.securityPage.path,
                tokens: Route.ownTokensPage.path,
                current: options.current ?? context.pagePath
            ),
            navigation: navigation(current: options.section),
            account: user.map { LayoutModel.Account(name: $0.name, email: $0.email, initials: Self.initials($0.name)) },
            csrf: context.csrfToken,
            flash: flash?.model(writer),
            refreshSeconds: options.refreshSeconds,
            width: options.width,
            languages: languages(chosen: user?.locale),
            themes: UserTheme.allCases.map { theme in
                OptionModel(
                    value: theme.rawValue,
                    label: writer.text("layout.theme\(theme.rawValue.capitalized)"),
                    isSelected: theme == user?.theme
                )
            },
            languageLinks: user == nil ? languageLinks : []
        )
    }

    private func navigation(current: PageSection?) -> [LayoutModel.NavigationItem] {
        guard let caller = context.caller else { return [] }
        return PageSection.allCases.filter { $0.isVisible(to: caller) }.map { section in
            LayoutModel.NavigationItem(
                href: section.route.path,
                label: writer.text("nav.\(section.rawValue)"),
                icon: section.icon,
                isCurrent: section == current
            )
        }
    }

    private func languages(chosen: UserLocale?) -> [OptionModel] {
        let browser = OptionModel(value: "", label: writer.text("layout.languageBrowser"), isSelected: chosen == nil)
        return [browser]
            + PortalLanguage.allCases.map { language in
                OptionModel(value: language.rawValue, label: language.ownName, isSelected: language == chosen)
            }
    }

    private var languageLinks: [LayoutModel.LanguageLink] {
        // A page that is opened by its secret is left for no other language.
        let path = context.pattern?.hasSecret == true ? context.request.path : Route.loginPage.path
        // What is needed after the sign-in, from the address or from the form that was refused; nothing else is passed on.
        var kept = QueryItems()
        for name in ["next", "from"] {
            if let value = context.form.first(named: name) ?? context.query.first(named: name) { kept.add(name, value) }
        }
        return PortalLanguage.allCases.map { language in
            var query = kept
            query.set("lang", language.rawValue)
            return LayoutModel.LanguageLink(
                href: "\(path)?\(query.encoded)",
                label: language.ownName,
                value: language.rawValue,
                isSelected: language == writer.language
            )
        }
    }

    /// The first letters of the first and last word of a name; CJK names give their last two characters.
    static func initials(_ name: String) -> String {
        let words = name.split(separator: " ")
        guard let first = words.first?.first else { return "?" }
        if words.count == 1, first.unicodeScalars.allSatisfy({ $0.value >= 0x2E80 }) { return String(name.suffix(2)) }
        let last = words.count > 1 ? words.last?.first : nil
        return String([first, last].compactMap { $0 }).uppercased()
    }
}

extension RequestContext {
    /// The moment pages are written for.
    var now: Date { services.time.now() }
}

extension PortalLanguage {
    /// The name of the language in itself.
    var ownName: String {
        switch self {
        case .english: "English"
        case .simplifiedChinese: "简体中文"
        }
    }
}
