import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1

/// A headless Chromium driven through chromedriver (W3C WebDriver, https://www.w3.org/TR/webdriver2/).
struct WebDriver {
    /// Where downloads go; empty at the start.
    let downloads: URL
    private let session: String
    private let base: String

    /// The key under which WebDriver returns element references (W3C WebDriver 12.2).
    private static let elementKey = "element-6066-11e4-a52e-4f735466cecf"

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs `body` with a browser of its own; browser, driver and files are gone afterwards, come what may.
    ///
    /// - Throws: What `body` throws, with the address and the text of the page it happened on.
    static func withBrowser(_ body: (WebDriver) async throws -> Void) async throws {
        // A short name: Chromium puts a socket below it, whose path may have 107 bytes.
        let name = "portal-\(UUID().uuidString.prefix(8))"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        let downloads = folder.appendingPathComponent("downloads")
        try FileManager.default.createDirectory(at: downloads, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Chromium finds its own libraries, and writes its profile and crash reports below the folder.
        var environment = ProcessInfo.processInfo.environment
        environment["HOME"] = folder.path
        environment["TMPDIR"] = folder.path
        let (driver, port) = try await startDriver(environment: environment)
        defer { driver.kill() }
        let base = "http://127.0.0.1:\(port)"
        let created = try await call(.POST, base + "/session", ["capabilities": ["alwaysMatch": capabilities]])
        guard let session = created["sessionId"]?.string else { throw Failure(description: "no session: \(created)") }
        let browser = WebDriver(downloads: downloads, session: session, base: base)
        let result: Result<Void, any Error>
        do {
            try await browser.devTools(
                "Browser.setDownloadBehavior",
                ["behavior": "allow", "downloadPath": .string(downloads.path)]
            )
            result = .success(try await body(browser))
        } catch {
            result = .failure(await browser.describe(error))
        }
        // Ends Chromium; killing the driver alone would leave it behind.
        _ = try? await call(.DELETE, base + "/session/" + session, nil)
        try result.get()
    }

    /// Starts chromedriver on a port that is free for it.
    ///
    /// Port 0 leaves the choice to the kernel, but only for the first of its two sockets: chromedriver binds `[::1]`, then
    /// `127.0.0.1` with the number it got there, and ends when a connection of somebody else has that one. Only another
    /// number helps, so it is started again.
    private static func startDriver(environment: [String: String]) async throws -> (ChildProcess, port: Substring) {
        var startsLeft = 10
        while true {
            startsLeft -= 1
            let driver = try ChildProcess(
                executable: "/usr/bin/chromedriver",
                arguments: ["--port=0"],
                environment: environment
            )
            do {
                let announced = try await driver.line(containing: "started successfully on port ", within: .seconds(30))
                return (driver, announced.prefix { $0.isNumber })
            } catch {
                driver.kill()
                guard startsLeft > 0, driver.output.contains("port not available") else { throw error }
            }
        }
    }

    private static let capabilities: JSONValue = [
        "browserName": "chrome",
        "goog:loggingPrefs": ["browser": "ALL"],
        "goog:chromeOptions": [
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--window-size=1280,900", "--lang=en-US",
            ]
        ],
    ]

    private func describe(_ error: any Error) async -> Failure {
        if let folder = ProcessInfo.processInfo.environment["PORTAL_TEST_SCREENSHOTS"] {
            let picture = Data(base64Encoded: (try? await get("/screenshot").string) ?? "") ?? Data()
            try? picture.write(to: URL(fileURLWithPath: folder + "/failure-\(UUID().uuidString.prefix(8)).png"))
        }
        let url = (try? await currentURL()) ?? ""
        let text = (try? await text(of: "body")) ?? ""
        return Failure(description: "\(error)\non \(url):\n\(text.prefix(4_000))")
    }

    // MARK: - Protocol

    func get(_ path: String) async throws -> JSONValue {
        try await Self.call(.GET, base + "/session/" + session + path, nil)
    }

    @discardableResult
    func post(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        try await Self.call(.POST, base + "/session/" + session + path, body)
    }

    /// The reference of the first element that a selector finds, as a path of the protocol.
    func element(_ css: String) async throws -> String {
        let found = try await post("/element", ["using": "css selector", "value": .string(css)])
        guard let id = found[Self.elementKey]?.string else { throw Failure(description: "no element \(css)") }
        return "/element/" + id
    }

    private static func call(_ method: HTTPMethod, _ url: String, _ body: JSONValue?) async throws -> JSONValue {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.encoded()))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        let answer = try JSONValue(parsing: Array(buffer: bytes))
        guard response.status == .ok else {
            throw Failure(description: "\(method) \(url) \(body ?? .null): \(answer["value"]?["message"] ?? answer)")
        }
        return answer["value"] ?? .null
    }
}
