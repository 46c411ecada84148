import HTTPCore
import JSON
import Portal

/// The limits of a tenant as they are typed.
struct TenantQuotaForm: Sendable {
    /// The texts by field: `limits.cpu`, `overcommit.cpu`, `userCaps.cpu`.
    private(set) var values: [String: String]
    /// Whether the limits of the tenants below may not add up to more.
    private(set) var isStrict: Bool
    /// The resources in the order of the form.
    let dimensions: [QuotaDimension]
    /// The resources that have a limit now; of the others an empty field says nothing.
    private let limited: Set<QuotaDimension>
    /// The name of a further resource as it was typed, when it is not one; else empty, and the resource is in the form.
    let unknownName: String

    /// The fields by which a further resource comes into the form.
    enum Addition {
        static let name = "newResource"
        static let limit = "newLimit"
    }

    /// The parts of a limit, as the API names them.
    enum Part: String, CaseIterable, Sendable {
        case limits, overcommit, userCaps

        /// The name of the field of a resource.
        func field(_ dimension: QuotaDimension) -> String { "\(rawValue).\(dimension.name)" }
    }

    /// The limits as they are, with room for what is in use without one.
    init(_ report: QuotaReport) {
        let limits = report.limits
        dimensions = Self.dimensions(of: report)
        limited = Set(limits.dimensions)
        unknownName = ""
        isStrict = limits.isStrict
        values = [:]
        for dimension in dimensions {
            let limit = limits[dimension]
            values[Part.limits.field(dimension)] = limit.amount.map { dimension.text($0) } ?? ""
            values[Part.userCaps.field(dimension)] = limit.userCap.map { dimension.text($0) } ?? ""
            values[Part.overcommit.field(dimension)] =
                limit.amount == nil || limit.overcommitPerMille == 1000 ? "" : limit.overcommitText
        }
    }

    /// The limits as they were typed, with resources that came into the form by their names.
    init(_ report: QuotaReport, _ form: QueryItems) {
        var dimensions = Self.dimensions(of: report)
        limited = Set(report.limits.dimensions)
        for dimension in Self.posted(in: form) where !dimensions.contains(dimension) { dimensions.append(dimension) }
        let name = (form.first(named: Addition.name) ?? "").trimmingSpaces
        let added = QuotaDimension(name: name).flatMap { dimensions.contains($0) ? nil : $0 }
        if let added { dimensions.append(added) }
        self.dimensions = dimensions
        unknownName = added == nil ? String(name.prefix(WebLimits.Pages.resourceCharactersMax)) : ""
        isStrict = form.first(named: "strict") != nil
        values = [:]
        for field in dimensions.flatMap({ dimension in Part.allCases.map { $0.field(dimension) } }) {
            values[field] = Self.amount(form.first(named: field))
        }
        if let added { values[Part.limits.field(added)] = Self.amount(form.first(named: Addition.limit)) }
    }

    /// Everything that was typed in one text: two forms that say the same have the same.
    var fingerprint: String {
        let fields = dimensions.flatMap { dimension in
            [dimension.name] + Part.allCases.map { values[$0.field(dimension)] ?? "" }
        }
        return ([isStrict ? "strict" : ""] + fields).joined(separator: "|")
    }

    /// What the domain is asked for; an empty field lifts a limit.
    ///
    /// - Throws: `PortalError` `.invalidArgument` with every field that is not right.
    func patch() throws(PortalError) -> QuotaLimitsPatch {
        guard unknownName.isEmpty else {
            throw .invalid(
                Addition.name,
                FieldErrorCode.invalidValue,
                "must be an extended resource that is not in the form yet, such as nvidia.com/mig-1g.5gb"
            )
        }
        var object: JSONObject = ["strict": .bool(isStrict)]
        for part in Part.allCases {
            var members = JSONObject()
            for dimension in dimensions where says(dimension) {
                let text = values[part.field(dimension)] ?? ""
                let typed: JSONValue = part == .overcommit ? Self.number(text) : .string(text)
                members[dimension.name] = text.isEmpty ? JSONValue.null : typed
            }
            object[part.rawValue] = .object(members)
        }
        return try QuotaLimitsPatch(validating: object)
    }

    /// Whether the form has something to say about a resource: others are offered because they are in use.
    private func says(_ dimension: QuotaDimension) -> Bool {
        QuotaDimension.builtIn.contains(dimension) || limited.contains(dimension)
            || Part.allCases.contains { values[$0.field(dimension)]?.isEmpty == false }
    }

    /// A number as one; another text stays a text, so that the domain says what is wrong with it.
    private static func number(_ text: String) -> JSONValue {
        guard let value = try? JSONValue(parsing: text), value.number != nil else { return .string(text) }
        return value
    }

    private static func amount(_ text: String?) -> String {
        String((text ?? "").prefix(WebLimits.Pages.amountCharactersMax)).trimmingSpaces
    }

    /// The extended resources that the form had when it was sent.
    private static func posted(in form: QueryItems) -> [QuotaDimension] {
        let prefix = Part.limits.rawValue + "."
        let names = form.items.filter { $0.name.hasPrefix(prefix) }.map { String($0.name.dropFirst(prefix.count)) }
        let posted = names.filter(QuotaDimension.isExtendedResource).map { QuotaDimension.extended($0) }
        // One more than is allowed, so that the domain says so.
        return Array(posted.prefix(PortalLimits.Quotas.extendedMax + 1 + WebLimits.Pages.extendedRowsMax))
    }

    /// The built-in resources, those with a limit, and the most used of those that are in use in the subtree without one.
    private static func dimensions(of report: QuotaReport) -> [QuotaDimension] {
        let limited = report.limits.dimensions.filter { !QuotaDimension.builtIn.contains($0) }
        let used = report.rows.filter { row in
            row.dimension.isExtended && !limited.contains(row.dimension) && row.used + row.batch > 0
        }
        return QuotaDimension.builtIn + limited + QuotaReport.mostUsed(used).shown.map(\.dimension)
    }
}

extension String {
    /// The text without spaces at its ends.
    fileprivate var trimmingSpaces: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
