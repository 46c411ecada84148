import Testing

@testable import PortalWeb

struct RenderingTests {
    private struct Row {
        let name: String
        let note: String?
    }

    private struct Model {
        let title: String
        let note: String?
        let isOpen: Bool
        let count: Int
        let rows: [Row]
        let words: [String]
    }

    private static func render(_ template: String, _ model: Any, _ others: [String: String] = [:]) throws -> String {
        let library = try TemplateLibrary(others.merging(["page": template]) { $1 })
        return try library.render("page", TemplateObject(reflecting: model))
    }

    private static let model = Model(
        title: "<b> & \"it's\"",
        note: "outer",
        isOpen: true,
        count: 3,
        rows: [Row(name: "a", note: nil), Row(name: "b", note: "x")],
        words: []
    )

    @Test func text_isEscapedOnce() throws {
        #expect(try Self.render("{{title}}", Self.model) == "&lt;b&gt; &amp; &quot;it&#39;s&quot;\n")
    }

    @Test func text_isEscapedWhenACombiningMarkFollows() {
        #expect(HTMLText.escaped("\"\u{301} onfocus=x") == "&quot;\u{301} onfocus=x")
        #expect(HTMLText.escaped("<\u{338}script>") == "&lt;\u{338}script&gt;")
    }

    @Test func optional_doesNotFallThroughToTheFieldOutside() throws {
        let html = try Self.render("{{#rows}}{{name}}:{{note}}{{#note?}}!{{/note?}};{{/rows}}", Self.model)

        #expect(html == "a:;b:x!;\n")
    }

    @Test func flag_tellsWhetherAListHasAnything() throws {
        let html = try Self.render(
            "{{#rows?}}rows{{/rows?}}{{#words?}}words{{/words?}}{{^words?}} none{{/words?}} {{count}}",
            Self.model
        )

        #expect(html == "rows none 3\n")
    }

    @Test func layout_takesBlocksWithSlashesInItsName() throws {
        let html = try Self.render(
            "{{<layouts/a}}\n{{$body}}\n  <p>{{>shared/_b}}</p>\n{{/body}}\n{{/layouts/a}}",
            Self.model,
            ["layouts/a": "<main>{{$body}}{{/body}}</main>", "shared/_b": "{{count}}"]
        )

        #expect(html.contains("<main>"))
        #expect(html.filter { !$0.isWhitespace }.contains("<p>3</p>"))
    }

    @Test(arguments: [
        "{{{title}}}", "{{& title}}", "{{=<% %>=}}", "{{title", "{{#rows}}", "{{/rows}}", "{{}}", "{{a b}}",
        "{{#rows}}{{/words}}",
    ])
    func template_isRefused(text: String) {
        #expect(throws: TemplateError.self) { try TemplateSource(text) }
    }

    @Test func library_refusesAPartialThatDoesNotExist() {
        #expect(throws: TemplateError.self) { try TemplateLibrary(["a": "{{>b}}"]) }
    }

    @Test func check_findsNamesThatDoNotExist() throws {
        let library = try TemplateLibrary([
            "a": "{{titel}} {{#rows}}{{name}}{{nmae}}{{/rows}} {{^rws}}{{/rws}} {{>b}}", "b": "{{words.count}}",
        ])
        var check = TemplateCheck(library)

        check.check("a", TemplateObject(reflecting: Self.model))

        #expect(Set(check.problems).count == 4)
        #expect(check.problems.contains("a: {{nmae}} has no value."))
        #expect(check.problems.contains("b: {{words.count}} has no value."))
    }

    /// Random damage to a template is refused or rendered, never a trap.
    @Test func template_survivesDamage() throws {
        var random = SeededBytes(seed: 7)
        let original = Array(
            "{{<l}}{{$c}}{{#rows}}<a href=\"{{name}}\">{{/rows}}{{^words}}x{{/words}}{{/c}}{{/l}}".utf8
        )

        for _ in 0..<400 {
            var bytes = original
            for _ in 0..<3 { bytes[random.next(below: bytes.count)] = UInt8(random.next(below: 128)) }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let library = try? TemplateLibrary(["page": text, "l": "{{$c}}{{/c}}"]) else { continue }
            _ = try library.render("page", TemplateObject(reflecting: Self.model))
        }
    }
}

/// A small generator with a seed, so that a failure can be repeated.
private struct SeededBytes {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}
