import Foundation
@testable import Portal
import Testing

struct AuditContentTests {
    private func event(name: String = "a", before: String? = nil, after: String? = nil) -> AuditEvent {
        AuditEvent(
            id: AuditEventID(UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))),
            chain: 0,
            sequence: 1,
            at: Date(timeIntervalSince1970: 1_767_600_000),
            actorID: nil,
            actorName: name,
            credential: "system",
            verb: "v",
            object: AuditObject(kind: "k", id: "i", name: "n", tenantPath: nil),
            before: before,
            after: after,
            requestID: nil,
            result: .succeeded
        )
    }

    @Test func hash_tellsFieldsApart() {
        let events = [
            event(), event(name: "b"), event(before: ""), event(before: "x"), event(after: "x"),
            event(before: "x", after: ""),
            event(before: "", after: "x"),
        ]

        #expect(Set(events.map { AuditContent($0).hash }).count == events.count)
        #expect(AuditContent(event()).hash == AuditContent(event()).hash)
    }

    @Test func hash_neverChanges() {
        // A change of this value means that every chain that exists fails its verification.
        let hash = AuditContent(event(before: "{}", after: nil)).hash.map { String(format: "%02x", $0) }.joined()
        #expect(hash == "373f59ffca4958b4c7d1d58dbd1220b60eb85627fd5747d333c2d7226a649953")
    }

    @Test func chain_isStableAndInBounds() {
        let chains = (0..<1000).map { AuditContent.chain(ofObject: "object \($0)") }

        #expect(Set(chains) == Set(0..<16))
        #expect(AuditContent.chain(ofObject: "object 1") == AuditContent.chain(ofObject: "object 1"))
    }
}
