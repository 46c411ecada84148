/// A browser and its system as people call them, read from the field `User-Agent`.
///
/// Good enough to know one's own sessions again; the field says what the sender likes it to say.
struct BrowserName: Sendable, Equatable {
    let browser: String
    let system: String

    /// The more special words come first: Edge calls itself Chrome too, and Chrome calls itself Safari.
    private static let browsers = [
        ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ]
    private static let systems = [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]

    /// nil for what is no browser that is known here.
    init?(userAgent: String) {
        guard let browser = Self.browsers.first(where: { userAgent.contains($0.0) }),
            let system = Self.systems.first(where: { userAgent.contains($0.0) })
        else { return nil }
        self.browser = browser.1
        self.system = system.1
    }
}
