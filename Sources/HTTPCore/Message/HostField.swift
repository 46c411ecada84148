/// The grammar of `Host` and of an authority without user information (RFC 9110 section 7.2).
enum HostField {
    /// Whether the value is `uri-host [ ":" port ]` with a host that is not empty (RFC 9110 section 4.2.1).
    ///
    /// Stricter than RFC 3986 section 3.2.2 in two points: a comma, which a registered name may have, is what joined
    /// `Host` lines look like, and of IP literals only IPv6 is in use, without a zone, which means something on the
    /// client's machine only.
    static func isValid(_ value: String) -> Bool {
        var value = value
        return value.withUTF8 { isValid($0) }
    }

    private static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first else { return false }
        if first == 0x5B {  // "[": an IP literal
            guard let end = bytes.firstIndex(of: 0x5D) else { return false }
            let address = String(decoding: bytes[1..<end], as: UTF8.self)
            guard address.contains(":"), IPAddress(address) != nil else { return false }
            return isPortSuffix(bytes[(end + 1)...])
        }
        let end = bytes.firstIndex(of: ASCII.colon) ?? bytes.endIndex
        guard end > 0, isName(bytes[..<end]) else { return false }
        return isPortSuffix(bytes[end...])
    }

    /// `reg-name` without commas, which covers `IPv4address` too.
    private static func isName(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        for position in bytes.indices {
            guard ByteSet.host.contains(bytes[position]) else { return false }
            guard bytes[position] == ASCII.percent else { continue }
            let digits = bytes[(position + 1)...].prefix(2)
            guard digits.count == 2, digits.allSatisfy({ ASCII.hexValue($0) != nil }) else { return false }
        }
        return true
    }

    private static func isPortSuffix(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let first = bytes.first else { return true }
        let digits = bytes.dropFirst()
        guard first == ASCII.colon, digits.count <= 5 else { return false }
        guard digits.allSatisfy({ $0 >= ASCII.zero && $0 <= ASCII.nine }) else { return false }
        return digits.reduce(0) { $0 * 10 + Int($1 - ASCII.zero) } <= 65535
    }
}
