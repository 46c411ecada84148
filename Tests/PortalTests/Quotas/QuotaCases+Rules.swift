import Portal

extension QuotaCase {
    /// Overcommit, classes, caps of users, extended resources.
    static let rules: [QuotaCase] = [
        QuotaCase(
            name: "overcommit lets reservations exceed the limit",
            places: [.root(), .place("a", [.cpu: 1000]).overcommitted(1500)],
            given: [.live("a", [.cpu: 1000])],
            action: .reserve(.live("a", [.cpu: 500])),
            outcome: .admitted
        ),
        QuotaCase(
            name: "overcommit ends too",
            places: [.root(), .place("a", [.cpu: 1000]).overcommitted(1500)],
            given: [.live("a", [.cpu: 1000])],
            action: .reserve(.live("a", [.cpu: 501])),
            outcome: .refused(.limit, at: "a", .cpu, left: 500)
        ),
        QuotaCase(
            name: "overcommit is rounded down",
            places: [.root(), .place("a", [.vclusters: 3]).overcommitted(1500)],
            given: [.live("a", [.vclusters: 4])],
            action: .reserve(.live("a", [.vclusters: 1])),
            outcome: .refused(.limit, at: "a", .vclusters, left: 0)
        ),
        QuotaCase(
            name: "overcommit of a child does not help its parent",
            places: [.root([.cpu: 1000]), .place("a", [.cpu: 1000]).overcommitted(2000)],
            given: [.live("a", [.cpu: 1000])],
            action: .reserve(.live("a", [.cpu: 1])),
            outcome: .refused(.limit, at: "root", .cpu, left: 0)
        ),
        QuotaCase(
            name: "overcommit of large amounts does not overflow",
            places: [.root([.memory: 1 << 60]).overcommitted(100_000), .place("a")],
            given: [.live("a", [.memory: 1 << 60])],
            action: .reserve(.live("a", [.memory: 1 << 50])),
            outcome: .admitted
        ),
        QuotaCase(
            name: "guaranteed counts without overcommit",
            places: [.root(), .place("a", [.cpu: 1000]).overcommitted(2000)],
            given: [.live("a", [.cpu: 600], .guaranteed)],
            action: .reserve(.live("a", [.cpu: 500], .guaranteed)),
            outcome: .refused(.guaranteed, at: "a", .cpu, left: 400)
        ),
        QuotaCase(
            name: "guaranteed beside burstable within the limit",
            places: [.root(), .place("a", [.cpu: 1000]).overcommitted(2000)],
            given: [.live("a", [.cpu: 900])],
            action: .reserve(.live("a", [.cpu: 1000], .guaranteed)),
            outcome: .admitted
        ),
        QuotaCase(
            name: "guaranteed and burstable together end at the bound",
            places: [.root(), .place("a", [.cpu: 1000]).overcommitted(2000)],
            given: [.live("a", [.cpu: 1500])],
            action: .reserve(.live("a", [.cpu: 501], .guaranteed)),
            outcome: .refused(.limit, at: "a", .cpu, left: 500)
        ),
        QuotaCase(
            name: "batch takes what is idle",
            places: [.root(), .place("a", [.cpu: 1000])],
            given: [.live("a", [.cpu: 600])],
            action: .reserve(.live("a", [.vclusters: 1, .cpu: 400], .batch)),
            outcome: .admitted
        ),
        QuotaCase(
            name: "batch gets no overcommit",
            places: [.root(), .place("a", [.cpu: 1000]).overcommitted(2000)],
            given: [.live("a", [.cpu: 600])],
            action: .reserve(.live("a", [.vclusters: 1, .cpu: 401], .batch)),
            outcome: .refused(.batch, at: "a", .cpu, left: 400)
        ),
        QuotaCase(
            name: "batch waits behind batch",
            places: [.root(), .place("a", [.cpu: 1000])],
            given: [.live("a", [.cpu: 600], .batch)],
            action: .reserve(.live("a", [.cpu: 500], .batch)),
            outcome: .refused(.batch, at: "a", .cpu, left: 400)
        ),
        QuotaCase(
            name: "batch does not stand in the way of others",
            places: [.root(), .place("a", [.cpu: 1000])],
            given: [.live("a", [.cpu: 900], .batch)],
            action: .reserve(.live("a", [.cpu: 1000])),
            outcome: .admitted
        ),
        QuotaCase(
            name: "batch volumes and counts stand like those of others",
            places: [.root(), .place("a", [.vclusters: 2])],
            given: [.live("a", [.vclusters: 2, .cpu: 100], .batch)],
            action: .reserve(.live("a", [.vclusters: 1], .guaranteed)),
            outcome: .refused(.limit, at: "a", .vclusters, left: 0)
        ),
        QuotaCase(
            name: "batch becomes guaranteed when there is room",
            places: [.root(), .place("a", [.cpu: 1000])],
            given: [.live("a", [.cpu: 1000], .batch)],
            action: .reclassify(0, .guaranteed),
            outcome: .admitted
        ),
        QuotaCase(
            name: "batch cannot become burstable without room",
            places: [.root(), .place("a", [.cpu: 1000])],
            given: [.live("a", [.cpu: 800], .batch), .live("a", [.cpu: 300])],
            action: .reclassify(0, .burstable),
            outcome: .refused(.limit, at: "a", .cpu, left: 700)
        ),
        QuotaCase(
            name: "guaranteed becomes burstable always",
            places: [.root(), .place("a", [.cpu: 1000])],
            given: [.live("a", [.cpu: 1200], .guaranteed)],
            action: .reclassify(0, .burstable),
            outcome: .admitted
        ),
        QuotaCase(
            name: "burstable becomes guaranteed only within the limit",
            places: [.root(), .place("a", [.cpu: 1000]).overcommitted(2000)],
            given: [.live("a", [.cpu: 1200])],
            action: .reclassify(0, .guaranteed),
            outcome: .refused(.guaranteed, at: "a", .cpu, left: 1000)
        ),
        QuotaCase(
            name: "the cap of one user",
            places: [.root(), .place("a", [.vclusters: 10]).capped(.vclusters, 2)],
            given: [.live("a", [.vclusters: 2], owner: "ada"), .live("a", [.vclusters: 2], owner: "bob")],
            action: .reserve(.live("a", [.vclusters: 1], owner: "ada")),
            outcome: .refused(.user, at: "a", .vclusters, left: 0)
        ),
        QuotaCase(
            name: "the cap holds over the subtree",
            places: [.root(), .place("a").capped(.cpu, 1000), .place("b", in: "a"), .place("c", in: "a")],
            given: [.live("b", [.cpu: 700], owner: "ada")],
            action: .reserve(.live("c", [.cpu: 301], owner: "ada")),
            outcome: .refused(.user, at: "a", .cpu, left: 300)
        ),
        QuotaCase(
            name: "the cap is no business of others",
            places: [.root(), .place("a").capped(.cpu, 1000), .place("b")],
            given: [.live("b", [.cpu: 700], owner: "ada"), .live("a", [.cpu: 900], owner: "bob")],
            action: .reserve(.live("a", [.cpu: 1000], owner: "ada")),
            outcome: .admitted
        ),
        QuotaCase(
            name: "the cap counts batch too",
            places: [.root(), .place("a").capped(.cpu, 1000)],
            given: [.live("a", [.cpu: 700], .batch, owner: "ada")],
            action: .reserve(.live("a", [.cpu: 301], owner: "ada")),
            outcome: .refused(.user, at: "a", .cpu, left: 300)
        ),
        QuotaCase(
            name: "the limit comes before the cap",
            places: [.root(), .place("a", [.cpu: 500]).capped(.cpu, 400)],
            action: .reserve(.live("a", [.cpu: 501], owner: "ada")),
            outcome: .refused(.limit, at: "a", .cpu, left: 500)
        ),
        QuotaCase(
            name: "an extended resource has its own limit",
            places: [.root(), .place("a", [mig: 2])],
            given: [.live("a", [mig: 1])],
            action: .reserve(.live("a", [mig: 2])),
            outcome: .refused(.limit, at: "a", mig, left: 1)
        ),
        QuotaCase(
            name: "extended resources do not mix",
            places: [.root(), .place("a", [mig: 2])],
            given: [.live("a", [mig: 2])],
            action: .reserve(.live("a", [.extended("amd.com/gpu"): 7])),
            outcome: .admitted
        ),
        QuotaCase(
            name: "an extended resource at the root",
            places: chain(depth: 5, [1: [mig: 4]]),
            given: [.live("t5", [mig: 3]), .live("t2", [mig: 1])],
            action: .resize(0, QuotaAmounts([mig: 4])),
            outcome: .refused(.limit, at: "root", mig, left: 0)
        ),
        QuotaCase(
            name: "an extended resource as batch",
            places: [.root(), .place("a", [mig: 4])],
            given: [.live("a", [mig: 3])],
            action: .reserve(.live("a", [mig: 2], .batch)),
            outcome: .refused(.batch, at: "a", mig, left: 1)
        ),
        QuotaCase(
            name: "an extended resource is given back",
            places: [.root(), .place("a", [mig: 4])],
            given: [.live("a", [mig: 4])],
            action: .resize(0, .zero),
            outcome: .admitted
        ),
    ]

    static let mig = QuotaDimension.extended("nvidia.com/mig-1g.5gb")
}
