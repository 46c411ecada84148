import Foundation
import Portal

/// Renders pages: templates, texts and assets, all read and checked at boot.
public struct PageRenderer: Sendable {
    /// The templates.
    let templates: TemplateLibrary
    /// The texts.
    let catalogues: Catalogues
    /// Addresses of style sheets, scripts and images.
    let assets: PageAssets

    private let texts: TemplateTexts

    /// Reads everything below the root of the installation.
    ///
    /// - Parameters:
    ///   - root: The directory with `Resources/` and `public/`.
    ///   - assetURL: The address of a file in `public/`, such as `/static/css/base.css?v=…`.
    /// - Throws: When a template or catalogue is missing or broken, when a template includes one that does not exist,
    ///   or when it uses a text that no catalogue has: a portal with a hole in a page does not start.
    public init(root: String, assetURL: (String) -> String) throws {
        templates = try TemplateLibrary(directory: "\(root)/Resources/templates")
        catalogues = try Catalogues(directory: "\(root)/Resources/locales")
        assets = try PageAssets(directory: "\(root)/public", url: assetURL)
        texts = TemplateTexts(catalogues)
        try texts.require(namesIn: templates, catalogues: catalogues)
    }

    /// The writer for one page; a time zone that is not known counts as UTC.
    func localizer(_ language: PortalLanguage, timeZone: String, now: Date) -> Localizer {
        let zone = TimeZone(identifier: timeZone) ?? .gmt
        return Localizer(language: language, catalogues: catalogues, timeZone: zone, now: now)
    }

    /// The HTML of a page, or of one part of it when another template is named.
    func html(_ page: some PageModel, _ layout: LayoutModel, template: String? = nil) throws -> String {
        try templates.render(template ?? type(of: page).template, object(page, layout))
    }

    /// What the templates see: the fields of the page, `layout`, and the texts as `t`.
    func object(_ page: Any, _ layout: LayoutModel) -> TemplateObject {
        var object = TemplateObject(reflecting: page)
        object.set("layout", TemplateObject(reflecting: layout))
        object.set(TemplateTexts.name, texts.object(PortalLanguage(rawValue: layout.language) ?? .english))
        return object
    }
}
