/// Holds a template against a view model: every name a tag uses has to exist.
///
/// The engine renders nothing for a name it does not find, so a typing error would show as a hole in a page. Tests
/// run this check over sample models; what it says names template, tag and place.
struct TemplateCheck {
    private let library: TemplateLibrary
    private(set) var problems: [String] = []

    /// The sections whose inside was walked, as `template: name`; what is never walked was never checked.
    private(set) var visited: Set<String> = []

    /// A check that has found nothing yet.
    init(_ library: TemplateLibrary) { self.library = library }

    /// Walks a template the way the engine would render it with a model.
    mutating func check(_ template: String, _ object: TemplateObject) {
        guard let source = library.sources[template] else {
            problems.append("There is no template \(template).")
            return
        }
        walk(source.nodes, stack: [object], template: template, blocks: [:])
    }

    /// Every section of the library, in the form of ``visited``.
    var allSections: Set<String> {
        var all: Set<String> = []
        for (name, source) in library.sources { Self.collect(source.nodes, template: name, into: &all) }
        return all
    }

    private typealias Blocks = [String: (nodes: [TemplateNode], template: String)]

    private mutating func walk(_ nodes: [TemplateNode], stack: [any Sendable], template: String, blocks: Blocks) {
        for node in nodes {
            let name = node.tag.name
            switch node.tag.kind {
            case .comment, .close: break
            case .variable: variable(name, stack: stack, template: template)
            case .section: section(node, stack: stack, template: template, blocks: blocks)
            case .inverted:
                if resolve(name, in: stack) == nil { missing("^", name, template) }
                visited.insert("\(template): ^\(name)")
                walk(node.children, stack: stack, template: template, blocks: blocks)
            case .partial, .parent:
                var inner = blocks
                for child in node.children where child.tag.kind == .block && inner[child.tag.name] == nil {
                    inner[child.tag.name] = (child.children, template)
                }
                walk(library.sources[name]?.nodes ?? [], stack: stack, template: name, blocks: inner)
            case .block:
                let block = blocks[name] ?? (node.children, template)
                walk(block.nodes, stack: stack, template: block.template, blocks: blocks)
            }
        }
    }

    private mutating func variable(_ name: String, stack: [any Sendable], template: String) {
        switch resolve(name, in: stack) {
        case nil: missing("", name, template)
        case is TemplateText, is TemplateNull: break
        default: problems.append("\(template): {{\(name)}} is not a text.")
        }
    }

    private mutating func section(_ node: TemplateNode, stack: [any Sendable], template: String, blocks: Blocks) {
        let name = node.tag.name
        let inner: [[any Sendable]]
        switch resolve(name, in: stack) {
        case nil:
            missing("#", name, template)
            return
        case let flag as Bool: inner = flag ? [stack] : []
        case let list as [any Sendable]: inner = list.map { stack + [$0] }
        case is TemplateNull: inner = []
        case .some(let value): inner = [stack + [value]]
        }
        if !inner.isEmpty { visited.insert("\(template): #\(name)") }
        for stack in inner { walk(node.children, stack: stack, template: template, blocks: blocks) }
    }

    private mutating func missing(_ sigil: String, _ name: String, _ template: String) {
        problems.append("\(template): {{\(sigil)\(name)}} has no value.")
    }

    private func resolve(_ name: String, in stack: [any Sendable]) -> (any Sendable)? {
        if name == "." { return stack.last }
        let path = name.split(separator: ".").map(String.init)
        for object in stack.reversed() {
            guard let object = object as? TemplateObject, var value = object.values[path[0]] else { continue }
            for step in path.dropFirst() {
                guard let next = (value as? TemplateObject)?.values[step] else { return nil }
                value = next
            }
            return value
        }
        return nil
    }

    private static func collect(_ nodes: [TemplateNode], template: String, into all: inout Set<String>) {
        for node in nodes {
            if node.tag.kind == .section { all.insert("\(template): #\(node.tag.name)") }
            collect(node.children, template: template, into: &all)
        }
    }
}
