import Portal

/// The actions that the audit log is filtered by, as `noun.verb`.
///
/// The log may have others, of other versions: they are shown in the words of the API.
enum AuditVerbs {
    static let all =
        of("vcluster", "create adopt clone update label scale suspend resume retry delete undelete purge kubeconfig")
        + of("operation", "cancel")
        + of("tenant", "create rename move archive unarchive delete") + of("member", "add remove")
        + of("quota", "set repair") + of("accessRule", "create update delete")
        + of("role", "create update delete") + of("group", "create update delete addMember removeMember")
        + of("user", "create invite resendInvitation revokeInvitation acceptInvitation update disable enable")
        + of("user", "changePassword resetPassword linkProvider lockOut unlock")
        + of("session", "start end") + of("token", "create revoke")
        + of("serviceAccount", "create update delete") + of("certificate", "add remove")
        + of("approvalPolicy", "create update delete") + of("request", "file approve reject comment cancel expire")
        + of("host", "create update rotateKey delete") + of("template", "create update delete")

    private static func of(_ noun: String, _ verbs: String) -> [String] {
        verbs.split(separator: " ").map { "\(noun).\($0)" }
    }
}

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
