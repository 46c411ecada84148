import AsyncHTTPClient
import Foundation
import JSON
import NIOCore

/// A headless Chromium driven through chromedriver (W3C WebDriver, https://www.w3.org/TR/webdriver2/).
struct WebDriver {
    private let session: String
    private let base: String

    /// The key under which WebDriver returns element references (W3C WebDriver 12.2).
    private static let elementKey = "element-6066-11e4-a52e-4f735466cecf"

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Element {
        let id: String
    }

    /// Runs `body` with a browser of its own; browser and driver are ended afterwards, come what may.
    static func withBrowser<R>(
        width: Int = 1280,
        height: Int = 900,
        arguments: [String] = [],
        downloads: String,
        _ body: (WebDriver) async throws -> R
    ) async throws -> R {
        // A user's own PATH and HOME, so that Chromium finds its libraries and a place for its profile.
        var environment = ProcessInfo.processInfo.environment
        environment["HOME"] = downloads
        let driver = try ChildProcess(
            executable: "/usr/bin/chromedriver",
            arguments: ["--port=0"],
            environment: environment
        )
        defer { driver.kill() }
        let announced = try await driver.line(containing: "started successfully on port ", within: .seconds(30))
        let base = "http://127.0.0.1:\(announced.prefix { $0.isNumber })"
        let options: JSONValue = [
            "args": .array(
                ([
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--window-size=\(width),\(height)",
                ]
                    + arguments).map { .string($0) }
            ),
            "prefs": ["download.default_directory": .string(downloads)],
        ]
        let created = try await call(
            "POST",
            base + "/session",
            ["capabilities": ["alwaysMatch": ["browserName": "chrome", "goog:chromeOptions": options]]]
        )
        guard let session = created["sessionId"]?.string else { throw Failure(description: "no session: \(created)") }
        let browser = WebDriver(session: session, base: base)
        do {
            let result = try await body(browser)
            _ = try? await call("DELETE", base + "/session/" + session, nil)
            return result
        } catch {
            if let folder = ProcessInfo.processInfo.environment["PORTAL_TEST_SCREENSHOTS"] {
                try? await browser.screenshot(to: folder + "/failure-\(UUID().uuidString.prefix(8)).png")
            }
            let page = (try? await browser.source()) ?? ""
            _ = try? await call("DELETE", base + "/session/" + session, nil)
            throw Failure(description: "\(error)\non the page:\n\(page.prefix(4_000))")
        }
    }

    func open(_ url: String) async throws { try await post("/url", ["url": .string(url)]) }

    func currentURL() async throws -> String { try await get("/url").string ?? "" }

    func source() async throws -> String { try await get("/source").string ?? "" }

    func find(_ css: String) async throws -> Element {
        let found = try await post("/element", ["using": "css selector", "value": .string(css)])
        guard let id = found[Self.elementKey]?.string else { throw Failure(description: "no element \(css)") }
        return Element(id: id)
    }

    func exists(_ css: String) async throws -> Bool {
        let found = try await post("/elements", ["using": "css selector", "value": .string(css)])
        return !(found.array ?? []).isEmpty
    }

    func click(_ css: String) async throws { try await post("/element/\(find(css).id)/click", [:]) }

    func type(_ text: String, into css: String) async throws {
        let element = try await find(css)
        try await post("/element/\(element.id)/clear", [:])
        try await post("/element/\(element.id)/value", ["text": .string(text)])
    }

    func text(of css: String) async throws -> String { try await get("/element/\(find(css).id)/text").string ?? "" }

    func property(_ name: String, of css: String) async throws -> JSONValue {
        try await get("/element/\(find(css).id)/property/\(name)")
    }

    func run(_ script: String) async throws -> JSONValue {
        try await post("/execute/sync", ["script": .string(script), "args": []])
    }

    /// Waits until `condition` holds; an element that is replaced meanwhile counts as "not yet".
    func wait(
        for what: String,
        within timeout: Duration = .seconds(30),
        until condition: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + timeout
        while ContinuousClock.now < deadline {
            if (try? await condition()) == true { return }
            try await Task.sleep(for: .milliseconds(50))  // polls a browser, which has no signal to wait for
        }
        throw Failure(description: "waited \(timeout) in vain for \(what)")
    }

    func screenshot(to path: String) async throws {
        let data = Data(base64Encoded: try await get("/screenshot").string ?? "") ?? Data()
        try data.write(to: URL(fileURLWithPath: path))
    }

    private func get(_ path: String) async throws -> JSONValue {
        try await Self.call("GET", base + "/session/" + session + path, nil)
    }

    @discardableResult
    private func post(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        try await Self.call("POST", base + "/session/" + session + path, body)
    }

    private static func call(_ method: String, _ url: String, _ body: JSONValue?) async throws -> JSONValue {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.encoded()))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        let answer = try JSONValue(parsing: Array(buffer: bytes))
        guard response.status == .ok else {
            throw Failure(description: "\(method) \(url): \(answer["value"]?["message"]?.string ?? "\(answer)")")
        }
        return answer["value"] ?? .null
    }
}
