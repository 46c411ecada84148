import COpenSSL
import Foundation

/// What a test authority signed: a certificate and its key, as PEM.
final class TestIdentity {
    let certificate: OpaquePointer
    let key: OpaquePointer

    init(certificate: OpaquePointer, key: OpaquePointer) {
        self.certificate = certificate
        self.key = key
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    var certificatePEM: String { pem { PEM_write_bio_X509($0, certificate) } }
    var keyPEM: String { pem { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) } }
}

/// A certificate authority that lives in a test.
final class TestAuthority {
    private(set) var own: TestIdentity
    private let name: String
    private var serial = 1

    enum KeyKind { case p256, rsa }
    enum Purpose: String { case serverAuth, clientAuth, authority }

    struct Failure: Error {
        let call: String
    }

    init(_ name: String = "Test authority") throws {
        self.name = name
        let key = try Self.makeKey(.p256)
        own = try Self.sign(Request(name: name, purpose: .authority), serial: 1, key: key, issuer: nil)
    }

    struct Request {
        var name: String
        var alternativeNames: [String] = []
        var purpose = Purpose.serverAuth
        var keyKind = KeyKind.p256
        var validFrom = -3600
        var validFor = 3600
    }

    func issue(_ request: Request) throws -> TestIdentity {
        serial += 1
        return try Self.sign(request, serial: serial, key: try Self.makeKey(request.keyKind), issuer: own)
    }

    /// A server's certificate for DNS names.
    func server(_ names: String..., keyKind: KeyKind = .p256) throws -> TestIdentity {
        try issue(Request(name: names[0], alternativeNames: names.map { "DNS:" + $0 }, keyKind: keyKind))
    }

    /// A client's certificate with alternative names such as `URI:spiffe://a/b`.
    func client(_ name: String, _ alternativeNames: String..., validFor: Int = 3600) throws -> TestIdentity {
        let names = alternativeNames.isEmpty ? ["DNS:\(name).clients.example"] : alternativeNames
        return try issue(
            Request(
                name: name,
                alternativeNames: names,
                purpose: .clientAuth,
                validFrom: min(-3600, validFor - 60),
                validFor: validFor
            )
        )
    }

    /// A list of revoked certificates, as PEM.
    func revocationList(_ revoked: TestIdentity..., validFor: Int = 3600) throws -> String {
        guard let list = X509_CRL_new() else { throw Failure(call: "X509_CRL_new") }
        defer { X509_CRL_free(list) }
        X509_CRL_set_version(list, 1)
        X509_CRL_set_issuer_name(list, X509_get_subject_name(own.certificate))
        let time = X509_gmtime_adj(nil, -3600)
        defer { ASN1_TIME_free(time) }
        X509_CRL_set1_lastUpdate(list, time)
        X509_CRL_set1_nextUpdate(list, X509_gmtime_adj(time, validFor))
        for identity in revoked {
            guard let entry = X509_REVOKED_new() else { throw Failure(call: "X509_REVOKED_new") }
            let serial = X509_get_serialNumber(identity.certificate)
            X509_REVOKED_set_serialNumber(entry, serial)
            X509_REVOKED_set_revocationDate(entry, X509_get0_notBefore(own.certificate).map { .init(mutating: $0) })
            X509_CRL_add0_revoked(list, entry)
        }
        guard X509_CRL_sign(list, own.key, EVP_sha256()) > 0 else { throw Failure(call: "X509_CRL_sign") }
        return pem { PEM_write_bio_X509_CRL($0, list) }
    }

    private static func makeKey(_ kind: KeyKind) throws -> OpaquePointer {
        let context = EVP_PKEY_CTX_new_id(kind == .rsa ? EVP_PKEY_RSA : EVP_PKEY_EC, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1 else { throw Failure(call: "EVP_PKEY_keygen_init") }
        switch kind {
        case .p256: EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1)
        case .rsa: EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048)
        }
        guard EVP_PKEY_keygen(context, &key) == 1, let key else { throw Failure(call: "EVP_PKEY_keygen") }
        return key
    }

    private static func sign(
        _ request: Request,
        serial: Int,
        key: OpaquePointer,
        issuer: TestIdentity?
    ) throws -> TestIdentity {
        guard let certificate = X509_new() else { throw Failure(call: "X509_new") }
        let identity = TestIdentity(certificate: certificate, key: key)
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial)
        X509_gmtime_adj(X509_getm_notBefore(certificate), request.validFrom)
        X509_gmtime_adj(X509_getm_notAfter(certificate), request.validFor)
        X509_set_pubkey(certificate, key)
        let subject = X509_get_subject_name(certificate)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, request.name, -1, -1, 0)
        X509_set_issuer_name(certificate, issuer.map { X509_get_subject_name($0.certificate) } ?? subject)
        if request.purpose == .authority {
            try add(NID_basic_constraints, "critical,CA:TRUE", to: certificate)
            try add(NID_key_usage, "critical,keyCertSign,cRLSign", to: certificate)
        } else {
            try add(NID_ext_key_usage, request.purpose.rawValue, to: certificate)
        }
        if !request.alternativeNames.isEmpty {
            try add(NID_subject_alt_name, request.alternativeNames.joined(separator: ","), to: certificate)
        }
        guard X509_sign(certificate, issuer?.key ?? key, EVP_sha256()) > 0 else { throw Failure(call: "X509_sign") }
        return identity
    }

    private static func add(_ kind: Int32, _ value: String, to certificate: OpaquePointer) throws {
        guard let entry = X509V3_EXT_conf_nid(nil, nil, kind, value) else {
            throw Failure(call: "X509V3_EXT_conf_nid \(value)")
        }
        defer { X509_EXTENSION_free(entry) }
        X509_add_ext(certificate, entry, -1)
    }
}

/// The PEM text that a function writes.
private func pem(_ write: (OpaquePointer?) -> Int32) -> String {
    let sink = BIO_new(BIO_s_mem())
    defer { BIO_free(sink) }
    guard write(sink) == 1 else { return "" }
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    let count = BIO_read(sink, &buffer, Int32(buffer.count))
    return String(decoding: buffer.prefix(max(0, Int(count))), as: UTF8.self)
}
