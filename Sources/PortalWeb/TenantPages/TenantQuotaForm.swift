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

    /// The parts of a limit, as the API names them.
    enum Part: String, CaseIterable, Sendable {
        case limits, overcommit, userCaps

        /// The name of the field of a resource.
        func field(_ dimension: QuotaDimension) -> String { "\(rawValue).\(dimension.name)" }
    }

    /// The limits as they are.
    init(_ limits: QuotaLimits) {
        dimensions = Self.dimensions(of: limits)
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

    /// The limits as they were typed.
    init(_ limits: QuotaLimits, _ form: QueryItems) {
        dimensions = Self.dimensions(of: limits)
        isStrict = form.first(named: "strict") != nil
        values = [:]
        for field in dimensions.flatMap({ dimension in Part.allCases.map { $0.field(dimension) } }) {
            let text = form.first(named: field) ?? ""
            values[field] = String(text.prefix(WebLimits.Pages.amountCharactersMax)).trimmingSpaces
        }
    }

    /// Everything that was typed in one text: two forms that say the same have the same.
    var fingerprint: String {
        let fields = dimensions.flatMap { dimension in Part.allCases.map { values[$0.field(dimension)] ?? "" } }
        return ([isStrict ? "strict" : ""] + fields).joined(separator: "|")
    }

    /// What the domain is asked for; an empty field lifts a limit.
    ///
    /// - Throws: `PortalError` `.invalidArgument` with every field that is not right.
    func patch() throws(PortalError) -> QuotaLimitsPatch {
        var object: JSONObject = ["strict": .bool(isStrict)]
        for part in Part.allCases {
            var members = JSONObject()
            for dimension in dimensions {
                let text = values[part.field(dimension)] ?? ""
                let typed: JSONValue = part == .overcommit ? Self.number(text) : .string(text)
                members[dimension.name] = text.isEmpty ? JSONValue.null : typed
            }
            object[part.rawValue] = .object(members)
        }
        return try QuotaLimitsPatch(validating: object)
    }

    /// A number as one; another text stays a text, so that the domain says what is wrong with it.
    private static func number(_ text: String) -> JSONValue {
        guard let value = try? JSONValue(parsing: text), value.number != nil else { return .string(text) }
        return value
    }

    private static func dimensions(of limits: QuotaLimits) -> [QuotaDimension] {
        QuotaDimension.builtIn + limits.dimensions.filter { !QuotaDimension.builtIn.contains($0) }
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
