/// Certificates of the tests, valid until 2126.
///
/// They protect nothing and are trusted by nobody.
enum ClientCertificates {
    /// The fingerprint of `runner` as `openssl x509 -fingerprint -sha256` prints it.
    static let runnerFingerprint = """
        E0:EE:9B:E2:41:FF:45:25:6D:F7:38:BB:2D:60:0C:50:D0:4A:87:34:\
        3C:6A:22:C8:F7:34:0B:7B:CD:E2:6F:21
        """
    /// `CN=portal client authority,O=Acme`, which issued the others.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIByDCCAW+gAwIBAgIUZR4YzCy9lUdSinvmJCENq1gxgp8wCgYIKoZIzj0EAwIw
        MTENMAsGA1UECgwEQWNtZTEgMB4GA1UEAwwXcG9ydGFsIGNsaWVudCBhdXRob3Jp
        dHkwIBcNMjYxMTIzMTE0MjUxWhgPMjEyNjEwMzAxMTQyNTFaMDExDTALBgNVBAoM
        BEFjbWUxIDAeBgNVBAMMF3BvcnRhbCBjbGllbnQgYXV0aG9yaXR5MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAE2RThwalWKqhKUIUyXPAlgrmx3xKb6lxLavOYkMQu
        2vS7vEhg7xcVNdOjnrnNvFKWv0pFDRmGQvPBaeUHXpMbIKNjMGEwHQYDVR0OBBYE
        FJ9thnQIxcO0XMxmmxloECmXag7kMB8GA1UdIwQYMBaAFJ9thnQIxcO0XMxmmxlo
        ECmXag7kMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMAoGCCqGSM49
        BAMCA0cAMEQCIHkm3QvsmhYD6sRV7LzzraRcVCMm4nlUiQm9Q0FkwjcoAiBzCPpi
        WQzc357j4cIZvHtOaUMw6cgKD6tlWkiG82EVpw==
        -----END CERTIFICATE-----
        """
    /// For 127.0.0.1 and localhost.
    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIByDCCAW2gAwIBAgIUDWzDHgkl8SwkrxTlJhUTHMv7ts0wCgYIKoZIzj0EAwIw
        MTENMAsGA1UECgwEQWNtZTEgMB4GA1UEAwwXcG9ydGFsIGNsaWVudCBhdXRob3Jp
        dHkwIBcNMjYxMTIzMTE0MjUxWhgPMjEyNjEwMzAxMTQyNTFaMBQxEjAQBgNVBAMM
        CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKKl86tcAWz9VyfK
        lqMuV5HlxF6MHVjo/FlsC+h73Rd9JSdlh2cD4s7eiUK1aic4uOjtS24hnMZg8Bdz
        pKmYZfKjfjB8MAkGA1UdEwQCMAAwGgYDVR0RBBMwEYcEfwAAAYIJbG9jYWxob3N0
        MBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQWBBSRYdKgxhMI//q6Cx8I7NgM
        8yu4RTAfBgNVHSMEGDAWgBSfbYZ0CMXDtFzMZpsZaBApl2oO5DAKBggqhkjOPQQD
        AgNJADBGAiEA1f2vBUD1vZOdYVSncDaoU8fyafflRkwGIFZvyqPz+5kCIQCJR/6M
        GRKRt41i4VX3uAuYr3//ZFl8iFNK8zY5su2gag==
        -----END CERTIFICATE-----
        """
    /// Of `server`.
    static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfIaQvnqL09fv7pzv
        E1SJA5PkuKS4ez3actq6uJD+4m+hRANCAASipfOrXAFs/VcnypajLleR5cRejB1Y
        6PxZbAvoe90XfSUnZYdnA+LO3olCtWonOLjo7UtuIZzGYPAXc6SpmGXy
        -----END PRIVATE KEY-----
        """
    /// `CN=runner,O=Acme`: `spiffe://acme.example/ci`, `Runner.acme.example`, `ci@acme.example`.
    static let runner = """
        -----BEGIN CERTIFICATE-----
        MIICBDCCAaqgAwIBAgIUDWzDHgkl8SwkrxTlJhUTHMv7ts4wCgYIKoZIzj0EAwIw
        MTENMAsGA1UECgwEQWNtZTEgMB4GA1UEAwwXcG9ydGFsIGNsaWVudCBhdXRob3Jp
        dHkwIBcNMjYxMTIzMTE0MjUxWhgPMjEyNjEwMzAxMTQyNTFaMCAxDTALBgNVBAoM
        BEFjbWUxDzANBgNVBAMMBnJ1bm5lcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
        BOhKLUwtRjftuV1v8ZXJmxPPSPu7IsbYwJGoC+FXQ+jFckj4qEIbHxTPwuTOzl9/
        5XLS/dYSWvbn2LzLjWVDfX+jga4wgaswCQYDVR0TBAIwADBJBgNVHREEQjBAhhhz
        cGlmZmU6Ly9hY21lLmV4YW1wbGUvY2mCE1J1bm5lci5hY21lLmV4YW1wbGWBD2Np
        QGFjbWUuZXhhbXBsZTATBgNVHSUEDDAKBggrBgEFBQcDAjAdBgNVHQ4EFgQUxYSj
        QmLbNY9WJ+wNE4nCBN0K2hkwHwYDVR0jBBgwFoAUn22GdAjFw7RczGabGWgQKZdq
        DuQwCgYIKoZIzj0EAwIDSAAwRQIgfx0QmNl2g5H3RnJ41xyRcsTwAuVU/mAn49gH
        GisgYcsCIQDjTyh82KuZ1lrj9etcpT25ySKu8Vybr/h8i4h+i1lybA==
        -----END CERTIFICATE-----
        """
    /// Of `runner`.
    static let runnerKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQge9aS7lirPED+A3wY
        rd8QV4syFtIn+A0I9KaRLoWC6I6hRANCAAToSi1MLUY37bldb/GVyZsTz0j7uyLG
        2MCRqAvhV0PoxXJI+KhCGx8Uz8Lkzs5ff+Vy0v3WElr259i8y41lQ31/
        -----END PRIVATE KEY-----
        """
    /// `CN=other,O=Acme`: `spiffe://acme.example/ci/other`.
    static let other = """
        -----BEGIN CERTIFICATE-----
        MIIB4zCCAYmgAwIBAgIUDWzDHgkl8SwkrxTlJhUTHMv7ts8wCgYIKoZIzj0EAwIw
        MTENMAsGA1UECgwEQWNtZTEgMB4GA1UEAwwXcG9ydGFsIGNsaWVudCBhdXRob3Jp
        dHkwIBcNMjYxMTIzMTE0MjUxWhgPMjEyNjEwMzAxMTQyNTFaMB8xDTALBgNVBAoM
        BEFjbWUxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
        UO+tEtDzlnu6lOc/ElGZ+I0ZovT3GIU0DgE0RzVgqZAvgXgZc12TcKt4qi9wdPLj
        YG4KmHVaVZnp3P1yneoeJqOBjjCBizAJBgNVHRMEAjAAMCkGA1UdEQQiMCCGHnNw
        aWZmZTovL2FjbWUuZXhhbXBsZS9jaS9vdGhlcjATBgNVHSUEDDAKBggrBgEFBQcD
        AjAdBgNVHQ4EFgQU9SZ8VI4SZHFeWUUVq58VbCGb3EowHwYDVR0jBBgwFoAUn22G
        dAjFw7RczGabGWgQKZdqDuQwCgYIKoZIzj0EAwIDSAAwRQIgQnsb5JLLGZvkgbwx
        c7keKPsuYRL0ESD9vZcs63tRbJACIQCAwIDRbgCDEx//SdfLnCfgwk0nS3XOmYzL
        cf4/34vQBQ==
        -----END CERTIFICATE-----
        """
    /// Of `other`.
    static let otherKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQga7Bm53T+ZSr7U0Cp
        WrOvzikt8F6v2W6tllButYRDlQ+hRANCAARQ760S0POWe7qU5z8SUZn4jRmi9PcY
        hTQOATRHNWCpkC+BeBlzXZNwq3iqL3B08uNgbgqYdVpVmenc/XKd6h4m
        -----END PRIVATE KEY-----
        """
}
