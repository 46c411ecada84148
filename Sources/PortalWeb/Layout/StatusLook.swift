/// How a state looks: its icon says it without colour, its tone is the colour.
struct StatusLook: Sendable, Equatable {
    /// The id of a symbol in `icons.svg`.
    let icon: String
    /// A class `tone-…` of the style sheet.
    let tone: String
    /// Whether the icon turns, for what is going on right now.
    var isTurning = false

    static let good = StatusLook(icon: "running", tone: "good")
    static let busy = StatusLook(icon: "turning", tone: "busy", isTurning: true)
    static let wait = StatusLook(icon: "clock", tone: "wait")
    static let idle = StatusLook(icon: "open", tone: "idle")
    static let paused = StatusLook(icon: "pause", tone: "idle")
    static let gone = StatusLook(icon: "trash", tone: "idle")
    static let cancelled = StatusLook(icon: "cross", tone: "idle")
    static let bad = StatusLook(icon: "failed", tone: "bad")
    static let note = StatusLook(icon: "info", tone: "busy")
}
