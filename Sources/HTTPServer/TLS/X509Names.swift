import COpenSSL

/// The alternative names of a certificate's subject (RFC 5280 section 4.2.1.6).
struct X509Names {
    /// DNS names.
    private(set) var dns: [String] = []
    /// URIs.
    private(set) var uris: [String] = []
    /// Mail addresses.
    private(set) var emails: [String] = []

    /// Reads the names of a certificate (X509_get_ext_d2i(3), GENERAL_NAME_get0_value(3)).
    init(_ certificate: OpaquePointer) {
        guard let extensions = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return }
        let names = OpaquePointer(extensions)
        defer { GENERAL_NAMES_free(names) }
        for position in 0..<max(0, COpenSSL_sk_GENERAL_NAME_num(names)) {
            var kind: Int32 = 0
            guard let name = COpenSSL_sk_GENERAL_NAME_value(names, position),
                let value = GENERAL_NAME_get0_value(name, &kind)
            else { continue }
            switch kind {
            case GEN_DNS: dns += Self.text(value)
            case GEN_URI: uris += Self.text(value)
            case GEN_EMAIL: emails += Self.text(value)
            default: break
            }
        }
    }

    /// An IA5String as text; nothing when it has other than printable ASCII.
    ///
    /// A NUL inside would make a C string of another name: such a name is nobody's.
    private static func text(_ value: UnsafeMutableRawPointer) -> [String] {
        let string = value.assumingMemoryBound(to: ASN1_STRING.self)
        let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string)))
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return [] }
        return [String(decoding: bytes, as: UTF8.self)]
    }
}

extension TLSClientCertificate {
    /// Reads what a certificate says about its subject.
    ///
    /// - Parameter certificate: An `X509`, verified by the caller.
    init(_ certificate: OpaquePointer) {
        let names = X509Names(certificate)
        self.init(
            subject: Self.text(X509_get_subject_name(certificate)),
            issuer: Self.text(X509_get_issuer_name(certificate)),
            commonName: Self.commonName(certificate),
            dnsNames: names.dns,
            uris: names.uris,
            emails: names.emails,
            serialNumber: Self.serialNumber(certificate),
            fingerprint: Self.fingerprint(certificate)
        )
    }

    /// X509_NAME_print_ex(3).
    private static func text(_ name: OpaquePointer?) -> String {
        guard let sink = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(sink) }
        guard X509_NAME_print_ex(sink, name, 0, COpenSSL_NAME_FLAGS) >= 0 else {
            return ""
        }
        return withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
            let count = BIO_read(sink, buffer.baseAddress, Int32(buffer.count))
            return String(decoding: buffer.prefix(max(0, Int(count))), as: UTF8.self)
        }
    }

    /// X509_NAME_get_index_by_NID(3), ASN1_STRING_to_UTF8(3).
    private static func commonName(_ certificate: OpaquePointer) -> String? {
        let subject = X509_get_subject_name(certificate)
        let position = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        // Two common names could be read as either of them.
        guard position >= 0, X509_NAME_get_index_by_NID(subject, NID_commonName, position) < 0 else { return nil }
        var text: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, position)))
        guard count > 0, let text else { return nil }
        defer { COpenSSL_free(text) }
        let bytes = UnsafeBufferPointer(start: text, count: Int(count))
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// ASN1_INTEGER_to_BN(3), BN_bn2hex(3).
    private static func serialNumber(_ certificate: OpaquePointer) -> String {
        guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nil) else { return "" }
        defer { BN_free(number) }
        guard let text = BN_bn2hex(number) else { return "" }
        defer { COpenSSL_free(text) }
        return String(cString: text)
    }

    /// X509_digest(3).
    private static func fingerprint(_ certificate: OpaquePointer) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { digest in
            var count: UInt32 = 0
            guard X509_digest(certificate, EVP_sha256(), digest.baseAddress, &count) == 1 else { return "" }
            return digest.prefix(Int(count)).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
        }
    }
}
