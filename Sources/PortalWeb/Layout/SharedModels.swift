/// A state in a word, an icon and a tone.
struct BadgeModel: Sendable, Equatable {
    let text: String
    let icon: String
    let tone: String
    let isTurning: Bool

    /// A badge that says `text`.
    init(_ text: String, _ look: StatusLook) {
        self.text = text
        icon = look.icon
        tone = look.tone
        isTurning = look.isTurning
    }
}

/// A message above a page.
struct FlashModel: Sendable {
    let tone: String
    let icon: String
    let text: String
}

/// A link with a label.
struct LinkModel: Sendable {
    let href: String
    let label: String
    var isPrimary = false
}

/// Something that is shown this once: a link with a secret in it, a token.
struct SecretModel: Sendable {
    let title: String
    let text: String
    let value: String
}

/// A role that somebody has at a tenant, with the way to take it.
struct HeldRoleModel: Sendable {
    let href: String
    let text: String
    let note: String?
    /// nil for a reader who may not take it here, and for one that comes through a group.
    let remove: Remove?

    /// The form that takes the role.
    struct Remove: Sendable {
        let action: String
        let label: String
        let tenant: String
        let role: String
    }
}

/// A choice of a list or a group of radio buttons.
struct OptionModel: Sendable {
    let value: String
    let label: String
    var text: String?
    var isSelected = false
}

/// A name with its value, and what goes with the value.
struct FactModel: Sendable {
    let name: String
    var value = ""
    var tag: String?
    var time: TimeText?
}

/// What a list shows when there is nothing in it: what that means and what to do.
struct EmptyModel: Sendable {
    let icon: String
    let title: String
    let text: String
    var action: LinkModel?
}

/// A bar with a label for those who do not see it.
struct ProgressModel: Sendable {
    let value: Int
    let label: String
}

/// A part of a page that tells the reader something important.
struct NoticeModel: Sendable {
    let tone: String
    let icon: String
    var isTurning = false
    let title: String
    var text: String?
    var progress: ProgressModel?
    var link: LinkModel?
}

extension NoticeModel {
    /// A notice that looks like a state.
    init(_ look: StatusLook, title: String, text: String? = nil, link: LinkModel? = nil) {
        self.init(tone: look.tone, icon: look.icon, title: title, text: text, link: link)
    }
}
