import JSON
import Portal
import Testing

@testable import PortalHosts

struct HelmCommandTests {
    @Test(arguments: [
        (ChartReference(chart: "vcluster"), ["vcluster", "--repo", "https://charts.loft.sh"]),
        (
            ChartReference(chart: "vcluster", version: "0.30.0"),
            ["https://charts.loft.sh/charts/vcluster-0.30.0.tgz"]
        ),
        (
            ChartReference(chart: "vcluster", repository: "https://charts.example", version: "0.30.0"),
            ["vcluster", "--repo", "https://charts.example", "--version", "0.30.0"]
        ),
        (
            ChartReference(chart: "oci://registry.example/charts/vcluster", version: "0.30.0"),
            ["oci://registry.example/charts/vcluster", "--version", "0.30.0"]
        ),
        (ChartReference(chart: "/srv/charts/vcluster", version: "0.30.0"), ["/srv/charts/vcluster"]),
        (ChartReference(chart: "/srv/vcluster-0.30.0.tgz"), ["/srv/vcluster-0.30.0.tgz"]),
    ])
    func arguments_selectTheChart(reference: ChartReference, expected: [String]) {
        #expect(reference.arguments == expected)
    }

    @Test func init_prefersTheVersionOfTheSpec() {
        var settings = HelmHostSettings()
        settings.chartVersion = "0.30.0"

        #expect(ChartReference(settings: settings, spec: nil).version == "0.30.0")
        #expect(ChartReference(settings: settings, spec: VClusterSpec(chartVersion: "0.33.1")).version == "0.33.1")
    }

    @Test func upgrade_isTheCommandLineOfTheCLI() {
        let command = HelmCommand.upgrade(
            release: "acme",
            namespace: "vcluster-acme",
            chart: ChartReference(chart: "/srv/vcluster"),
            values: [:],
            timeout: .seconds(300)
        )

        #expect(command.arguments.prefix(3) == ["upgrade", "acme", "/srv/vcluster"])
        #expect(command.arguments.contains("--install"))
        #expect(!command.arguments.contains("--wait"))
        #expect(!command.arguments.contains("--atomic"))
    }

    @Test(arguments: [
        ("0.30.0", true), ("v3.14.2+gc309b6f", true), ("0.36.0-rc.1", true), ("v1.20.2", true), ("1.2", false),
        ("1.2.x", false), ("", false), ("latest", false), ("1.2.3.4", false),
    ])
    func releaseVersion_readsVersions(text: String, isVersion: Bool) {
        #expect((ReleaseVersion(text) != nil) == isVersion)
    }

    @Test func releaseVersion_ordersPreReleasesBeforeTheirRelease() throws {
        let texts = ["0.9.1", "0.36.0-alpha.1", "0.36.0-rc.1", "0.36.0", "0.36.1", "3.10.0"]
        let versions = try texts.map { try #require(ReleaseVersion($0)) }

        #expect(versions.reversed().sorted() == versions)
    }

    @Test(arguments: [
        ("vcluster-0.30.0", "0.30.0"), ("vcluster-0.36.0-rc.1", "0.36.0-rc.1"), ("vcluster-k8s-0.19.7", "0.19.7"),
        ("vcluster-platform-4.1.0", nil), ("nginx-1.2.3", nil), ("vcluster", nil),
    ])
    func listEntry_knowsChartsOfVClusters(chart: String, version: String?) throws {
        let entry = try #require(HelmListEntry(["name": "a", "namespace": "b", "chart": .string(chart)]))

        #expect(entry.vclusterVersion == version)
    }
}
