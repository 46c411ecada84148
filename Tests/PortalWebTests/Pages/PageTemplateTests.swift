import Foundation
import Testing

import Portal

@testable import PortalWeb

struct PageTemplateTests {
    @Test(arguments: PortalLanguage.allCases)
    func template_findsEveryNameItUses(language: PortalLanguage) throws {
        let renderer = try PageRendering.renderer()
        var check = TemplateCheck(renderer.templates)

        for sample in SamplePages.all(renderer, language: language, theme: "dark") {
            check.check(sample.template, renderer.object(sample.page, sample.layout))
        }

        #expect(check.problems == [])
        #expect(check.allSections.subtracting(check.visited).sorted() == [])
    }

    @Test(arguments: PortalLanguage.allCases)
    func page_hasNoHoleAndNoInlineCode(language: PortalLanguage) throws {
        let renderer = try PageRendering.renderer()

        for sample in SamplePages.all(renderer, language: language) {
            let html = try renderer.templates.render(sample.template, renderer.object(sample.page, sample.layout))
            #expect(!html.contains("⟦"), "\(sample.name) uses a text or value that does not exist")
            #expect(!html.contains("{{"), "\(sample.name) shows a tag")
            #expect(!html.contains(" style="), "\(sample.name) has an inline style")
            #expect(!html.contains("<style"), "\(sample.name) has an inline style sheet")
            #expect(!html.contains("<script>"), "\(sample.name) has an inline script")
            #expect(html.firstMatch(of: /\son[a-z]+=/) == nil, "\(sample.name) has an inline handler")
            #expect(html.matches(of: /<h1[ >]/).count == 1, "\(sample.name) has one h1")
            #expect(html.contains("id=\"main\""), "\(sample.name) has a main landmark")
            #expect(html.contains("lang=\"\(language.rawValue)\""))
        }
    }

    @Test func form_carriesTheTokenAndLabelsItsInputs() throws {
        let renderer = try PageRendering.renderer()

        for sample in SamplePages.all(renderer, language: .english) where sample.layout.csrf != nil {
            let html = try renderer.templates.render(sample.template, renderer.object(sample.page, sample.layout))
            for form in html.matches(of: /<form[^>]*method="post"[\s\S]*?<\/form>/) {
                #expect(form.output.contains("name=\"csrf\""), "\(sample.name): \(form.output.prefix(120))")
            }
            for input in html.matches(of: /<(?:input|select|textarea)[^>]* id="([^"]+)"/) {
                #expect(html.contains("for=\"\(input.output.1)\""), "\(sample.name): \(input.output.1) has no label")
            }
            let ids = html.matches(of: /\sid="([^"]+)"/).map { String($0.output.1) }
            #expect(Set(ids).count == ids.count, "\(sample.name) repeats an id: \(ids)")
        }
    }

    @Test func control_keepsFocusAndSaysWhatItShows() throws {
        let renderer = try PageRendering.renderer()

        for sample in SamplePages.all(renderer, language: .english) {
            let html = try renderer.templates.render(sample.template, renderer.object(sample.page, sample.layout))
            // htmx gives the focus back to the element with the same id when the part around it is replaced.
            for link in html.matches(of: /<a [^>]*hx-get=[^>]*>/) {
                #expect(link.output.contains(" id=\""), "\(sample.name): \(link.output)")
            }
            // A label in place of the visible text is one that nobody can say (WCAG 2.5.3).
            #expect(html.firstMatch(of: /<summary[^>]*aria-label/) == nil, "\(sample.name)")
        }
    }

    /// Writes the samples for a look with a browser; only when asked for.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["PORTAL_SAMPLE_PAGES"] != nil))
    func samples_areWritten() throws {
        let target = try #require(ProcessInfo.processInfo.environment["PORTAL_SAMPLE_PAGES"])
        let renderer = try PageRendering.renderer()

        for language in PortalLanguage.allCases {
            for theme in ["light", "dark"] {
                for sample in SamplePages.all(renderer, language: language, theme: theme) {
                    let html = try renderer.templates.render(
                        sample.template,
                        renderer.object(sample.page, sample.layout)
                    )
                    let path = "\(target)/\(sample.name)-\(language.rawValue)-\(theme).html"
                    try html.write(toFile: path, atomically: true, encoding: .utf8)
                }
            }
        }
    }
}

/// The renderer over the files of the project.
enum PageRendering {
    static func renderer() throws -> PageRenderer {
        try PageRenderer(root: root) { "/static/\($0)" }
    }

    /// The root of the project, found from the place of this file.
    static var root: String {
        var url = URL(filePath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.path()
    }
}
