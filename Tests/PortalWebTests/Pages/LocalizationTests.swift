import Foundation
import Portal
import Testing

@testable import PortalWeb

struct LocalizationTests {
    private static func writer(_ language: PortalLanguage, _ zone: String = "UTC") throws -> Localizer {
        try PageRendering.renderer().localizer(language, timeZone: zone, now: SamplePages.now)
    }

    @Test(arguments: PortalLanguage.allCases)
    func catalogue_hasEveryTextTheCodeAsksFor(language: PortalLanguage) throws {
        let catalogues = try PageRendering.renderer().catalogues
        var keys: Set<String> = []

        for file in try Self.sources() {
            for match in file.matches(of: /(?:text|count)\(\s*"([a-z][A-Za-z]*(?:\.[A-Za-z0-9]+)+)"/) {
                keys.insert(String(match.output.1))
            }
        }

        #expect(keys.count > 80)
        #expect(keys.filter { catalogues.message($0, in: language) == nil }.sorted() == [])
    }

    @Test func catalogue_namesEveryCaseOfTheDomain() throws {
        let keys = Set(try PageRendering.renderer().catalogues.keys)
        var wanted = VClusterPhase.allCases.map { "phase.\($0.rawValue)" }
        wanted += OperationVerb.allCases.map { "operation.verb.\($0.rawValue)" }
        wanted += OperationState.allCases.map { "operation.state.\($0.rawValue)" }
        wanted += OperationStep.State.allCases.map { "operation.stepState.\($0.rawValue)" }
        wanted += HostFailureReason.allCases.flatMap { ["reason.\($0.rawValue)", "hint.\($0.rawValue)"] }
        wanted += VClusterCondition.Kind.allCases.map { "condition.\($0.rawValue)" }
        wanted += VClusterEnvironment.allCases.map { "environment.\($0.rawValue)" }
        wanted += VClusterQoSClass.allCases.map { "qos.\($0.rawValue)" }
        wanted += VClusterSpec.Isolation.allCases.map { "isolation.\($0.rawValue)" }
        wanted += VClusterSpec.Exposure.Kind.allCases.map { "exposure.\($0.rawValue)" }
        wanted += VClusterSpec.BackingStore.Kind.allCases.map { "store.\($0.rawValue)" }
        wanted +=
            HostState.allCases.map { "hosts.\($0.rawValue)" } + AuditResult.allCases.map { "audit.\($0.rawValue)" }
        wanted += Flash.allCases.map { "flash.\($0.rawValue)" } + PageSection.allCases.map { "nav.\($0.rawValue)" }
        wanted += PhaseGroup.allCases.map { "status.\($0.rawValue)" } + WizardStep.allCases.map(\.titleKey)
        wanted += WizardSize.allCases.map { "wizard.size.\($0.rawValue)" }
        wanted += WizardExpiry.allCases.map { "wizard.expires.\($0.rawValue)" }
        wanted += GracePeriod.allCases.flatMap { ["actions.\($0.rawValue)", "actions.\($0.rawValue)Text"] }
        wanted += UserTheme.allCases.map { "layout.theme\($0.rawValue.capitalized)" }
        wanted += PortalError.Code.allCases.map { "errors.message.\($0.rawValue)" }
        let kinds = PortalError.Code.allCases.map { PageRenderer.kind(of: $0).name }
        wanted += kinds.flatMap { ["errors.\($0)Title", "errors.\($0)Hint"] }
        wanted += AuditVerb.allCases.flatMap { verb in
            let parts = verb.rawValue.split(separator: ".")
            return ["audit.noun.\(parts[0])", "audit.act.\(parts[1])"]
        }
        wanted += Role.allCases.flatMap { ["role.\($0.rawValue)", "rolePurpose.\($0.rawValue)"] }
        wanted += Permission.allCases.map { "permission.\($0.rawValue)" }
        wanted += QuotaDimension.builtIn.map { "quota.dimensionName.\($0.name)" }
        wanted += QuotaRefusal.Reason.allCases.map { "quota.breaks.\($0.rawValue)" }
        wanted += PermissionGroup.all.map { "permissionGroup.\($0.noun)" }

        #expect(wanted.filter { !keys.contains($0) } == [])
    }

    @Test func icon_existsForEveryUse() throws {
        let sprite = try String(contentsOfFile: "\(PageRendering.root)/public/images/icons.svg", encoding: .utf8)
        let known = Set(sprite.matches(of: /symbol id="([a-z-]+)"/).map { String($0.output.1) })
        let renderer = try PageRendering.renderer()
        var used: Set<String> = []

        for sample in SamplePages.all(renderer, language: .english) {
            let html = try renderer.templates.render(sample.template, renderer.object(sample.page, sample.layout))
            used.formUnion(html.matches(of: /icons\.svg#([^"]*)"/).map { String($0.output.1) })
        }
        for file in try Self.sources() {
            used.formUnion(file.matches(of: /icon: "([a-z-]+)"/).map { String($0.output.1) })
        }

        #expect(used.subtracting(known).sorted() == [])
    }

    @Test func catalogue_refusesWhatIsMissingInOneLanguage() throws {
        let english = try Catalogue(yaml: "a: {b: One}\nc: \"{n} left\"\nd: Two")
        let chinese = try Catalogue(yaml: "a: {b: 一}\nc: \"{m} 剩余\"")

        let error = #expect(throws: CatalogueError.self) {
            try Catalogues([.english: english, .simplifiedChinese: chinese])
        }

        #expect(error?.description.contains("“c” has other arguments") == true)
        #expect(error?.description.contains("“d” has no text in zh-Hans") == true)
    }

    @Test(arguments: ["a: [1]", "a: \"{x\"", "a: \"{1x}\"", "- a", "a: {one: x, other: [y]}"])
    func catalogue_refusesWhatIsNoText(yaml: String) {
        #expect(throws: (any Error).self) { try Catalogue(yaml: yaml) }
    }

    @Test func message_chooses_thePlural() throws {
        let message = try Message([.one: "{count} vcluster", .other: "{count} vclusters"])

        #expect(message.text(["count": .number(1)], language: .english) == "1 vcluster")
        #expect(message.text(["count": .number(12_345)], language: .english) == "12,345 vclusters")
        #expect(message.text(["count": .number(1)], language: .simplifiedChinese) == "1 vclusters")
        #expect(message.text([:], language: .english) == "{count} vclusters")
    }

    @Test(arguments: [
        (2.0, "just now", "刚刚"), (40, "40 s ago", "40 秒前"), (3_700, "1 h ago", "1 小时前"),
        (90_000, "1 day ago", "1 天前"), (200_000, "2 days ago", "2 天前"), (-7_300, "in 2 h", "2 小时后"),
        (40_000_000, "1 year ago", "1 年前"),
    ])
    func time_isRelativeToNow(seconds: Double, english: String, chinese: String) throws {
        let date = SamplePages.now.addingTimeInterval(-seconds)

        #expect(try Self.writer(.english).time(date).relative == english)
        #expect(try Self.writer(.simplifiedChinese).time(date).relative == chinese)
    }

    @Test func time_isWrittenInTheZoneOfTheReader() throws {
        let date = Date(timeIntervalSince1970: 1_795_408_200)

        #expect(try Self.writer(.english).time(date).absolute == "23 Nov 2026, 04:30 GMT")
        #expect(try Self.writer(.simplifiedChinese, "Asia/Shanghai").time(date).absolute.hasPrefix("2026年11月23日 12:30"))
        #expect(try Self.writer(.english).time(date).iso == "2026-11-23T04:30:00Z")
    }

    @Test func duration_hasTwoUnits() throws {
        let writer = try Self.writer(.english)

        #expect(writer.duration(seconds: 0) == "< 1 s")
        #expect(writer.duration(seconds: 59) == "59 s")
        #expect(writer.duration(seconds: 72) == "1 min 12 s")
        #expect(writer.duration(seconds: 7_200) == "2 h")
        #expect(writer.duration(seconds: 90_061) == "1 day 1 h")
    }

    @Test func initials_fitPeople() {
        #expect(PageResponder.initials("Mei Lin") == "ML")
        #expect(PageResponder.initials("pavel") == "P")
        #expect(PageResponder.initials("Anna van der Berg") == "AB")
        #expect(PageResponder.initials("王小明") == "小明")
        #expect(PageResponder.initials("") == "?")
    }

    private static func sources() throws -> [String] {
        let root = "\(PageRendering.root)/Sources/PortalWeb"
        let paths = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
        return try paths.filter { $0.hasSuffix(".swift") }.map {
            try String(contentsOfFile: "\(root)/\($0)", encoding: .utf8)
        }
    }
}
