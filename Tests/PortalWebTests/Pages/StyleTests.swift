import Foundation
import Portal
import Testing

@testable import PortalWeb

/// The style sheets against what they promise: contrast, layers, no address that leaves the portal.
struct StyleTests {
    private static func sheet(_ path: String) throws -> String {
        try String(contentsOfFile: "\(PageRendering.root)/public/\(path)", encoding: .utf8)
    }

    /// WCAG 2.2, success criteria 1.4.3 and 1.4.11, in both themes.
    @Test func colours_keepTheirContrast() throws {
        let tokens = try Tokens(Self.sheet("css/tokens.css"))
        let grounds = ["canvas", "surface", "sunken", "hover"]
        let tones = ["good", "busy", "wait", "idle", "bad"]
        var pairs: [(String, String, Double)] = []
        for ink in ["ink", "ink-muted", "ink-faint", "accent"] { pairs += grounds.map { (ink, $0, 4.5) } }
        pairs += tones.flatMap { [($0, "\($0)-soft", 4.5), ($0, "surface", 4.5), ("ink", "\($0)-soft", 4.5)] }
        pairs += ["accent-fill", "accent-fill-hover", "bad-fill", "bad-fill-hover"].map { ("on-accent", $0, 4.5) }
        pairs += [("accent", "accent-soft", 4.5), ("line-control", "surface", 3), ("line-control", "canvas", 3)]

        for (front, back, least) in pairs {
            for theme in Tokens.Theme.allCases {
                let contrast = try #require(tokens.contrast(front, back, theme), "\(front) or \(back) is not a token")
                #expect(contrast >= least, "\(front) on \(back), \(theme): \(contrast)")
            }
        }
    }

    @Test func sheets_areInLayersAndStayInThePortal() throws {
        for path in PageAssets.stylesheets {
            let css = try Self.sheet(path)
            #expect(css.contains("@layer"), "\(path) is in no layer")
            #expect(!css.contains("@import"), "\(path) makes the browser wait for another file")
            #expect(!css.contains("//") && !css.contains("http"), "\(path) has a foreign address")
            #expect(css.split(separator: "\n").count <= 300, "\(path) is too long")
        }
    }

    @Test func sheets_areAllUsed() throws {
        let folder = "\(PageRendering.root)/public/css"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).map { "css/\($0)" }

        #expect(Set(files) == Set(PageAssets.stylesheets))
    }

    /// Every class that a template uses is in a style sheet, and the other way round.
    @Test func classes_areInTemplatesAndInSheets() throws {
        let renderer = try PageRendering.renderer()
        var used: Set<String> = ["has-script", "is-done", "step-waiting"]
        for sample in SamplePages.all(renderer, language: .english) {
            let html = try renderer.templates.render(sample.template, renderer.object(sample.page, sample.layout))
            for match in html.matches(of: /class="([^"]*)"/) {
                used.formUnion(match.output.1.split(separator: " ").map(String.init))
            }
        }
        var styled: Set<String> = []
        for path in PageAssets.stylesheets {
            let css = try Self.sheet(path)
            styled.formUnion(css.matches(of: /\.([a-z][a-z-]*)(?=[\s,:.\[{)>+~])/).map { String($0.output.1) })
        }
        styled.subtract(["css", "svg"])

        #expect(used.subtracting(styled).subtracting(Self.hooks).sorted() == [])
        #expect(styled.subtracting(used).subtracting(Self.rare).sorted() == [])
    }

    /// Classes that only give a part a name.
    private static let hooks: Set<String> = []
    /// Styles for what no sample shows.
    private static let rare: Set<String> = ["plain-card-wide"]
}

/// The colours of `tokens.css`.
private struct Tokens {
    enum Theme: Int, CaseIterable { case light, dark }

    private var colours: [String: [Double]] = [:]

    init(_ css: String) throws {
        for match in css.matches(of: /--([a-z-]+): (?:light-dark\()?oklch\(([\d. ]+)\)(?:, oklch\(([\d. ]+)\)\))?;/) {
            let light = Self.luminance(match.output.2)
            colours[String(match.output.1)] = [light, match.output.3.map(Self.luminance) ?? light]
        }
    }

    func contrast(_ front: String, _ back: String, _ theme: Theme) -> Double? {
        guard let front = colours[front]?[theme.rawValue], let back = colours[back]?[theme.rawValue] else { return nil }
        return (max(front, back) + 0.05) / (min(front, back) + 0.05)
    }

    /// Relative luminance of an OKLCH colour, by way of linear sRGB (CSS Color 4, section 9).
    private static func luminance(_ text: Substring) -> Double {
        let parts = text.split(separator: " ").compactMap { Double($0) }
        guard parts.count == 3 else { return 0 }
        let angle = parts[2] * .pi / 180
        let (a, b) = (parts[1] * cos(angle), parts[1] * sin(angle))
        let l = pow(parts[0] + 0.3963377774 * a + 0.2158037573 * b, 3)
        let m = pow(parts[0] - 0.1055613458 * a - 0.0638541728 * b, 3)
        let s = pow(parts[0] - 0.0894841775 * a - 1.2914855480 * b, 3)
        let red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s
        let green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s
        let blue = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
        func clipped(_ value: Double) -> Double { min(1, max(0, value)) }
        return 0.2126 * clipped(red) + 0.7152 * clipped(green) + 0.0722 * clipped(blue)
    }
}
