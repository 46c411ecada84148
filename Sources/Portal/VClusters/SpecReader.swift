import JSON

/// Reads typed members out of JSON objects and collects what is wrong with their paths, so that one answer names all.
///
/// A member that is missing or `null` reads as nil; a mistyped one is an error and reads as nil too, so that the
/// checks after it go on.
struct SpecReader {
    /// What was wrong so far.
    var errors = FieldErrors()

    /// Reads a value as an object whose keys are all known.
    ///
    /// - Parameters:
    ///   - value: The value; nil and `null` read as an empty object.
    ///   - path: Its path, `spec.sync`.
    ///   - known: The keys it may have.
    /// - Returns: The object, unknown keys included; empty when the value is none.
    mutating func object(_ value: JSONValue?, at path: String, known: [String]) -> JSONObject {
        let object = freeObject(value, at: path)
        for key in object.keys where !known.contains(key) {
            let hint = known.closest(to: key).map { "; did you mean \($0)?" } ?? ""
            errors.add("\(path).\(key)", FieldErrorCode.unknownField, "does not exist here\(hint)")
        }
        return object
    }

    /// Reads a value as an object with any keys.
    mutating func freeObject(_ value: JSONValue?, at path: String) -> JSONObject {
        guard let value, !value.isNull else { return JSONObject() }
        guard let object = value.object else {
            errors.add(path, FieldErrorCode.invalidType, "must be an object")
            return JSONObject()
        }
        return object
    }

    /// Reads a text that is neither empty nor longer than `lengthMax` characters.
    mutating func string(_ value: JSONValue?, at path: String, lengthMax: Int = 253) -> String? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string else {
            errors.add(path, FieldErrorCode.invalidType, "must be a text")
            return nil
        }
        guard !text.isEmpty else {
            errors.add(path, FieldErrorCode.required, "must not be empty; leave it out for the default")
            return nil
        }
        guard text.count <= lengthMax else {
            errors.add(path, FieldErrorCode.tooLong, "must have at most \(lengthMax) characters")
            return nil
        }
        return text
    }

    /// Reads `true` or `false`.
    mutating func bool(_ value: JSONValue?, at path: String) -> Bool? {
        guard let value, !value.isNull else { return nil }
        guard let flag = value.bool else {
            errors.add(path, FieldErrorCode.invalidType, "must be true or false")
            return nil
        }
        return flag
    }

    /// Reads a whole number within bounds.
    mutating func int(_ value: JSONValue?, at path: String, in range: ClosedRange<Int>) -> Int? {
        guard let value, !value.isNull else { return nil }
        guard let number = value.int else {
            errors.add(path, FieldErrorCode.invalidType, "must be a whole number")
            return nil
        }
        guard let small = Int(exactly: number), range.contains(small) else {
            errors.add(
                path,
                FieldErrorCode.outOfRange,
                "must be between \(range.lowerBound) and \(range.upperBound)"
            )
            return nil
        }
        return small
    }

    /// Reads a Kubernetes quantity that is not negative; JSON numbers count as their text.
    mutating func quantity(_ value: JSONValue?, at path: String) -> Quantity? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string ?? value.number?.text else {
            errors.add(path, FieldErrorCode.invalidType, "must be a quantity such as \"500m\" or \"2Gi\"")
            return nil
        }
        guard let quantity = Quantity(text) else {
            errors.add(
                path,
                FieldErrorCode.invalidQuantity,
                "is not a Kubernetes quantity; write it like \"500m\", \"2\" or \"1.5Gi\""
            )
            return nil
        }
        guard !quantity.isNegative else {
            errors.add(path, FieldErrorCode.outOfRange, "must not be negative")
            return nil
        }
        return quantity
    }

    /// Reads one of a closed set of words.
    mutating func choice<Choice>(_ value: JSONValue?, at path: String, of: Choice.Type = Choice.self) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        guard let text = string(value, at: path) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            errors.add(path, FieldErrorCode.invalidValue, "must be one of \(words)")
            return nil
        }
        return choice
    }

    /// Reads an object of texts, sorted by key.
    mutating func strings(_ value: JSONValue?, at path: String, countMax: Int) -> [String: String] {
        let object = freeObject(value, at: path)
        guard object.count <= countMax else {
            errors.add(path, FieldErrorCode.tooLong, "must have at most \(countMax) entries")
            return [:]
        }
        var strings: [String: String] = [:]
        for (key, value) in object {
            guard let text = value.string else {
                errors.add("\(path)[\"\(key)\"]", FieldErrorCode.invalidType, "must be a text")
                continue
            }
            strings[key] = text
        }
        return strings
    }
}

extension [String] {
    /// The word that equals another up to case, underscores and hyphens, or shares a long prefix with it.
    fileprivate func closest(to word: String) -> String? {
        func folded(_ text: String) -> String { text.lowercased().filter { $0 != "_" && $0 != "-" } }
        let wanted = folded(word)
        if let same = first(where: { folded($0) == wanted }) { return same }
        guard wanted.count >= 4 else { return nil }
        return first { folded($0).hasPrefix(wanted.prefix(4)) }
    }
}
