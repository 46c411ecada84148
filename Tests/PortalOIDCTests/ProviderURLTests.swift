@testable import PortalOIDC
import Testing

struct ProviderURLTests {
    @Test(arguments: [
        "https://login.example", "https://login.example/realm?a=b", "http://127.0.0.1:8080/", "http://localhost/x",
        "http://[::1]:8080/x", "HTTPS://login.example",
    ])
    func isAllowed_takesHTTPSAndThisMachine(url: String) {
        #expect(ProviderURL.isAllowed(url))
    }

    @Test(arguments: [
        "", "http://login.example", "http://localhost.evil.example", "http://127.0.0.1@evil.example/",
        "ftp://localhost",
        "https://", "https:/login.example", "//login.example", "https://login.example/#x", "https://login example/",
        "https://user@login.example/", "http://[::1].evil.example/", "http://127.0.0.1\\@evil.example",
        "http://localhost:80@evil.example",
    ])
    func isAllowed_refusesTheRest(url: String) {
        #expect(!ProviderURL.isAllowed(url))
    }
}
