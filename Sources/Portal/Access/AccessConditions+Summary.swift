import Foundation

extension AccessConditions {
    /// The conditions in a line of English, for those who cannot look at the rule: `environment prod; labels frozen=yes`.
    ///
    /// Hosts are counted, not named: who is bound by a rule need not see hosts. Empty for a rule without conditions.
    public var summary: String {
        var parts: [String] = []
        if !environments.isEmpty {
            parts.append("environment " + environments.map(\.rawValue).sorted().joined(separator: " or "))
        }
        if !labels.isEmpty {
            let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            parts.append("labels " + pairs.joined(separator: ", "))
        }
        if !hostIDs.isEmpty { parts.append(hostIDs.count == 1 ? "one host" : "\(hostIDs.count) hosts") }
        if let window { parts.append(window.summary) }
        return parts.joined(separator: "; ")
    }
}

extension AccessWindow {
    /// The window in English: `outside of mon, tue 09:00 to 17:00 (Europe/Berlin)`.
    fileprivate var summary: String {
        let days =
            self.days.count == Day.allCases.count
            ? "every day" : Day.allCases.filter(self.days.contains).map(\.rawValue).joined(separator: ", ")
        return "\(isOutside ? "outside of " : "")\(days) \(fromText) to \(toText) (\(timeZone))"
    }
}
