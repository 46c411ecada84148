import Logging
@testable import Portal
import PortalTesting
import Testing

struct HousekeeperTests {
    @Test func runOnce_removesWhatHasEndedInBatches() async throws {
        try await withDatabase { database in
            let time = ManualTime()
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let idempotency = IdempotencyService(database: database, time: time)
            var limits = PortalLimits.Housekeeping()
            limits.batch = 2
            let housekeeper = Housekeeper(
                identity: identity,
                idempotency: idempotency,
                limits: limits,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            for number in 0..<5 {
                _ = try await identity.signIn(
                    email: acme.member.user.email,
                    password: TestOrganization.password,
                    clientAddress: "10.0.0.\(number)"
                )
                let request = try IdempotencyRequest(
                    callerID: acme.member.user.id,
                    key: "\(number)",
                    method: "POST",
                    path: "/",
                    body: []
                )
                _ = try await idempotency.begin(request)
            }
            #expect(try await housekeeper.runOnce() == 0)

            time.advance(by: .seconds(8 * 86400))

            // Five sessions, five keys, and the windows of five addresses and one e-mail.
            #expect(try await housekeeper.runOnce() == 16)
            #expect(try await housekeeper.runOnce() == 0)
        }
    }
}
