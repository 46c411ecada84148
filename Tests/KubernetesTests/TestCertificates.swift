/// Certificates of the tests, valid until 2126.
///
/// They protect nothing and are trusted by nobody.
enum TestCertificates {
    /// The authority that signs the two certificates below.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBpjCCAU2gAwIBAgIUApGZx3RbQI561Vvh7konsF+k4UQwCgYIKoZIzj0EAwIw
        IDEeMBwGA1UEAwwVcG9ydGFsIHRlc3QgYXV0aG9yaXR5MCAXDTI2MTEyMzA1MDMy
        NVoYDzIxMjYxMDMwMDUwMzI1WjAgMR4wHAYDVQQDDBVwb3J0YWwgdGVzdCBhdXRo
        b3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR53vv85HXKI/TxXgNnraMD
        dSOXI2hix32QYBi2LQltvDkwCTia9eo1tW6XSvWftKqvjfp5fvWU+G54ND9SI+4y
        o2MwYTAdBgNVHQ4EFgQUbyOgMR4fjSSsd9nngJnz1Gz0HK0wHwYDVR0jBBgwFoAU
        byOgMR4fjSSsd9nngJnz1Gz0HK0wDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8E
        BAMCAgQwCgYIKoZIzj0EAwIDRwAwRAIfRdTVTCG4jVyMoSBBZ8p/aRe4GMOn/xPF
        4191GUc0AgIhANJvweM18G9bC68rOjwNQImmuCAgRwsM3WE2eX/BexCS
        -----END CERTIFICATE-----
        """
    /// An authority that signs nothing here.
    static let otherAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBkDCCATWgAwIBAgIUMY+Owqw489AA1uOECJ0GkEKdQBAwCgYIKoZIzj0EAwIw
        HDEaMBgGA1UEAwwRYW5vdGhlciBhdXRob3JpdHkwIBcNMjYxMTIzMDUwMzI1WhgP
        MjEyNjEwMzAwNTAzMjVaMBwxGjAYBgNVBAMMEWFub3RoZXIgYXV0aG9yaXR5MFkw
        EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEm4c7w1vxXYm5uXUuqbuDAXFPuPBT7ggh
        yFcFDzXgyLt9LMsSHqR2sgoUcvsgQ8p8KGY2v0qJSmZwNy++s5W7WaNTMFEwHQYD
        VR0OBBYEFHwdJzjSnO/iQqGjV7V/P3pv0SkjMB8GA1UdIwQYMBaAFHwdJzjSnO/i
        QqGjV7V/P3pv0SkjMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIh
        AP57/Gu2F6tO9n3xy3bk9Nun9N7f0PktweFLYMlgd660AiEA/Rq6S01QlyGXS6aG
        LPWO9x8JLPr9/9VPSqfDmtwmrWg=
        -----END CERTIFICATE-----
        """
    /// The server's certificate: for `api.portal.test` and for no address.
    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBsTCCAVegAwIBAgIUQbzbJwLrjXuZHkcsB3g+yjlLsDcwCgYIKoZIzj0EAwIw
        IDEeMBwGA1UEAwwVcG9ydGFsIHRlc3QgYXV0aG9yaXR5MCAXDTI2MTEyMzA1MDMy
        NVoYDzIxMjYxMDMwMDUwMzI1WjAaMRgwFgYDVQQDDA9hcGkucG9ydGFsLnRlc3Qw
        WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATmJ+KZ0pG7XPibSHnAoyFTnCp5EA+l
        Nhk9yFTu7GtBfgtkYsk0JuYZ4B5ryCUpn0x8o0QDra/sNgCbubRX3vAto3MwcTAa
        BgNVHREEEzARgg9hcGkucG9ydGFsLnRlc3QwEwYDVR0lBAwwCgYIKwYBBQUHAwEw
        HQYDVR0OBBYEFMMN877uehxZE0IZuG7BHJ5q+49+MB8GA1UdIwQYMBaAFG8joDEe
        H40krHfZ54CZ89Rs9BytMAoGCCqGSM49BAMCA0gAMEUCIAW1uwLQ5h4nh+AmaDyu
        H31YLRrnr5nqJAEKL+iyFbHBAiEA8Zscu3Sw7FM9CafrB++aPJ/MRivvuNkR+J3w
        wWoksa0=
        -----END CERTIFICATE-----
        """
    /// The server's private key.
    static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQginVCSnn0G8kdmVAx
        JQaY1qG7wqt78tVd264ZDNVGCDyhRANCAATmJ+KZ0pG7XPibSHnAoyFTnCp5EA+l
        Nhk9yFTu7GtBfgtkYsk0JuYZ4B5ryCUpn0x8o0QDra/sNgCbubRX3vAt
        -----END PRIVATE KEY-----
        """
    /// The client's certificate.
    static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBkzCCATmgAwIBAgIUQbzbJwLrjXuZHkcsB3g+yjlLsDgwCgYIKoZIzj0EAwIw
        IDEeMBwGA1UEAwwVcG9ydGFsIHRlc3QgYXV0aG9yaXR5MCAXDTI2MTEyMzA1MDMy
        NVoYDzIxMjYxMDMwMDUwMzI1WjAYMRYwFAYDVQQDDA1wb3J0YWwtY2xpZW50MFkw
        EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3WGrIeTKF4SRW7n0Wec/l2pJt4qD1cfX
        8MJ2wlfRiu9HZWfVIC89AnQDEIsnzZolInEAHkrJTpM6fp6y1R9ojqNXMFUwEwYD
        VR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0OBBYEFAND6EXuRxXCZ4ktElF3XDNs4g3X
        MB8GA1UdIwQYMBaAFG8joDEeH40krHfZ54CZ89Rs9BytMAoGCCqGSM49BAMCA0gA
        MEUCIEZ4XrUCgzZDw4KiGPxTsJKTsyUjdK1dQ5ZZVc+F1kJfAiEAupI38Vp1BrE0
        P2aFvtd5MqpifLRb+wFCG8j6b3hr0C0=
        -----END CERTIFICATE-----
        """
    /// The client's private key in PKCS #8.
    static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9jId8FjOlnKqXgvE
        /OVEEQ3s5I1ZWlKqxghj0AHJgSChRANCAATdYash5MoXhJFbufRZ5z+Xakm3ioPV
        x9fwwnbCV9GK70dlZ9UgLz0CdAMQiyfNmiUicQAeSslOkzp+nrLVH2iO
        -----END PRIVATE KEY-----
        """
    /// The same key in SEC 1, the form that `openssl ec` and some plugins write.
    static let clientKeySEC1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIPYyHfBYzpZyql4LxPzlRBEN7OSNWVpSqsYIY9AByYEgoAoGCCqGSM49
        AwEHoUQDQgAE3WGrIeTKF4SRW7n0Wec/l2pJt4qD1cfX8MJ2wlfRiu9HZWfVIC89
        AnQDEIsnzZolInEAHkrJTpM6fp6y1R9ojg==
        -----END EC PRIVATE KEY-----
        """
}
