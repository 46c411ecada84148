import Portal
import Testing

struct PageTests {
    @Test func request_checksTheSize() throws {
        #expect(try PageRequest().size == 50)
        #expect(try PageRequest(size: 200).size == 200)
        #expect(try PageRequest(token: "").token == nil)
        for size in [0, -1, 201, .max] {
            #expect(throws: PortalError.self) { try PageRequest(size: size) }
        }
        #expect(throws: PortalError.self) { try PageRequest(token: String(repeating: "a", count: 2000)) }
    }

    @Test func page_knowsItsNextByTheExtraRow() throws {
        let request = try PageRequest(size: 2)
        let cursor = { (item: Int) in PageCursor(list: "numbers", keys: [String(item)]) }

        let first = Page(rows: [1, 2, 3], request: request, cursor: cursor)
        let last = Page(rows: [3, 4], request: request, cursor: cursor)

        #expect(first.items == [1, 2])
        #expect(first.nextPageToken == cursor(2).token)
        #expect(last.items == [3, 4])
        #expect(last.nextPageToken == nil)
        #expect(Page(rows: [], request: request, cursor: cursor).nextPageToken == nil)
    }

    @Test func cursor_survivesItsToken() throws {
        let keys = ["", "a\u{0}b", "日本", "\"\\", "-1"]
        let cursor = PageCursor(list: "things", keys: keys)
        let request = try PageRequest(token: cursor.token)

        #expect(try request.cursor(list: "things", count: 5) == cursor)
        #expect(throws: PortalError.self) { try request.cursor(list: "others", count: 5) }
        #expect(throws: PortalError.self) { try request.cursor(list: "things", count: 4) }
    }

    @Test(arguments: ["x", "!!!!", "eyJ9", "W10", "WzFd", "bnVsbA", "W1tdXQ"])
    func cursor_refusesForgedTokens(token: String) throws {
        let request = try PageRequest(token: token)

        let error = #expect(throws: PortalError.self) { try request.cursor(list: "things", count: 1) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.fields.first?.field == "pageToken")
    }

    @Test func base64URL_roundTripsAndRefusesVariants() {
        for length in 0..<50 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 83 &+ length) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
        for wrong in ["A", "AA=", "A+", "A/", "AB", "AAB", "A A", "ÄÄ"] {
            #expect(Base64URL.decode(wrong) == nil, "\(wrong)")
        }
    }
}
