import HTTPCore
import HTTPServer

/// The page of Swagger UI, or what to do when its files are not installed.
///
/// Its script starts from a file of its own: the policy allows no inline script.
struct ExplorerPage {
    let files: StaticFiles

    private static let bundle = "vendor/swagger-ui/swagger-ui-bundle.js"
    private static let styles = "vendor/swagger-ui/swagger-ui.css"
    private static let start = "js/explorer.js"

    var response: HTTPResponse {
        guard Set([Self.bundle, Self.styles, Self.start]).isSubset(of: files.names) else {
            return .html(document(head: "", body: Self.missing))
        }
        let head = "<link rel=\"stylesheet\" href=\"\(files.url(for: Self.styles))\">"
        let body = """
            <div id="explorer" data-url="\(Route.openAPIDocument.path)"></div>
            <noscript><p>The explorer needs JavaScript. The description itself is <a href="/openapi.yaml">here</a>.</p>
            </noscript>
            <script src="\(files.url(for: Self.bundle))"></script>
            <script src="\(files.url(for: Self.start))"></script>
            """
        return .html(document(head: head, body: body))
    }

    private func document(head: String, body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>API · Open VCluster Portal</title>
        \(head)
        </head>
        <body>
        <main>
        \(body)
        </main>
        </body>
        </html>
        """
    }

    private static let missing = """
        <h1>The API explorer is not installed</h1>
        <p>The API works; only this page lacks its files. An administrator can add them with
        <code>scripts/vendor</code>.</p>
        <p>Read the description as <a href="/openapi.yaml">YAML</a> or <a href="/openapi.json">JSON</a>.</p>
        """
}
