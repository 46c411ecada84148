import COpenSSL

/// Owner of an X.509 certificate (X509_new(3)).
final class TLSCertificate {
    /// The certificate; valid as long as the owner lives.
    let pointer: OpaquePointer

    /// Takes over a certificate, which is released with the owner.
    init(adopting pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        X509_free(pointer)
    }

    /// Names of hosts that the certificate is for: the DNS names among its alternative names.
    var hostNames: TLSHostNames {
        TLSHostNames(X509Names(pointer).dns)
    }
}

/// Owner of a revocation list (X509_CRL_free(3)).
final class TLSRevocationList {
    /// The list; valid as long as the owner lives.
    let pointer: OpaquePointer

    /// Takes over a list, which is released with the owner.
    init(adopting pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        X509_CRL_free(pointer)
    }
}

/// Owner of a private key (EVP_PKEY_free(3)).
final class TLSPrivateKey {
    /// The key; valid as long as the owner lives.
    let pointer: OpaquePointer

    /// Takes over a key, which is released with the owner.
    init(adopting pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        EVP_PKEY_free(pointer)
    }

    /// Kind of the key, one of OpenSSL's `EVP_PKEY_…` numbers.
    var kind: Int32 { EVP_PKEY_get_base_id(pointer) }
}
