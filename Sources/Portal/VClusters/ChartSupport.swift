/// What the releases of the vcluster chart support, from the chart's history.
///
/// Kept as a table because the chart itself does not check versions: it takes any image tag and fails at run time.
enum ChartSupport {
    /// The oldest chart whose values are the ones the portal writes.
    static let versionMin = SemanticVersion(major: 0, minor: 20, patch: 0)
    /// The oldest virtual Kubernetes minor that the chart's matrix names.
    static let kubernetesMinorMin = 30
    /// The newest virtual Kubernetes minor that the newest known chart names.
    static let kubernetesMinorMax = 36

    /// The newest Kubernetes minor by the first chart minor that ships it, newest first.
    private static let newestByChart: [(chartMinor: Int, kubernetesMinor: Int)] = [
        (35, 36), (32, 35), (30, 34), (27, 33), (23, 32), (21, 31), (20, 30),
    ]

    /// In which chart minor a distribution ended.
    private static let removedDistros = ["k3s": 33, "k0s": 26, "eks": 20]

    /// The newest Kubernetes minor that a chart can run; of the newest chart when the version is not known.
    static func kubernetesMinorMax(chart: SemanticVersion?) -> Int {
        guard let chart, chart.major == 0 else { return kubernetesMinorMax }
        return newestByChart.first(where: { chart.minor >= $0.chartMinor })?.kubernetesMinor ?? kubernetesMinorMin
    }

    /// Why a distribution cannot be used with a chart; nil for `k8s`.
    static func problem(distro: String, chart: SemanticVersion?) -> String? {
        if distro == "k8s" { return nil }
        guard let ended = removedDistros[distro] else {
            return "is not a distribution of the vcluster chart; use \"k8s\""
        }
        if let chart, chart.major == 0, chart.minor < ended {
            return "\(distro) was removed from the chart in 0.\(ended), so a vcluster on it could not be upgraded; "
                + "use \"k8s\""
        }
        return "\(distro) was removed from the chart in 0.\(ended); use \"k8s\""
    }
}

/// A version `major.minor.patch` with an optional pre-release, as charts and Kubernetes releases have it.
struct SemanticVersion: Sendable, Hashable, Comparable {
    var major: Int
    var minor: Int
    var patch: Int
    var preRelease: String?

    init(major: Int, minor: Int, patch: Int, preRelease: String? = nil) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.preRelease = preRelease
    }

    /// Reads `1.33.4`, `v1.33.4` or `0.36.0-rc.1`; nil for everything else, leading zeros and signs included.
    init?(_ text: String) {
        var rest = Substring(text)
        if rest.hasPrefix("v") { rest.removeFirst() }
        let halves = rest.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let core = halves.first else { return nil }
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false).map(Self.number)
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2] else {
            return nil
        }
        if halves.count == 2 {
            let allowed = halves[1].utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x2D || byte == 0x2E
            }
            guard !halves[1].isEmpty, allowed else { return nil }
        }
        self.init(major: major, minor: minor, patch: patch, preRelease: halves.count == 2 ? String(halves[1]) : nil)
    }

    /// Orders by the numbers; a pre-release comes before its release.
    ///
    /// Two pre-releases compare as text, which is enough to tell an upgrade from a downgrade among charts' tags.
    static func < (left: Self, right: Self) -> Bool {
        let leftNumbers = (left.major, left.minor, left.patch)
        let rightNumbers = (right.major, right.minor, right.patch)
        if leftNumbers != rightNumbers { return leftNumbers < rightNumbers }
        switch (left.preRelease, right.preRelease) {
        case (let left?, let right?): return left < right
        case (.some, nil): return true
        default: return false
        }
    }

    private static func number(_ text: Substring) -> Int? {
        guard (1...6).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        if text.count > 1, text.hasPrefix("0") { return nil }
        return Int(text)
    }
}
