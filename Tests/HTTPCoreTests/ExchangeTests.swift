import HTTPCore
import Testing

struct ExchangeTests {
    private func make(
        _ method: HTTPMethod = .get,
        _ headers: HTTPHeaders = [:],
        _ version: HTTPVersion = .http11,
        framing: BodyFraming = .none,
        isLast: Bool = false
    ) -> Exchange {
        let head = HTTPRequestHead(method: method, target: .root, version: version, headers: headers)
        return Exchange(head, framing, isLast: isLast, limits: HTTPLimits())
    }

    @Test func plan_persistsByVersionAndOptions() {
        let examples: [(HTTPVersion, String?, ConnectionOption)] = [
            (.http11, nil, .implicit), (.http11, "close", .close), (.http11, "keep-alive, Close", .close),
            (.http11, "keep-alive", .implicit), (.http11, "upgrade", .implicit),
            (.http10, nil, .close), (.http10, "keep-alive", .keepAlive), (.http10, "Keep-Alive, close", .close),
        ]
        for (version, option, expected) in examples {
            var exchange = make(.get, option.map { ["Connection": $0] } ?? [:], version)
            let plan = exchange.startResponse(.ok, .bytes(1))
            #expect(plan.connection == expected, "\(version) \(option ?? "")")
            #expect(exchange.finish() == (expected == .close ? .close : .readRequest))
        }
    }

    @Test func plan_framesByMethodStatusAndVersion() {
        let examples: [(HTTPMethod, HTTPStatus, Exchange.Size, HTTPVersion, ResponseFraming, Bool)] = [
            (.get, .ok, .bytes(3), .http11, .length(3), true),
            (.get, .ok, .bytes(0), .http11, .length(0), false),
            (.get, .ok, .unknown, .http11, .chunked, true),
            (.get, .ok, .unknown, .http10, .untilClose, true),
            (.head, .ok, .bytes(3), .http11, .length(3), false),
            (.head, .ok, .unknown, .http11, .none, false),
            (.head, .ok, .unknown, .http10, .none, false),
            (.get, .noContent, .bytes(3), .http11, .none, false),
            (.get, .notModified, .bytes(3), .http11, .none, false),
            (.get, .notModified, .unknown, .http11, .none, false),
        ]
        for (method, status, size, version, framing, sends) in examples {
            var exchange = make(method, ["Connection": "keep-alive"], version)
            let plan = exchange.startResponse(status, size)
            #expect(plan.framing == framing && plan.sendsContent == sends, "\(method) \(status) \(size) \(version)")
            #expect((plan.connection == .close) == (framing == .untilClose))
        }
    }

    @Test func expectation_isAnsweredOnceAndOnlyInTime() {
        var exchange = make(.post, ["Expect": "100-continue"], framing: .length(3))
        #expect(exchange.willReadContent() == true)
        #expect(exchange.willReadContent() == false)

        var late = make(.post, ["Expect": "100-continue"], framing: .chunked)
        #expect(late.startResponse(.ok, .bytes(0)).connection == .close)
        #expect(late.willReadContent() == false)
        #expect(late.finish() == .close)

        var impatient = make(.post, ["Expect": "100-continue"], framing: .length(3))
        impatient.receivedContent(1)
        #expect(impatient.willReadContent() == false)
        #expect(impatient.startResponse(.ok, .bytes(0)).connection == .implicit)

        var none = make(.post, [:], framing: .length(3))
        #expect(none.willReadContent() == false)
        var old = make(.post, ["Expect": "100-continue", "Connection": "keep-alive"], .http10, framing: .length(3))
        #expect(old.willReadContent() == false)
        var empty = make(.post, ["Expect": "100-continue"])
        #expect(empty.willReadContent() == false)
        #expect(empty.startResponse(.ok, .bytes(0)).connection == .implicit)
    }

    @Test func unreadContent_isDrainedOrEndsTheConnection() {
        let max = HTTPLimits().drainBytesMax
        for (framing, next) in [
            (BodyFraming.none, Exchange.Next.readRequest), (.length(max), .drain), (.length(max + 1), .close),
            (.chunked, .drain),
        ] {
            var exchange = make(.post, framing: framing)
            _ = exchange.startResponse(.ok, .bytes(0))
            #expect(exchange.finish() == next, "\(framing)")
        }
        var partly = make(.post, framing: .length(max + 5))
        partly.receivedContent(5)
        #expect(partly.startResponse(.ok, .bytes(0)).connection == .implicit)
        partly.completedContent()
        #expect(partly.finish() == .readRequest)

        var broken = make(.post, framing: .chunked)
        broken.brokeContent()
        #expect(broken.startResponse(.badRequest, .bytes(0)).connection == .close)
        #expect(broken.finish() == .close)
    }

    @Test func server_canEndTheConnection() {
        var last = make(isLast: true)
        #expect(last.startResponse(.ok, .bytes(0)).connection == .close)
        var stopping = make()
        stopping.closeAfterwards()
        #expect(stopping.startResponse(.ok, .bytes(0)).connection == .close)
        var asked = make()
        #expect(asked.startResponse(.ok, .bytes(0), handlerCloses: true).connection == .close)
    }
}
