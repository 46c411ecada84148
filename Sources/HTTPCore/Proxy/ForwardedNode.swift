/// One end of a connection as `Forwarded` and `X-Forwarded-For` name it (RFC 7239 section 6).
public enum ForwardedNode: Sendable, Hashable {
    /// A numeric address; the port is 0 when it is not told.
    case address(IPAddress, port: UInt16)
    /// `unknown`, or a name that hides the address.
    case hidden

    /// Reads a node of `Forwarded`: `192.0.2.1`, `[2001:db8::1]:4711`, `unknown`, `_hidden:_port`.
    ///
    /// - Parameter text: Without quotes; `nil` when it is none of these.
    init?(_ text: String) {
        guard let (name, port) = Self.split(text) else { return nil }
        if name.first == "[" {
            guard let address = IPAddress(name.dropFirst().dropLast()), name.contains(":") else { return nil }
            self = .address(address, port: port)
        } else if let address = IPAddress(name) {
            // Without brackets only IPv4: the colons of IPv6 would have been taken for a port.
            self = .address(address, port: port)
        } else {
            guard name == "unknown" || Self.isObfuscated(name) else { return nil }
            self = .hidden
        }
    }

    /// Reads a member of `X-Forwarded-For`, where IPv6 also comes without brackets.
    init?(legacy text: String) {
        if text.utf8.count(where: { $0 == ASCII.colon }) > 1, let address = IPAddress(text) {
            self = .address(address, port: 0)
        } else {
            self.init(text)
        }
    }

    /// Separates the port, which may be obfuscated as well and is 0 then.
    private static func split(_ text: String) -> (name: Substring, port: UInt16)? {
        let start: String.Index
        if text.first == "[" {
            guard let bracket = text.firstIndex(of: "]") else { return nil }
            start = text.index(after: bracket)
        } else {
            start = text.firstIndex(of: ":") ?? text.endIndex
        }
        guard start < text.endIndex else { return (text[...], 0) }
        let port = text[start...].dropFirst()
        guard text[start] == ":", !port.isEmpty else { return nil }
        if isObfuscated(port) { return (text[..<start], 0) }
        guard port.utf8.count <= 5, port.utf8.allSatisfy({ $0 >= ASCII.zero && $0 <= ASCII.nine }),
            let number = UInt16(port)
        else { return nil }
        return (text[..<start], number)
    }

    private static let obfuscated = ByteSet("._-", .alphanumeric)

    /// `"_" 1*( ALPHA / DIGIT / "." / "_" / "-")` (RFC 7239 section 6.3).
    private static func isObfuscated(_ text: Substring) -> Bool {
        text.first == "_" && text.utf8.count > 1 && text.utf8.allSatisfy(obfuscated.contains)
    }
}
