import Portal

extension QuotaCase {
    /// Loans between siblings: what they change, and what they do not.
    static let lending: [QuotaCase] = [
        QuotaCase(
            name: "the lender has less",
            places: [.root(), .place("a", [.cpu: 1000]), .place("b", [.cpu: 1000])],
            given: [.live("a", [.cpu: 500])],
            loans: [.lent([.cpu: 300], by: "a", to: "b")],
            action: .reserve(.live("a", [.cpu: 201])),
            outcome: .refused(.limit, at: "a", .cpu, left: 200)
        ),
        QuotaCase(
            name: "the borrower has more",
            places: [.root(), .place("a", [.cpu: 1000]), .place("b", [.cpu: 1000])],
            loans: [.lent([.cpu: 300], by: "a", to: "b")],
            action: .reserve(.live("b", [.cpu: 1300])),
            outcome: .admitted
        ),
        QuotaCase(
            name: "what was borrowed ends too",
            places: [.root(), .place("a", [.cpu: 1000]), .place("b", [.cpu: 1000])],
            given: [.live("b", [.cpu: 1000])],
            loans: [.lent([.cpu: 300], by: "a", to: "b")],
            action: .reserve(.live("b", [.cpu: 301])),
            outcome: .refused(.limit, at: "b", .cpu, left: 300)
        ),
        QuotaCase(
            name: "a loan does not help against the parent",
            places: [.root([.cpu: 1200]), .place("a", [.cpu: 1000]), .place("b", [.cpu: 1000])],
            given: [.live("a", [.cpu: 200])],
            loans: [.lent([.cpu: 300], by: "a", to: "b")],
            action: .reserve(.live("b", [.cpu: 1300])),
            outcome: .refused(.limit, at: "root", .cpu, left: 1000)
        ),
        QuotaCase(
            name: "what has ended is the lender's, though nobody took it back",
            places: [.root(), .place("a", [.cpu: 1000]), .place("b", [.cpu: 1000])],
            given: [.live("a", [.cpu: 500])],
            loans: [.lent([.cpu: 600], by: "a", to: "b", hasEnded: true)],
            action: .reserve(.live("a", [.cpu: 500])),
            outcome: .admitted
        ),
        QuotaCase(
            name: "what has ended is not the borrower's, though nobody took it back",
            places: [.root(), .place("a", [.cpu: 1000]), .place("b", [.cpu: 1000])],
            given: [.live("b", [.cpu: 900])],
            loans: [.lent([.cpu: 600], by: "a", to: "b", hasEnded: true)],
            action: .reserve(.live("b", [.cpu: 101])),
            outcome: .refused(.limit, at: "b", .cpu, left: 100)
        ),
        QuotaCase(
            name: "over the limit after a loan has ended, what shrinks is admitted",
            places: [.root(), .place("a", [.cpu: 1000]), .place("b", [.cpu: 1000])],
            given: [.live("b", [.cpu: 1500])],
            loans: [.lent([.cpu: 600], by: "a", to: "b", hasEnded: true)],
            action: .resize(0, QuotaAmounts([.cpu: 1400])),
            outcome: .admitted
        ),
        QuotaCase(
            name: "over the limit after a loan has ended, growth is refused",
            places: [.root(), .place("a", [.cpu: 1000]), .place("b", [.cpu: 1000])],
            given: [.live("b", [.cpu: 1500])],
            loans: [.lent([.cpu: 600], by: "a", to: "b", hasEnded: true)],
            action: .reserve(.live("b", [.cpu: 1])),
            outcome: .refused(.limit, at: "b", .cpu, left: 0)
        ),
        QuotaCase(
            name: "overcommit of the borrower counts for what it borrowed",
            places: [.root(), .place("a", [.cpu: 1000]), .place("b", [.cpu: 1000]).overcommitted(1500)],
            loans: [.lent([.cpu: 200], by: "a", to: "b")],
            action: .reserve(.live("b", [.cpu: 1801])),
            outcome: .refused(.limit, at: "b", .cpu, left: 1800)
        ),
        QuotaCase(
            name: "guaranteed has to fit into what the lender has left",
            places: [.root(), .place("a", [.cpu: 1000]).overcommitted(2000), .place("b", [.cpu: 1000])],
            given: [.live("a", [.cpu: 500], .guaranteed)],
            loans: [.lent([.cpu: 400], by: "a", to: "b")],
            action: .reserve(.live("a", [.cpu: 101], .guaranteed)),
            outcome: .refused(.guaranteed, at: "a", .cpu, left: 100)
        ),
        QuotaCase(
            name: "batch finds less idle at the lender",
            places: [.root(), .place("a", [.cpu: 1000]), .place("b", [.cpu: 1000])],
            given: [.live("a", [.cpu: 500])],
            loans: [.lent([.cpu: 400], by: "a", to: "b")],
            action: .reserve(.live("a", [.cpu: 101], .batch)),
            outcome: .refused(.batch, at: "a", .cpu, left: 100)
        ),
        QuotaCase(
            name: "loans of several siblings add up",
            places: [.root(), .place("a", [.gpus: 4]), .place("b", [.gpus: 4]), .place("c", [.gpus: 4])],
            given: [.live("c", [.gpus: 4])],
            loans: [.lent([.gpus: 1], by: "a", to: "c"), .lent([.gpus: 2], by: "b", to: "c")],
            action: .reserve(.live("c", [.gpus: 4])),
            outcome: .refused(.limit, at: "c", .gpus, left: 3)
        ),
        QuotaCase(
            name: "extended resources are lent by name",
            places: [
                .root(),
                .place("a", [.extended("nvidia.com/mig-1g.5gb"): 4]),
                .place("b", [.extended("nvidia.com/mig-1g.5gb"): 1]),
            ],
            loans: [.lent([.extended("nvidia.com/mig-1g.5gb"): 3], by: "a", to: "b")],
            action: .reserve(.live("b", [.extended("nvidia.com/mig-1g.5gb"): 5])),
            outcome: .refused(.limit, at: "b", .extended("nvidia.com/mig-1g.5gb"), left: 4)
        ),
        QuotaCase(
            name: "strict: a loan leaves the remainder as it was",
            places: [.root([.cpu: 1000], strict: true), .place("a", [.cpu: 400]), .place("b", [.cpu: 400])],
            loans: [.lent([.cpu: 300], by: "a", to: "b")],
            action: .reserve(.live("root", [.cpu: 201])),
            outcome: .refused(.remainder, at: "root", .cpu, left: 200)
        ),
        QuotaCase(
            name: "strict: a slice with what was borrowed is there",
            places: [.root([.cpu: 1000], strict: true), .place("a", [.cpu: 400]), .place("b", [.cpu: 400])],
            given: [.live("root", [.cpu: 200]), .live("a", [.cpu: 100])],
            loans: [.lent([.cpu: 300], by: "a", to: "b")],
            action: .reserve(.live("b", [.cpu: 700])),
            outcome: .admitted
        ),
        QuotaCase(
            name: "caps of users are not lent",
            places: [.root(), .place("a", [.cpu: 1000]), .place("b", [.cpu: 1000]).capped(.cpu, 800)],
            loans: [.lent([.cpu: 500], by: "a", to: "b")],
            action: .reserve(.live("b", [.cpu: 801], owner: "mia")),
            outcome: .refused(.user, at: "b", .cpu, left: 800)
        ),
        QuotaCase(
            name: "loans move along with their common parent",
            places: [
                .root(),
                .place("x", [.cpu: 2000]),
                .place("y"),
                .place("a", in: "y", [.cpu: 1000]),
                .place("b", in: "y", [.cpu: 1000]),
            ],
            given: [.live("b", [.cpu: 1300]), .live("x", [.cpu: 701])],
            loans: [.lent([.cpu: 300], by: "a", to: "b")],
            action: .move("y", to: "x"),
            outcome: .refused(.limit, at: "x", .cpu, left: 1299)
        ),
    ]
}
