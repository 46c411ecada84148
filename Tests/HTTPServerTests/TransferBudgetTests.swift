import Testing

@testable import HTTPServer

struct TransferBudgetTests {
    @Test func budget_allowsPausesButNoTrickle() {
        var budget = TransferBudget(capacity: .seconds(10), bytesPerSecond: 100)

        budget.waited(.seconds(4))
        #expect(budget.remaining == .seconds(6))
        budget.transferred(100)
        #expect(budget.remaining == .seconds(7))
        budget.transferred(.max)
        #expect(budget.remaining == .seconds(10))
        for _ in 0..<20 {
            budget.waited(.seconds(1))
            budget.transferred(1)
        }
        #expect(budget.remaining == .zero + .milliseconds(10))
    }

    @Test func budget_survivesOddSettings() {
        var budget = TransferBudget(capacity: .zero, bytesPerSecond: 0)
        budget.transferred(1)
        budget.waited(.seconds(1))
        #expect(budget.remaining == .zero)
    }
}
