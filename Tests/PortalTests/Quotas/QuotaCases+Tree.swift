import Portal

extension QuotaCase {
    /// Strict slices and moves.
    static let trees: [QuotaCase] = [
        QuotaCase(
            name: "strict: the parent itself has the remainder only",
            places: [.root([.cpu: 1000], strict: true), .place("a", [.cpu: 700])],
            given: [.live("root", [.cpu: 200])],
            action: .reserve(.live("root", [.cpu: 101])),
            outcome: .refused(.remainder, at: "root", .cpu, left: 100)
        ),
        QuotaCase(
            name: "strict: a slice is there although others took much",
            places: [.root([.cpu: 1000], strict: true), .place("a", [.cpu: 700])],
            given: [.live("root", [.cpu: 300])],
            action: .reserve(.live("a", [.cpu: 700])),
            outcome: .admitted
        ),
        QuotaCase(
            name: "strict: children without a limit share the remainder",
            places: [.root([.cpu: 1000], strict: true), .place("a", [.cpu: 700]), .place("b"), .place("c")],
            given: [.live("b", [.cpu: 200])],
            action: .reserve(.live("c", [.cpu: 101])),
            outcome: .refused(.remainder, at: "root", .cpu, left: 100)
        ),
        QuotaCase(
            name: "strict: a slice in one dimension is none in another",
            places: [
                .root([.cpu: 1000, .memory: 100], strict: true), .place("a", [.cpu: 700]), .place("b", [.memory: 90]),
            ],
            action: .reserve(.live("a", [.memory: 11])),
            outcome: .refused(.remainder, at: "root", .memory, left: 10)
        ),
        QuotaCase(
            name: "strict: an unused slice is not lent",
            places: [.root([.vclusters: 2], strict: true), .place("a", [.vclusters: 2]), .place("b")],
            action: .reserve(.live("b", [.vclusters: 1])),
            outcome: .refused(.remainder, at: "root", .vclusters, left: 0)
        ),
        QuotaCase(
            name: "strict: deep below a child without a limit",
            places: [
                .root([.cpu: 1000], strict: true), .place("a", [.cpu: 600]), .place("b"),
                .place("c", in: "b", [.cpu: 900]),
            ],
            action: .reserve(.live("c", [.cpu: 401])),
            outcome: .refused(.remainder, at: "root", .cpu, left: 400)
        ),
        QuotaCase(
            name: "strict: slices with overcommit leave less",
            places: [
                .root([.cpu: 1000], strict: true).overcommitted(1500), .place("a", [.cpu: 500]).overcommitted(2000),
            ],
            action: .reserve(.live("root", [.cpu: 501])),
            outcome: .refused(.remainder, at: "root", .cpu, left: 500)
        ),
        QuotaCase(
            name: "strict: guaranteed comes from the remainder without overcommit",
            places: [
                .root([.cpu: 1000], strict: true).overcommitted(1500), .place("a", [.cpu: 800]).overcommitted(1500),
            ],
            action: .reserve(.live("root", [.cpu: 250], .guaranteed)),
            outcome: .refused(.remainder, at: "root", .cpu, left: 200)
        ),
        QuotaCase(
            name: "strict: batch finds nothing in the slices of others",
            places: [.root([.cpu: 1000], strict: true), .place("a", [.cpu: 800])],
            action: .reserve(.live("root", [.cpu: 201], .batch)),
            outcome: .refused(.remainder, at: "root", .cpu, left: 200)
        ),
        QuotaCase(
            name: "strict: an extended resource",
            places: [.root([mig: 4], strict: true), .place("a", [mig: 3]), .place("b")],
            given: [.live("a", [mig: 1])],
            action: .reserve(.live("b", [mig: 2])),
            outcome: .refused(.remainder, at: "root", mig, left: 1)
        ),
        QuotaCase(
            name: "strict: over the remainder blocks growth there only",
            places: [.root([.cpu: 1000], strict: true), .place("a", [.cpu: 900])],
            given: [.live("root", [.cpu: 500])],
            action: .reserve(.live("a", [.cpu: 400])),
            outcome: .admitted
        ),
        QuotaCase(
            name: "strict: where only users are capped there is no remainder",
            places: [.root(strict: true).capped(.cpu, 1000), .place("a", [.cpu: 700])],
            given: [.live("root", [.cpu: 500], owner: "ada")],
            action: .reserve(.live("root", [.cpu: 600], owner: "bob")),
            outcome: .admitted
        ),
        QuotaCase(
            name: "not strict: an unused slice is there for all",
            places: [.root([.vclusters: 2]), .place("a", [.vclusters: 2]), .place("b")],
            action: .reserve(.live("b", [.vclusters: 1])),
            outcome: .admitted
        ),
        QuotaCase(
            name: "move: the new parent has room",
            places: [.root(), .place("a", [.cpu: 100]), .place("b", [.cpu: 500]), .place("x", in: "a")],
            given: [.live("x", [.cpu: 100]), .live("b", [.cpu: 400])],
            action: .move("x", to: "b"),
            outcome: .admitted
        ),
        QuotaCase(
            name: "move: the new parent has no room",
            places: [.root(), .place("a"), .place("b", [.cpu: 500]), .place("x", in: "a")],
            given: [.live("x", [.cpu: 101]), .live("b", [.cpu: 400])],
            action: .move("x", to: "b"),
            outcome: .refused(.limit, at: "b", .cpu, left: 100)
        ),
        QuotaCase(
            name: "move: ancestors that stay are not asked",
            places: [.root([.cpu: 10]), .place("a"), .place("b"), .place("x", in: "a")],
            given: [.live("x", [.cpu: 100])],
            action: .move("x", to: "b"),
            outcome: .admitted
        ),
        QuotaCase(
            name: "move: over its own limit is no obstacle",
            places: [.root(), .place("a"), .place("b", [.cpu: 500]), .place("x", in: "a", [.cpu: 10])],
            given: [.live("x", [.cpu: 100])],
            action: .move("x", to: "b"),
            outcome: .admitted
        ),
        QuotaCase(
            name: "move: up to a grandparent grows nothing",
            places: [.root([.cpu: 1]), .place("a", [.cpu: 1]), .place("x", in: "a")],
            given: [.live("x", [.cpu: 100])],
            action: .move("x", to: "root"),
            outcome: .admitted
        ),
        QuotaCase(
            name: "move: down below a sibling with a limit",
            places: [.root(), .place("x"), .place("b", [.vclusters: 1])],
            given: [.live("x", [.vclusters: 1]), .live("b", [.vclusters: 1])],
            action: .move("x", to: "b"),
            outcome: .refused(.limit, at: "b", .vclusters, left: 0)
        ),
        QuotaCase(
            name: "move: guaranteed needs the limit itself",
            places: [.root(), .place("a"), .place("b", [.cpu: 100]).overcommitted(3000), .place("x", in: "a")],
            given: [.live("x", [.cpu: 101], .guaranteed)],
            action: .move("x", to: "b"),
            outcome: .refused(.guaranteed, at: "b", .cpu, left: 100)
        ),
        QuotaCase(
            name: "move: extended resources come along",
            places: [.root(), .place("a"), .place("b", [mig: 1]), .place("x", in: "a")],
            given: [.live("x", [mig: 2])],
            action: .move("x", to: "b"),
            outcome: .refused(.limit, at: "b", mig, left: 1)
        ),
        QuotaCase(
            name: "move: a strict parent has no room for the slice",
            places: [
                .root(), .place("a"), .place("b", [.cpu: 500], strict: true), .place("c", in: "b", [.cpu: 400]),
                .place("x", in: "a", [.cpu: 200]),
            ],
            action: .move("x", to: "b"),
            outcome: .refused(.slices, at: "b", .cpu, left: 100)
        ),
        QuotaCase(
            name: "move: a strict parent has no remainder for the use",
            places: [
                .root(), .place("a"), .place("b", [.cpu: 500], strict: true), .place("c", in: "b", [.cpu: 400]),
                .place("x", in: "a"),
            ],
            given: [.live("x", [.cpu: 101])],
            action: .move("x", to: "b"),
            outcome: .refused(.remainder, at: "b", .cpu, left: 100)
        ),
        QuotaCase(
            name: "move: out of a slice into the remainder of the same strict parent",
            places: [
                .root([.cpu: 500], strict: true), .place("a", [.cpu: 300]), .place("b", [.cpu: 150]),
                .place("x", in: "a"),
            ],
            given: [.live("x", [.cpu: 60])],
            action: .move("x", to: "root"),
            outcome: .refused(.remainder, at: "root", .cpu, left: 50)
        ),
        QuotaCase(
            name: "move: within the remainder of the same strict parent",
            places: [.root([.cpu: 500], strict: true), .place("a"), .place("b", [.cpu: 450]), .place("x", in: "a")],
            given: [.live("x", [.cpu: 60])],
            action: .move("x", to: "root"),
            outcome: .admitted
        ),
        QuotaCase(
            name: "move: the cap of one user at the new place",
            places: [.root(), .place("a"), .place("b").capped(.vclusters, 2), .place("x", in: "a")],
            given: [.live("x", [.vclusters: 1], owner: "ada"), .live("b", [.vclusters: 2], owner: "ada")],
            action: .move("x", to: "b"),
            outcome: .refused(.user, at: "b", .vclusters, left: 0)
        ),
        QuotaCase(
            name: "move: a whole subtree counts with everything below it",
            places: [
                .root(), .place("a"), .place("x", in: "a"), .place("y", in: "x"), .place("b", [.vclusters: 2]),
                .place("c", in: "b"),
            ],
            given: [.live("x", [.vclusters: 1]), .live("y", [.vclusters: 1]), .live("c", [.vclusters: 1])],
            action: .move("x", to: "c"),
            outcome: .refused(.limit, at: "b", .vclusters, left: 1)
        ),
    ]
}
