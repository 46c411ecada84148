import Foundation
@testable import Portal
import Testing

struct CalendarDayTests {
    @Test(arguments: ["2026-11-23", "2024-02-29", "0001-01-01", "9999-12-31", "2000-02-29"])
    func text_readsBack(text: String) throws {
        #expect(try #require(CalendarDay(text)).description == text)
    }

    @Test(arguments: [
        "", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-1", "0000-01-01",
        "2026-11-23 ",
        "+026-11-23", "2026/11/23", "20261123", "２０２６-11-23", "infinity",
    ])
    func otherTexts_areRefused(text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test func days_areOrdered() throws {
        let days = ["2025-12-31", "2026-01-01", "2026-01-02", "2026-02-01"].compactMap { CalendarDay($0) }
        #expect(days == days.sorted() && days.count == 4)
    }
}
