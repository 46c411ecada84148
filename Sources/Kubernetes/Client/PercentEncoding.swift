/// Percent-encoding for paths, queries and header keys (RFC 3986 section 2).
enum PercentEncoding {
    /// Encodes one path segment or query component: everything but the unreserved characters.
    static func component(_ text: String) -> String {
        encode(text) { isUnreserved($0) }
    }

    /// Encodes a key of an `Impersonate-Extra-` header.
    ///
    /// Lower case, since header names do not keep case, and only characters of an HTTP token. Source: Kubernetes
    /// documentation, "User impersonation".
    static func headerKey(_ text: String) -> String {
        encode(text.lowercased()) { isUnreserved($0) }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func encode(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isKept(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
