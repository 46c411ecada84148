/// What one proxy tells about the request that it passed on (RFC 7239 section 4).
public struct ForwardedElement: Sendable, Hashable {
    /// Who sent the request to the proxy; `nil` when it does not say.
    public var node: ForwardedNode?
    /// Whether that connection was encrypted; `nil` when it does not say.
    public var isSecure: Bool?
    /// The `Host` that the proxy received; `nil` when it does not say.
    public var host: String?

    /// An element of its parts.
    public init(node: ForwardedNode? = nil, isSecure: Bool? = nil, host: String? = nil) {
        self.node = node
        self.isSecure = isSecure
        self.host = host
    }
}

extension ForwardedElement {
    /// Reads all `Forwarded` lines of a request, joined.
    ///
    /// - Parameter value: A list of elements, each a list of pairs; parameters that are not known are passed over.
    /// - Returns: One element a proxy, the nearest last, at most ``HTTPLimits/proxyHopsMax`` of the nearest; `nil` when
    ///   any part is malformed, since then nothing tells where one proxy's words end.
    static func parse(_ value: String) -> [ForwardedElement]? {
        var parser = FieldParser(value)
        var elements: [ForwardedElement] = []
        while true {
            parser.skipWhiteSpace()
            if !parser.isAtEnd, parser.next != ASCII.comma {
                guard let element = element(&parser) else { return nil }
                elements.append(element)
                if elements.count > HTTPLimits.proxyHopsMax { elements.removeFirst() }
                parser.skipWhiteSpace()
            }
            if parser.isAtEnd { return elements }
            guard parser.take(ASCII.comma) else { return nil }
        }
    }

    private static func element(_ parser: inout FieldParser) -> ForwardedElement? {
        var element = ForwardedElement()
        var names: Set<String> = []
        while true {
            if let name = parser.token()?.lowercased() {
                guard parser.take(ASCII.equals), names.insert(name).inserted,
                    let value = parser.next == ASCII.quote ? parser.quotedString() : parser.token(),
                    element.set(name, value)
                else { return nil }
            }
            guard parser.take(ASCII.semicolon) else { return names.isEmpty ? nil : element }
            // The grammar has no white space here, but writers put it.
            parser.skipWhiteSpace()
        }
    }

    /// - Returns: False when the value of a parameter that matters is malformed.
    private mutating func set(_ name: String, _ value: String) -> Bool {
        switch name {
        case "for":
            node = ForwardedNode(value)
            return node != nil
        case "proto":
            isSecure = Self.isSecure(value)
            return isSecure != nil
        case "host":
            host = value
            return HostField.isValid(value)
        default:
            return true
        }
    }

    /// Whether a scheme is encrypted; `nil` for one that is neither `http` nor `https`.
    static func isSecure(_ scheme: String) -> Bool? {
        if ASCII.equalsIgnoringCase(scheme, "https") { return true }
        return ASCII.equalsIgnoringCase(scheme, "http") ? false : nil
    }
}
