import Portal

extension Localizer {
    /// An action of the audit log in words; in those of the API when a part of it is not known.
    func auditVerb(_ verb: String) -> String {
        let parts = verb.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let noun = textIfPresent("audit.noun.\(parts[0])"),
            let act = textIfPresent("audit.act.\(parts[1])")
        else { return verb }
        return text("audit.phrase", ["act": .text(act), "noun": .text(noun)])
    }

    /// A kind of object in a word; in that of the API when it is not known.
    func auditKind(_ kind: String) -> String { textIfPresent("audit.noun.\(kind)") ?? kind }
}
