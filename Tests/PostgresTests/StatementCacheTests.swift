import Testing

@testable import Postgres

struct StatementCacheTests {
    @Test func insert_evictsTheLeastRecentlyUsed() {
        var cache = StatementCache(countMax: 2)
        cache.insert("a", name: "sa")
        cache.insert("b", name: "sb")
        let used = cache.use("a")
        #expect(used?.name == "sa")

        cache.insert("c", name: "sc")

        let (evicted, kept) = (cache.use("b"), cache.use("a"))
        #expect(evicted == nil)
        #expect(kept != nil)
        #expect(cache.evicted == ["sb"])
        cache.confirmDeallocation(of: "sb")
        #expect(cache.evicted.isEmpty)
    }

    @Test func revive_bringsBackWhatTheServerHas() {
        var cache = StatementCache(countMax: 1)
        cache.insert("a", name: "sa")
        cache.insert("b", name: "sb")

        let isRevived = cache.revive("a", name: "sa")
        #expect(isRevived)
        #expect(cache.evicted == ["sb"])
        let isStrangerRevived = cache.revive("x", name: "sx")
        #expect(!isStrangerRevived)
    }

    @Test func forget_isForGood() {
        var cache = StatementCache(countMax: 4)
        cache.insert("a", name: "sa")

        cache.forget("a")

        #expect(cache.evicted == ["sa"])
        let isRevived = cache.revive("a", name: "sa")
        #expect(!isRevived)
        cache.confirmDeallocation(of: "sa")
        cache.insert("a", name: "sa")
        #expect(cache.count == 1)
    }

    @Test func name_dependsOnTheText() {
        #expect(StatementCache.name(for: "SELECT 1") == StatementCache.name(for: "SELECT 1"))
        #expect(StatementCache.name(for: "SELECT 1") != StatementCache.name(for: "SELECT 2"))
        #expect(StatementCache.name(for: "").utf8.count == 33)
    }
}
