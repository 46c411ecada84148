/// Checks of texts that people type, each with a message that says what is expected.
enum TextRules {
    /// A name or title: not empty, bounded, on one line; white space at the ends is dropped.
    ///
    /// Returns the cleaned text, an unusable one too: the errors say so.
    static func line(_ text: String, field: String, lengthMax: Int, errors: inout FieldErrors) -> String {
        let trimmed = text.trimmed
        if trimmed.isEmpty {
            errors.add(field, FieldErrorCode.required, "must not be empty")
        } else if trimmed.count > lengthMax {
            errors.add(field, FieldErrorCode.tooLong, "must have at most \(lengthMax) characters")
        } else if trimmed.unicodeScalars.contains(where: { $0.isControl }) {
            errors.add(field, FieldErrorCode.invalidValue, "must not contain control characters or line breaks")
        }
        return trimmed
    }

    /// A text of several lines; may be empty.
    static func paragraph(_ text: String, field: String, lengthMax: Int, errors: inout FieldErrors) -> String {
        if text.count > lengthMax {
            errors.add(field, FieldErrorCode.tooLong, "must have at most \(lengthMax) characters")
        } else if text.unicodeScalars.contains(where: { $0.isControl && $0 != "\n" && $0 != "\r" && $0 != "\t" }) {
            errors.add(field, FieldErrorCode.invalidValue, "must not contain control characters")
        }
        return text
    }

    /// An e-mail address in lower case: one `@` with something without spaces on both sides (RFC 5321 in outline).
    ///
    /// Whether it exists only a message can tell, so no more is checked.
    static func email(_ text: String, field: String, errors: inout FieldErrors) -> String {
        let email = text.trimmed.lowercased()
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        let isPlausible =
            parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && !email.unicodeScalars.contains { $0.isControl || $0.properties.isWhitespace }
        if email.isEmpty {
            errors.add(field, FieldErrorCode.required, "must not be empty")
        } else if email.utf8.count > PortalLimits.Identity.emailLengthMax {
            errors.add(
                field,
                FieldErrorCode.tooLong,
                "must have at most \(PortalLimits.Identity.emailLengthMax) characters"
            )
        } else if !isPlausible {
            errors.add(field, FieldErrorCode.invalidValue, "must be an e-mail address such as ada@example.com")
        }
        return email
    }

    /// A DNS label (RFC 1123): what Kubernetes takes as a name.
    static func label(_ text: String, field: String, lengthMax: Int, errors: inout FieldErrors) -> String {
        let isLabel =
            text.utf8.count <= lengthMax && !text.isEmpty && !text.hasPrefix("-") && !text.hasSuffix("-")
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
        if text.isEmpty {
            errors.add(field, FieldErrorCode.required, "must not be empty")
        } else if !isLabel {
            errors.add(
                field,
                FieldErrorCode.invalidValue,
                "must have at most \(lengthMax) of a-z, 0-9 and hyphens, and begin and end with a letter or digit"
            )
        }
        return text
    }
}

extension String {
    /// The text without white space at its ends.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}

extension Unicode.Scalar {
    /// True for the control characters C0, DEL and C1, NUL among them, which PostgreSQL cannot store.
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
