import Foundation

/// The addresses of style sheets, scripts and images, with the hash of their content, made once at boot.
struct PageAssets: Sendable {
    /// The style sheets in the order of the cascade; the first names the layers.
    static let stylesheets = [
        "tokens", "reset", "base", "shell", "menu", "button", "form", "badge", "panel", "table", "notice", "operation",
        "wizard", "tree", "matrix", "quota", "rule", "sign-in", "utilities",
    ].map { "css/\($0).css" }

    /// The scripts in the order they run.
    ///
    /// The pages work without them, so one that was not unpacked is left out.
    static let scripts = ["vendor/htmx/htmx.min.js", "vendor/htmx/sse.min.js", "js/portal.js"]

    /// What templates read as `layout.assets`.
    let object: TemplateObject

    /// Makes the addresses.
    ///
    /// - Parameters:
    ///   - directory: The folder `public`.
    ///   - url: The address of a file in it.
    /// - Throws: ``TemplateError`` when a style sheet or an image is missing.
    init(directory: String, url: (String) -> String) throws(TemplateError) {
        let images = ["images/favicon.svg", "images/icons.svg"]
        for path in Self.stylesheets + images where !Self.exists(path, in: directory) {
            throw TemplateError("The file public/\(path) is missing.")
        }
        let scripts = Self.scripts.filter { Self.exists($0, in: directory) }
        object = TemplateObject(values: [
            "favicon": TemplateText(url(images[0])),
            "icons": TemplateText(url(images[1])),
            "stylesheets": Self.stylesheets.map { TemplateText(url($0)) },
            "scripts": scripts.map { TemplateText(url($0)) },
        ])
    }

    private static func exists(_ path: String, in directory: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(directory)/\(path)")
    }
}
