import FoundationEssentials
import HTTPCore
import Portal

/// Reads the parameters of a query and collects what is wrong with every one of them.
///
/// Unknown parameters are errors too: a misspelled filter must not silently list everything.
struct QueryReader {
    private let items: QueryItems
    private var known: Set<String> = []
    private var errors = FieldErrors()

    init(_ items: QueryItems) {
        self.items = items
    }

    /// The text of a parameter; nil when absent or empty.
    mutating func string(_ name: String, charactersMax: Int = 200) -> String? {
        known.insert(name)
        guard let text = items.first(named: name), !text.isEmpty else { return nil }
        if text.count > charactersMax {
            fail(name, FieldErrorCode.tooLong, "must have at most \(charactersMax) characters")
        }
        return text
    }

    /// An id; nil when absent.
    mutating func id<Entity>(_ name: String, _ type: TypedID<Entity>.Type) -> TypedID<Entity>? {
        guard let text = string(name) else { return nil }
        guard let id = TypedID<Entity>(text) else {
            fail(name, FieldErrorCode.invalidValue, "must be an id (a UUID)")
            return nil
        }
        return id
    }

    /// A whole number in a range; nil when absent.
    mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let text = string(name) else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            fail(
                name,
                FieldErrorCode.outOfRange,
                "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
            return nil
        }
        return number
    }

    /// `true` or `false`; false when absent.
    mutating func flag(_ name: String) -> Bool {
        guard let text = string(name) else { return false }
        if text != "true", text != "false" { fail(name, FieldErrorCode.invalidValue, "must be true or false") }
        return text == "true"
    }

    /// A time; nil when absent.
    mutating func time(_ name: String) -> Date? {
        guard let text = string(name) else { return nil }
        guard let date = RFC3339.parse(text) else {
            fail(name, FieldErrorCode.invalidValue, "must be a time like 2026-01-31T12:00:00Z")
            return nil
        }
        return date
    }

    /// The cases a parameter names, comma-separated or repeated; empty when absent.
    mutating func choices<Value: RawRepresentable & CaseIterable>(
        _ name: String,
        _ type: Value.Type
    ) -> [Value] where Value.RawValue == String {
        var found: [Value] = []
        for text in texts(name) {
            if let value = Value(rawValue: text) {
                found.append(value)
            } else {
                let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
                fail(name, FieldErrorCode.invalidValue, "must be among: \(names)")
            }
        }
        return found
    }

    /// The one case a parameter names; nil when absent.
    mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String,
        _ type: Value.Type
    ) -> Value? where Value.RawValue == String {
        let found = choices(name, type)
        if found.count > 1 { fail(name, FieldErrorCode.invalidValue, "must be given once") }
        return found.first
    }

    /// A role, by the name of a built-in one or the id of a custom one; nil when absent.
    mutating func role(_ name: String) -> RoleReference? {
        guard let text = string(name) else { return nil }
        if let role = RoleReference(text) { return role }
        let names = Role.allCases.map(\.rawValue).joined(separator: ", ")
        fail(name, FieldErrorCode.invalidValue, "must be one of: \(names), or the id of a custom role")
        return nil
    }

    /// Pairs `key=value` of a label selector, comma-separated or repeated; empty when absent.
    mutating func labels(_ name: String) -> [String: String] {
        var labels: [String: String] = [:]
        for text in texts(name) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                fail(name, FieldErrorCode.invalidValue, "must be key=value, several separated by commas")
                continue
            }
            labels[String(parts[0])] = String(parts[1])
        }
        return labels
    }

    /// `pageSize` and `pageToken`.
    mutating func page() -> PageRequest {
        let size = integer("pageSize", in: 1...Int64(PortalLimits.Pages.sizeMax))
        let token = string("pageToken", charactersMax: PortalLimits.Pages.tokenLengthMax)
        return (try? PageRequest(size: size.map(Int.init), token: token)) ?? .first
    }

    /// Records that a parameter is missing, unless it was there and wrong, which is recorded already.
    mutating func require(_ name: String) {
        if items.first(named: name)?.isEmpty ?? true { fail(name, FieldErrorCode.required, "is required") }
    }

    /// Records an error of the caller's own rule.
    mutating func fail(_ name: String, _ code: String, _ message: String) {
        errors.add(name, code, message)
    }

    /// Throws every error, unknown parameters included.
    mutating func finish() throws {
        for item in items where !known.contains(item.name) {
            let names = known.sorted().joined(separator: ", ")
            let hint = known.isEmpty ? "there are no parameters here" : "there are: \(names)"
            fail(item.name, FieldErrorCode.unknownField, "is not a parameter; \(hint)")
        }
        try errors.throwIfAny()
    }

    private mutating func texts(_ name: String) -> [String] {
        known.insert(name)
        return items.all(named: name)
            .flatMap { $0.split(separator: ",").map(String.init) }
    }
}

extension RequestContext {
    /// Checks that a list or stream without parameters was asked without any.
    func requireNoParameters() throws {
        var reader = QueryReader(query)
        try reader.finish()
    }
    /// The page that was asked for of a list without other parameters.
    ///
    /// - Throws: `PortalError` `.invalidArgument` for parameters that are unknown or wrong.
    func page() throws -> PageRequest {
        var reader = QueryReader(query)
        let page = reader.page()
        try reader.finish()
        return page
    }
}
