/// The forms of names in Kubernetes (documentation: "Object Names and IDs", "Labels and Selectors").
enum KubernetesNames {
    /// Whether a text is a DNS label (RFC 1123): lower-case letters, digits and hyphens, no hyphen at an end.
    static func isLabel(_ text: String, lengthMax: Int = 63) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...lengthMax).contains(bytes.count), let first = bytes.first, let last = bytes.last else {
            return false
        }
        guard bytes.allSatisfy({ isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-") }) else { return false }
        return isLowerAlphanumeric(first) && isLowerAlphanumeric(last)
    }

    /// Whether a text is a DNS subdomain: labels separated by dots, at most 253 characters.
    static func isSubdomain(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel(String($0)) }
    }

    /// Whether a text is a label or annotation key: an optional DNS prefix, a slash and a name of at most 63.
    static func isQualifiedName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let name = parts.last else { return false }
        if parts.count == 2, !isSubdomain(String(parts[0])) { return false }
        return !name.isEmpty && isLabelValue(String(name))
    }

    /// Whether a text is a label value: empty, or at most 63 of letters, digits, `-`, `_` and `.`, alphanumeric ends.
    static func isLabelValue(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= 63 else { return false }
        guard let first = bytes.first, let last = bytes.last else { return true }
        let inner = Array("-_.".utf8)
        guard bytes.allSatisfy({ isAlphanumeric($0) || inner.contains($0) }) else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || (0x41...0x5A).contains(byte)
    }
}
