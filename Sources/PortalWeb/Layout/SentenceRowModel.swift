import Portal

/// Something that a tenant sets and that is told in a sentence: an access rule, an approval policy.
struct SentenceRowModel: Sendable {
    /// Its page; nil for one of a tenant that the reader does not see.
    let href: String?
    let name: String
    let sentence: String
    /// Why it is there; nil when nobody wrote that.
    let description: String?
    /// Where it comes from; nil for the tenant's own.
    let place: String?
    /// That it is switched off; nil when it is not.
    let badge: BadgeModel?

    /// A row for a reader.
    ///
    /// - Parameters:
    ///   - page: Its page.
    ///   - name: Its name.
    ///   - sentence: What it says.
    ///   - description: Why it is there; empty when nobody wrote that.
    ///   - origin: The tenant that set it; nil when that is the tenant of the list.
    ///   - off: What it is called when it is switched off; nil when it is on.
    ///   - places: The tenants that the reader sees.
    ///   - writer: Writes for the reader.
    init(
        page: Route,
        name: String,
        sentence: String,
        description: String,
        from origin: TenantID?,
        off: String?,
        _ places: TenantNames,
        _ writer: Localizer
    ) {
        let place = origin.map { places.path($0) }
        href = place == .some(nil) ? nil : page.path
        self.name = name
        self.sentence = sentence
        self.description = description.isEmpty ? nil : description
        self.place = place.map { $0 ?? writer.text("tenant.furtherUp") }
        badge = off.map { BadgeModel($0, .paused) }
    }
}
