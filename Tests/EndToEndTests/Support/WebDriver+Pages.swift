import Foundation
import JSON

/// What a person does with a page, and what a person sees.
extension WebDriver {
    /// Goes to an address and waits until the page is loaded.
    func open(_ url: String) async throws { try await post("/url", ["url": .string(url)]) }

    func currentURL() async throws -> String { try await get("/url").string ?? "" }

    func title() async throws -> String { try await get("/title").string ?? "" }

    /// Clicks an element; when that leads to another page, waits until it is loaded.
    func click(_ css: String) async throws { try await post(element(css) + "/click", [:]) }

    /// Replaces what is in an input.
    func type(_ text: String, into css: String) async throws {
        let element = try await element(css)
        try await post(element + "/clear", [:])
        try await post(element + "/value", ["text": .string(text)])
    }

    /// The visible text of an element.
    func text(of css: String) async throws -> String { try await get(element(css) + "/text").string ?? "" }

    func attribute(_ name: String, of css: String) async throws -> String? {
        try await get(element(css) + "/attribute/\(name)").string
    }

    func exists(_ css: String) async throws -> Bool {
        let found = try await post("/elements", ["using": "css selector", "value": .string(css)])
        return !(found.array ?? []).isEmpty
    }

    /// Runs a script on the page, as the developer tools would: the page's content security policy does not apply.
    @discardableResult
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

    /// Sends a command of the Chrome DevTools Protocol (https://chromedevtools.github.io/devtools-protocol/).
    @discardableResult
    func devTools(_ command: String, _ parameters: JSONValue) async throws -> JSONValue {
        try await post("/goog/cdp/execute", ["cmd": .string(command), "params": parameters])
    }

    /// What the browser complained about since the last call: scripts, the content security policy, missing files.
    func complaints() async throws -> [String] {
        let entries = try await post("/se/log", ["type": "browser"]).array ?? []
        return entries.filter { ["SEVERE", "WARNING"].contains($0["level"]?.string) }
            .compactMap { $0["message"]?.string }
    }

    /// Makes the page as wide as a small phone.
    func becomePhone() async throws {
        try await devTools(
            "Emulation.setDeviceMetricsOverride",
            ["width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true]
        )
    }
}
