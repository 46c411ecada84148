import Portal

extension QuotaCase {
    /// Chains of every depth, limits at every level, no limits, zero, and what shrinks.
    static let chains: [QuotaCase] =
        (1...8).map { depth in
            QuotaCase(
                name: "depth \(depth): the root is full",
                places: chain(depth: depth, [1: [.vclusters: 1]]),
                given: [.live(depth == 1 ? "root" : "t\(depth)", [.vclusters: 1])],
                action: .reserve(.live(depth == 1 ? "root" : "t\(depth)", [.vclusters: 1])),
                outcome: .refused(.limit, at: "root", .vclusters, left: 0)
            )
        }
        + (2...8).map { depth in
            QuotaCase(
                name: "depth \(depth): the leaf alone is full",
                places: chain(depth: depth, [1: [.cpu: 9000], depth: [.cpu: 1000]]),
                given: [.live("t\(depth)", [.cpu: 600])],
                action: .reserve(.live("t\(depth)", [.cpu: 500])),
                outcome: .refused(.limit, at: "t\(depth)", .cpu, left: 400)
            )
        }
        + [
            QuotaCase(
                name: "no limit anywhere",
                places: chain(depth: 5),
                action: .reserve(.live("t5", [.vclusters: 1, .cpu: 1 << 40, .memory: 1 << 50, .gpus: 1000])),
                outcome: .admitted
            ),
            QuotaCase(
                name: "no limit at the leaf is bounded by an ancestor",
                places: chain(depth: 5, [3: [.memory: 100]]),
                action: .reserve(.live("t5", [.memory: 101])),
                outcome: .refused(.limit, at: "t3", .memory, left: 100)
            ),
            QuotaCase(
                name: "exactly the limit fits",
                places: chain(depth: 3, [1: [.cpu: 1000], 2: [.cpu: 1000], 3: [.cpu: 1000]]),
                given: [.live("t3", [.cpu: 400])],
                action: .reserve(.live("t3", [.cpu: 600])),
                outcome: .admitted
            ),
            QuotaCase(
                name: "one more than the limit does not",
                places: chain(depth: 3, [1: [.cpu: 1001], 2: [.cpu: 1000], 3: [.cpu: 1001]]),
                given: [.live("t3", [.cpu: 400])],
                action: .reserve(.live("t3", [.cpu: 601])),
                outcome: .refused(.limit, at: "t2", .cpu, left: 600)
            ),
            QuotaCase(
                name: "two levels would break: the one nearer to the root is named",
                places: chain(depth: 4, [2: [.cpu: 500], 4: [.cpu: 100]]),
                action: .reserve(.live("t4", [.cpu: 501])),
                outcome: .refused(.limit, at: "t2", .cpu, left: 500)
            ),
            QuotaCase(
                name: "two dimensions would break: the first in their order is named",
                places: chain(depth: 2, [2: [.pods: 1, .memory: 1]]),
                action: .reserve(.live("t2", [.pods: 2, .memory: 2])),
                outcome: .refused(.limit, at: "t2", .memory, left: 1)
            ),
            QuotaCase(
                name: "zero allows nothing",
                places: chain(depth: 2, [2: [.gpus: 0]]),
                action: .reserve(.live("t2", [.vclusters: 1, .gpus: 1])),
                outcome: .refused(.limit, at: "t2", .gpus, left: 0)
            ),
            QuotaCase(
                name: "zero bothers nobody who wants none",
                places: chain(depth: 2, [2: [.gpus: 0]]),
                action: .reserve(.live("t2", [.vclusters: 1, .cpu: 100])),
                outcome: .admitted
            ),
            QuotaCase(
                name: "siblings share the parent",
                places: [.root([.vclusters: 3]), .place("a"), .place("b")],
                given: [.live("a", [.vclusters: 1]), .live("b", [.vclusters: 1]), .live("root", [.vclusters: 1])],
                action: .reserve(.live("b", [.vclusters: 1])),
                outcome: .refused(.limit, at: "root", .vclusters, left: 0)
            ),
            QuotaCase(
                name: "a sibling's limit is its own",
                places: [.root(), .place("a", [.vclusters: 1]), .place("b", [.vclusters: 1])],
                given: [.live("a", [.vclusters: 1])],
                action: .reserve(.live("b", [.vclusters: 1])),
                outcome: .admitted
            ),
            QuotaCase(
                name: "limits of children may add up to more than the parent's",
                places: [.root([.cpu: 1000]), .place("a", [.cpu: 800]), .place("b", [.cpu: 800])],
                given: [.live("a", [.cpu: 700])],
                action: .reserve(.live("b", [.cpu: 400])),
                outcome: .refused(.limit, at: "root", .cpu, left: 300)
            ),
            QuotaCase(
                name: "the limit was lowered below the use: nothing more fits",
                places: chain(depth: 3, [2: [.cpu: 1000]]),
                given: [.live("t3", [.cpu: 1500])],
                action: .reserve(.live("t3", [.cpu: 1])),
                outcome: .refused(.limit, at: "t2", .cpu, left: 0)
            ),
            QuotaCase(
                name: "over quota in one dimension does not block another",
                places: chain(depth: 3, [2: [.cpu: 1000, .memory: 1000]]),
                given: [.live("t3", [.cpu: 1500])],
                action: .reserve(.live("t3", [.memory: 1000])),
                outcome: .admitted
            ),
            QuotaCase(
                name: "over quota does not block shrinking",
                places: chain(depth: 3, [2: [.cpu: 1000]]),
                given: [.live("t3", [.cpu: 1500])],
                action: .resize(0, QuotaAmounts([.cpu: 1400])),
                outcome: .admitted
            ),
            QuotaCase(
                name: "over quota in what shrinks, growth in what has room",
                places: chain(depth: 3, [2: [.cpu: 1000, .memory: 1000]]),
                given: [.live("t3", [.cpu: 1500, .memory: 500])],
                action: .resize(0, QuotaAmounts([.cpu: 1400, .memory: 1000])),
                outcome: .admitted
            ),
            QuotaCase(
                name: "over quota and growing where there is no room",
                places: chain(depth: 3, [2: [.cpu: 1000, .memory: 1000]]),
                given: [.live("t3", [.cpu: 1500, .memory: 500])],
                action: .resize(0, QuotaAmounts([.cpu: 1400, .memory: 1001])),
                outcome: .refused(.limit, at: "t2", .memory, left: 500)
            ),
            QuotaCase(
                name: "growth counts by the difference only",
                places: chain(depth: 2, [2: [.cpu: 1000]]),
                given: [.live("t2", [.cpu: 900])],
                action: .resize(0, QuotaAmounts([.cpu: 1000])),
                outcome: .admitted
            ),
            QuotaCase(
                name: "growth beyond the limit",
                places: chain(depth: 2, [2: [.cpu: 1000]]),
                given: [.live("t2", [.cpu: 900])],
                action: .resize(0, QuotaAmounts([.cpu: 1001])),
                outcome: .refused(.limit, at: "t2", .cpu, left: 100)
            ),
            QuotaCase(
                name: "a suspended one keeps its volumes: another has room for its CPU",
                places: chain(depth: 2, [2: [.cpu: 1000, .storage: 1000]]),
                given: [.live("t2", [.vclusters: 1, .storage: 600])],
                action: .reserve(.live("t2", [.vclusters: 1, .cpu: 1000, .storage: 400])),
                outcome: .admitted
            ),
            QuotaCase(
                name: "a suspended one keeps its volumes: there is no room for as many again",
                places: chain(depth: 2, [2: [.cpu: 1000, .storage: 1000]]),
                given: [.live("t2", [.vclusters: 1, .storage: 600])],
                action: .reserve(.live("t2", [.vclusters: 1, .cpu: 1000, .storage: 401])),
                outcome: .refused(.limit, at: "t2", .storage, left: 400)
            ),
            QuotaCase(
                name: "a resumed one has to be admitted again",
                places: chain(depth: 3, [1: [.cpu: 1000]]),
                given: [.live("t3", [.vclusters: 1, .storage: 5]), .live("t2", [.vclusters: 1, .cpu: 800])],
                action: .resize(0, QuotaAmounts([.vclusters: 1, .storage: 5, .cpu: 400])),
                outcome: .refused(.limit, at: "root", .cpu, left: 200)
            ),
            QuotaCase(
                name: "a hold counts like a vcluster",
                places: chain(depth: 3, [2: [.vclusters: 2]]),
                given: [.live("t3", [.vclusters: 1]), .held("t3", [.vclusters: 1])],
                action: .reserve(.live("t3", [.vclusters: 1])),
                outcome: .refused(.limit, at: "t2", .vclusters, left: 0)
            ),
        ]
}
