import Foundation
import Portal
import Testing

struct UUIDv7Tests {
    @Test func next_hasVersionVariantAndTime() throws {
        let before = Date()
        let uuid = UUIDv7.next()
        let time = try #require(UUIDv7.timestamp(of: uuid))

        #expect(uuid.uuid.6 >> 4 == 7)
        #expect(uuid.uuid.8 >> 6 == 0b10)
        // A burst of ids may borrow from the next milliseconds.
        #expect(abs(time.timeIntervalSince(before)) < 5)
        #expect(UUIDv7.timestamp(of: UUID()) == nil)
    }

    @Test func next_growsWithinTheProcess() async {
        let ids = (0..<10_000).map { _ in TenantID() }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })

        let parallel = await withTaskGroup(of: [TenantID].self) { group in
            for _ in 0..<4 { group.addTask { (0..<2000).map { _ in TenantID() } } }
            return await group.reduce(into: Set<TenantID>()) { $0.formUnion($1) }
        }
        #expect(parallel.count == 8000)
    }

    @Test func text_isLowerCaseAndStrict() throws {
        let id = VClusterID()

        #expect(id.description == id.description.lowercased())
        #expect(VClusterID(id.description) == id)
        #expect(VClusterID(id.description.uppercased()) == id)
        for wrong in ["", "x", id.description + "0", String(id.description.dropLast()), "{\(id)}", " \(id)"] {
            #expect(VClusterID(wrong) == nil, "\(wrong)")
        }
        #expect(id.description < VClusterID().description)
    }
}
