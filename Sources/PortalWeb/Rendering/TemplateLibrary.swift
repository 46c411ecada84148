import Foundation
import Mustache

/// All templates, parsed at boot.
struct TemplateLibrary: Sendable {
    /// The tags of every template by name, for the checks.
    let sources: [String: TemplateSource]

    private let library: MustacheLibrary

    /// The extension of the template files.
    private static let fileExtension = ".html"

    /// Reads all `.html` files below a folder; the path without the extension is the name.
    ///
    /// - Throws: ``TemplateError`` naming the file: a broken tag, or a partial that does not exist.
    init(directory: String) throws {
        guard let paths = FileManager.default.enumerator(atPath: directory) else {
            throw TemplateError("The folder of templates \(directory) is missing.")
        }
        var texts: [String: String] = [:]
        for case let path as String in paths where path.hasSuffix(Self.fileExtension) {
            guard let data = FileManager.default.contents(atPath: "\(directory)/\(path)") else {
                throw TemplateError("The template \(path) cannot be read.")
            }
            texts[String(path.dropLast(Self.fileExtension.count))] = String(decoding: data, as: UTF8.self)
        }
        try self.init(texts)
    }

    /// Parses templates by name.
    init(_ texts: [String: String]) throws {
        var sources: [String: TemplateSource] = [:]
        var library = MustacheLibrary()
        for (name, text) in texts {
            do {
                let source = try TemplateSource(text)
                try library.register(source.text, named: TemplateTag.engineName(name))
                sources[name] = source
            } catch {
                throw TemplateError("Template \(name): \(error)")
            }
        }
        self.sources = sources
        self.library = library
        try requirePartials()
    }

    /// Renders a template.
    ///
    /// - Throws: ``TemplateError`` when there is none of that name.
    func render(_ name: String, _ object: TemplateObject) throws(TemplateError) -> String {
        guard let html = library.render(object, withTemplate: TemplateTag.engineName(name)) else {
            throw TemplateError("There is no template \(name).")
        }
        return html
    }

    /// The names of all variables and sections, over all templates.
    var names: Set<String> {
        var names: Set<String> = []
        for source in sources.values { Self.collectNames(source.nodes, into: &names) }
        return names
    }

    private func requirePartials() throws(TemplateError) {
        for (name, source) in sources {
            for partial in Self.partials(source.nodes) where sources[partial] == nil {
                throw TemplateError("Template \(name) includes \(partial), which does not exist.")
            }
        }
    }

    /// The templates that a template includes or extends.
    static func partials(_ nodes: [TemplateNode]) -> [String] {
        nodes.flatMap { node in
            let own = node.tag.kind == .partial || node.tag.kind == .parent ? [node.tag.name] : []
            return own + partials(node.children)
        }
    }

    private static func collectNames(_ nodes: [TemplateNode], into names: inout Set<String>) {
        for node in nodes {
            switch node.tag.kind {
            case .variable, .section, .inverted: names.insert(node.tag.name)
            default: break
            }
            collectNames(node.children, into: &names)
        }
    }
}
