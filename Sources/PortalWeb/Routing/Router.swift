public import HTTPCore

/// The table of routes: which handler answers a method at a path.
///
/// A value that is built once at boot; matching walks the segments of the path and allocates only the parameter.
public struct Router: Sendable {
    private var root = Node()
    private var entries: [RoutePattern: [HTTPMethod: Entry]] = [:]

    /// A handler with what it asks of its caller.
    struct Entry: Sendable {
        let access: RouteAccess
        let body: RouteBody
        let handler: RouteHandler
    }

    /// What the router knows about a request.
    enum Match: Sendable {
        case found(RoutePattern, parameter: String?, Entry)
        case methodNotAllowed(RoutePattern, allow: [HTTPMethod])
        case options(RoutePattern, allow: [HTTPMethod])
        case notFound
    }

    /// An empty table.
    public init() {}

    /// Registers the handler of a method at a path.
    ///
    /// - Parameters:
    ///   - method: GET also answers HEAD.
    ///   - pattern: The path template.
    ///   - access: Who may come in; `.signedIn` unless said otherwise.
    ///   - body: What it takes, and so how much.
    ///   - handler: Called with an authenticated, CSRF-checked context whose body was read.
    /// - Precondition: The pair was not registered before.
    public mutating func on(
        _ method: HTTPMethod,
        _ pattern: RoutePattern,
        access: RouteAccess = .signedIn,
        body: RouteBody = .ordinary,
        handler: @escaping RouteHandler
    ) {
        precondition(entries[pattern]?[method] == nil, "\(method.rawValue) \(pattern.rawValue) is registered twice")
        if entries[pattern] == nil { root.insert(pattern, segments: pattern.segments[...]) }
        entries[pattern, default: [:]][method] = Entry(access: access, body: body, handler: handler)
    }

    /// Every registered pair, for the test that compares them with the API description.
    public var registered: [(method: HTTPMethod, pattern: RoutePattern)] {
        entries.flatMap { pattern, methods in methods.keys.map { (method: $0, pattern: pattern) } }
    }

    /// Finds who answers.
    ///
    /// - Parameters:
    ///   - method: The method of the request.
    ///   - segments: The percent-decoded segments of the path after the leading slash.
    /// - Returns: The handler, or why there is none.
    func match(_ method: HTTPMethod, segments: [String]) -> Match {
        // The root path has one empty segment; anywhere else an empty one matches nothing.
        let segments = segments == [""] ? [] : segments
        guard let (pattern, parameter) = root.find(segments[...]), let methods = entries[pattern] else {
            return .notFound
        }
        if let entry = methods[method] ?? (method == .head ? methods[.get] : nil) {
            return .found(pattern, parameter: parameter, entry)
        }
        let allow = allowedMethods(methods.keys)
        return method == .options ? .options(pattern, allow: allow) : .methodNotAllowed(pattern, allow: allow)
    }

    /// The page that a form stands on: the address itself, or the nearest one above it that can be opened.
    ///
    /// - Parameter path: The path of the form's action, as received.
    /// - Returns: A path that GET answers with a page; that of the overview when there is none nearer.
    func page(above path: String) -> String {
        var segments = path.split(separator: "/").map(String.init)
        while !segments.isEmpty {
            if case .found(let pattern, _, _) = match(.get, segments: segments), pattern.audience == .page {
                return "/" + segments.joined(separator: "/")
            }
            segments.removeLast()
        }
        return "/"
    }

    private func allowedMethods(_ methods: some Sequence<HTTPMethod>) -> [HTTPMethod] {
        var allow = Set(methods)
        if allow.contains(.get) { allow.insert(.head) }
        allow.insert(.options)
        return allow.sorted { $0.rawValue < $1.rawValue }
    }

    /// A node of the segment tree.
    ///
    /// A literal child wins over a parameter, so `/vclusters/new` is not an id.
    private struct Node: Sendable {
        var pattern: RoutePattern?
        var literals: [String: Node] = [:]
        var rest: RoutePattern?
        /// Zero or one node; an array because a struct cannot hold itself.
        var parameter: [Node] = []

        mutating func insert(_ pattern: RoutePattern, segments: ArraySlice<PatternSegment>) {
            guard let first = segments.first else {
                self.pattern = pattern
                return
            }
            switch first {
            case .rest: rest = pattern
            case .literal(let text): literals[text, default: Node()].insert(pattern, segments: segments.dropFirst())
            case .parameter:
                if parameter.isEmpty { parameter = [Node()] }
                parameter[0].insert(pattern, segments: segments.dropFirst())
            }
        }

        func find(_ segments: ArraySlice<String>) -> (RoutePattern, String?)? {
            guard let first = segments.first else { return pattern.map { ($0, nil) } }
            if let child = literals[first], let found = child.find(segments.dropFirst()) { return found }
            if let child = parameter.first, !first.isEmpty, let found = child.find(segments.dropFirst()) {
                return (found.0, first)
            }
            if let rest { return (rest, segments.joined(separator: "/")) }
            return nil
        }
    }
}
