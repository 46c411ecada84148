import JSON

/// One run of a document through a schema; collects the violations.
struct SchemaCheck {
    private let definitions: [String: SchemaNode]
    private let limits: HostLimits
    private(set) var violations: [SchemaViolation] = []

    init(definitions: [String: SchemaNode], limits: HostLimits) {
        self.definitions = definitions
        self.limits = limits
    }

    mutating func check(_ value: JSONValue, against schema: SchemaNode, at path: SchemaPath, depth: Int) {
        guard violations.count < limits.schemaViolationsMax else { return }
        guard depth < limits.valuesDepthMax + limits.schemaReferenceDepthMax else {
            return report(.tooDeep, at: path, "The document nests too deep here.")
        }
        if let reference = schema.reference, let target = definitions[reference] {
            check(value, against: target, at: path, depth: depth + 1)
        }
        guard checkType(value, against: schema, at: path) else { return }
        checkAllowedValues(value, against: schema, at: path)
        switch value {
        case .object(let object): checkObject(object, against: schema, at: path, depth: depth)
        case .array(let array): checkArray(array, against: schema, at: path, depth: depth)
        case .string(let text): checkText(text, against: schema, at: path)
        case .number(let number): checkRange(of: number, against: schema, at: path)
        case .bool, .null: break
        }
        for part in schema.allOf { check(value, against: part, at: path, depth: depth + 1) }
        checkAlternatives(value, against: schema, at: path, depth: depth)
    }

    private mutating func checkType(_ value: JSONValue, against schema: SchemaNode, at path: SchemaPath) -> Bool {
        guard !schema.types.isEmpty, !schema.types.contains(where: { $0.matches(value) }) else { return true }
        let wanted = schema.types.map(\.words).joined(separator: " or ")
        report(.wrongType, at: path, "This has to be \(wanted), but it is \(JSONType.words(for: value)).")
        return false
    }

    private mutating func checkAllowedValues(_ value: JSONValue, against schema: SchemaNode, at path: SchemaPath) {
        guard let allowed = schema.allowedValues, !allowed.contains(value) else { return }
        let choices = allowed.map { $0.string.map { "\"\($0)\"" } ?? $0.encodedString() }.joined(separator: ", ")
        report(.notAllowed, at: path, allowed.isEmpty ? "Nothing may stand here." : "This has to be one of \(choices).")
    }

    private mutating func checkObject(
        _ object: JSONObject,
        against schema: SchemaNode,
        at path: SchemaPath,
        depth: Int
    ) {
        for (key, value) in object {
            let place = SchemaPath.key(key, of: path)
            var isKnown = false
            if let property = schema.properties[key] {
                isKnown = true
                checkMember(value, against: property, at: place, depth: depth)
            }
            for (pattern, property) in schema.patternProperties where Self.matches(key, pattern: pattern) {
                isKnown = true
                checkMember(value, against: property, at: place, depth: depth)
            }
            guard !isKnown else { continue }
            switch schema.additional {
            case .allowed: break
            case .matching(let other): checkMember(value, against: other, at: place, depth: depth)
            case .refused: reportUnknown(key, in: schema, at: place)
            }
        }
        for key in schema.required where object[key] == nil {
            report(.missingKey, at: .key(key, of: path), "The key \"\(key)\" is missing here.")
        }
    }

    /// A member that is null removes the chart's default (Helm), so only its key is checked.
    private mutating func checkMember(
        _ value: JSONValue,
        against schema: SchemaNode,
        at path: SchemaPath,
        depth: Int
    ) {
        guard value != .null else { return }
        check(value, against: schema, at: path, depth: depth + 1)
    }

    private mutating func reportUnknown(_ key: String, in schema: SchemaNode, at path: SchemaPath) {
        let guess = NearestName.match(for: key, in: schema.knownKeys).map { " Did you mean \"\($0)\"?" } ?? ""
        report(.unknownKey, at: path, "The chart does not know the key \"\(key)\".\(guess)")
    }

    private mutating func checkArray(
        _ array: [JSONValue],
        against schema: SchemaNode,
        at path: SchemaPath,
        depth: Int
    ) {
        if let least = schema.itemsMin, array.count < least {
            report(.outOfRange, at: path, "This list needs at least \(least) entries.")
        }
        guard let item = schema.items.first else { return }
        for (index, value) in array.enumerated() {
            check(value, against: item, at: .index(index, of: path), depth: depth + 1)
        }
    }

    private mutating func checkText(_ text: String, against schema: SchemaNode, at path: SchemaPath) {
        if let least = schema.lengthMin, text.unicodeScalars.count < least {
            report(.outOfRange, at: path, "This needs at least \(least) characters.")
        }
        if let pattern = schema.pattern, !Self.matches(text, pattern: pattern) {
            report(.outOfRange, at: path, "This does not match the pattern \(pattern).")
        }
    }

    private mutating func checkRange(of number: JSONNumber, against schema: SchemaNode, at path: SchemaPath) {
        if let least = schema.minimum, number.double < least {
            report(.outOfRange, at: path, "This has to be at least \(JSONNumber(least)?.text ?? "\(least)").")
        }
        if let most = schema.maximum, number.double > most {
            report(.outOfRange, at: path, "This has to be at most \(JSONNumber(most)?.text ?? "\(most)").")
        }
    }

    private mutating func checkAlternatives(
        _ value: JSONValue,
        against schema: SchemaNode,
        at path: SchemaPath,
        depth: Int
    ) {
        for (alternatives, isExclusive) in [(schema.anyOf, false), (schema.oneOf, true)] where !alternatives.isEmpty {
            let results = alternatives.map { violations(of: value, against: $0, at: path, depth: depth) }
            let matching = results.count(where: \.isEmpty)
            if matching == 0 {
                reportNoAlternative(value, among: alternatives, results: results, at: path)
            } else if isExclusive, matching > 1 {
                report(.noAlternative, at: path, "This fits more than one of the alternatives that exclude each other.")
            }
        }
    }

    private mutating func reportNoAlternative(
        _ value: JSONValue,
        among alternatives: [SchemaNode],
        results: [[SchemaViolation]],
        at path: SchemaPath
    ) {
        let types = alternatives.flatMap(\.types)
        if !types.contains(where: { $0.matches(value) }), !types.isEmpty {
            let wanted = types.map(\.words).joined(separator: " or ")
            report(.wrongType, at: path, "This has to be \(wanted), but it is \(JSONType.words(for: value)).")
            return
        }
        // The alternative of the value's own type that comes closest tells the person most.
        let fitting = zip(alternatives, results).filter { alternative, _ in
            alternative.types.isEmpty || alternative.types.contains { $0.matches(value) }
        }
        violations += (fitting.isEmpty ? results : fitting.map(\.1)).min { $0.count < $1.count } ?? []
    }

    private func violations(
        of value: JSONValue,
        against schema: SchemaNode,
        at path: SchemaPath,
        depth: Int
    ) -> [SchemaViolation] {
        var trial = SchemaCheck(definitions: definitions, limits: limits)
        trial.check(value, against: schema, at: path, depth: depth + 1)
        return trial.violations
    }

    private mutating func report(_ rule: SchemaViolation.Rule, at path: SchemaPath, _ message: String) {
        violations.append(SchemaViolation(path: path.text, rule: rule, message: message))
    }

    /// Patterns were compiled once when the schema was read, so one that does not compile cannot get here.
    private static func matches(_ text: String, pattern: String) -> Bool {
        guard let expression = try? Regex(pattern) else { return true }
        return text.firstMatch(of: expression) != nil
    }
}
