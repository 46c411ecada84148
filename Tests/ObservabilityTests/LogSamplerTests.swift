import HTTPCore
import Testing

@testable import Observability

/// Which share is kept, and that everybody keeps the same.
struct LogSamplerTests {
    @Test(arguments: [-0.1, 1.1, Double.nan, .infinity, -.infinity])
    func fraction_isBounded(fraction: Double) {
        #expect(LogSampler(fraction: fraction) == nil)
    }

    @Test(arguments: [0, 0.01, 0.25, 0.5, 1])
    func sampler_keepsItsShare(fraction: Double) throws {
        let sampler = try #require(LogSampler(fraction: fraction))
        let count = 20_000

        // Ids that only count, as careless tracers make them, are spread as well.
        let traces = (0..<count).count { sampler.keeps(TraceID(high: 0, low: UInt64($0))) }
        let requests = (0..<count).count { sampler.keeps("5f2c0d9a-\($0)") }

        for kept in [traces, requests] {
            #expect(abs(Double(kept) / Double(count) - fraction) < 0.01)
        }
        #expect(fraction > 0 || traces + requests == 0)
        #expect(fraction < 1 || traces + requests == 2 * count)
    }

    @Test func sampler_keepsMoreOfTheSameWhenItsShareGrows() throws {
        let small = try #require(LogSampler(fraction: 0.1))
        let large = try #require(LogSampler(fraction: 0.3))

        for number in 0..<5_000 where small.keeps("id-\(number)") { #expect(large.keeps("id-\(number)")) }
    }

    /// Fixed results: another version of the server, or another machine, must not decide otherwise.
    @Test func decisions_areTheSameEverywhere() throws {
        let sampler = try #require(LogSampler(fraction: 0.5))

        let kept = (0..<16).filter { sampler.keeps("req-\($0)") }
        let traces = (0..<16).filter { sampler.keeps(TraceID(high: 1, low: UInt64($0))) }

        #expect(kept == [1, 2, 4, 5, 6, 7, 9, 12, 14, 15])
        #expect(traces == [0, 2, 7, 10, 12, 13, 14])
    }
}
