import HTTPCore
import Portal
import Testing

@testable import PortalWeb

struct RouterTests {
    private var router: Router {
        var router = Router()
        router.on(.get, .homePage) { _ in throw WebError.notFound() }
        router.on(.get, .vclusterNewPage) { _ in throw WebError.notFound() }
        router.on(.get, .vclusterPage) { _ in throw WebError.notFound() }
        router.on(.get, .vcluster) { _ in throw WebError.notFound() }
        router.on(.delete, .vcluster) { _ in throw WebError.notFound() }
        router.on(.get, .vclustersWatch, access: .anyone) { _ in throw WebError.notFound() }
        router.on(.get, .staticFile, access: .anyone) { _ in throw WebError.notFound() }
        return router
    }

    private func segments(_ path: String) throws -> [String] { try RequestTarget(path).segments }

    @Test(arguments: [
        ("/", RoutePattern.homePage, nil),
        ("/vclusters/new", .vclusterNewPage, nil),
        ("/vclusters/newer", .vclusterPage, "newer"),
        ("/api/v1/vclusters/abc", .vcluster, "abc"),
        ("/api/v1/vclusters/a%2Fb", .vcluster, "a/b"),
        ("/api/v1/vclusters:watch", .vclustersWatch, nil),
        ("/static/css/base.css", .staticFile, "css/base.css"),
    ])
    func match_findsTheRoute(path: String, pattern: RoutePattern, parameter: String?) throws {
        guard case .found(let found, let value, _) = router.match(.get, segments: try segments(path)) else {
            Issue.record("\(path) was not found")
            return
        }

        #expect(found == pattern)
        #expect(value == parameter)
    }

    @Test(arguments: ["/nothing", "/vclusters", "/vclusters/", "/vclusters/a/b", "/api/v1/vclusters/", "/static", "//"])
    func match_refusesWhatIsNotARoute(path: String) throws {
        guard case .notFound = router.match(.get, segments: try segments(path)) else {
            Issue.record("\(path) was found")
            return
        }
    }

    @Test(arguments: [
        ("/vclusters/new", "/vclusters/new"), ("/vclusters/a/clone", "/vclusters/a"), ("/vclusters/a", "/vclusters/a"),
        ("/vclusters/a%2Fb/tokens/revoke", "/vclusters/a%2Fb"), ("/logout", "/"), ("/", "/"),
        ("/api/v1/vclusters/a", "/"),
    ])
    func page_isTheNearestThatCanBeOpened(path: String, page: String) {
        #expect(router.page(above: path) == page)
    }

    @Test func match_answersHEADbyGET() throws {
        guard case .found(.vcluster, _, _) = router.match(.head, segments: try segments("/api/v1/vclusters/a")) else {
            Issue.record("HEAD was not found")
            return
        }
    }

    @Test func match_namesTheMethodsOfThePath() throws {
        let target = try segments("/api/v1/vclusters/a")

        guard case .methodNotAllowed(_, let allow) = router.match(.put, segments: target),
            case .options(_, let options) = router.match(.options, segments: target)
        else {
            Issue.record("PUT or OPTIONS was found")
            return
        }

        #expect(allow.map(\.rawValue) == ["DELETE", "GET", "HEAD", "OPTIONS"])
        #expect(options == allow)
    }

    @Test func routes_linkToWhatThePatternsMatch() throws {
        let id = VClusterID()
        let operation = OperationID()
        let links: [(Route, String)] = [
            (.homePage, "/"),
            (.vcluster(id), "/api/v1/vclusters/\(id)"),
            (.vclusterAction(.resume, id), "/api/v1/vclusters/\(id)/resume"),
            (.vclusterPageAction(.delete, id), "/vclusters/\(id)/delete"),
            (.operation(operation), "/api/v1/operations/\(operation)"),
            (.staticFile("css/a.css"), "/static/css/a.css"),
        ]

        for (route, path) in links { #expect(route.path == path) }
    }

    @Test func patterns_haveAtMostOneParameter() {
        for pattern in RoutePattern.allCases {
            #expect(pattern.rawValue.filter { $0 == "{" }.count <= 1, "\(pattern.rawValue)")
        }
    }
}
