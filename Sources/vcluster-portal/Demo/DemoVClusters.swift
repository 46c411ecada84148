import Portal

/// VClusters in every phase that stays: they are made by the real operations, on the simulated hosts.
struct DemoVClusters {
    let services: PortalServices
    let teams: [String: TenantID]
    let hosts: [String: HostID]
    let templates: [String: TemplateID]

    /// What becomes of a vcluster after its creation.
    enum Fate {
        case running, suspended, deleted
        /// Fails for the reason, as the simulated driver reads it from the label.
        case failing(HostFailureReason)
    }

    struct Wish {
        let name: String
        let team: String
        let host: String
        let template: String
        let fate: Fate
    }

    static let wishes = [
        Wish(name: "checkout-dev", team: "Payments", host: "frankfurt", template: "Development", fate: .running),
        Wish(name: "payments-staging", team: "Payments", host: "frankfurt", template: "Staging", fate: .running),
        Wish(name: "load-test", team: "Payments", host: "virginia", template: "Staging", fate: .suspended),
        Wish(
            name: "legacy-billing",
            team: "Payments",
            host: "virginia",
            template: "Staging",
            fate: .failing(.chartMissing)
        ),
        Wish(name: "fraud-spike", team: "Payments", host: "frankfurt", template: "Development", fate: .deleted),
        Wish(name: "ci-runners", team: "Platform", host: "frankfurt", template: "Production", fate: .running),
        Wish(name: "sandbox", team: "Platform", host: "virginia", template: "Development", fate: .running),
        Wish(name: "training", team: "ML", host: "frankfurt", template: "Production", fate: .running),
        Wish(name: "notebooks", team: "ML", host: "frankfurt", template: "Staging", fate: .suspended),
        Wish(name: "reports", team: "BI", host: "virginia", template: "Staging", fate: .running),
    ]

    /// Makes all of them, unless there is a vcluster already.
    func ensure() async throws {
        let caller = Caller.system("demo")
        let existing = try await services.vclusters.list(VClusterFilter(), PageRequest.first, as: caller)
        guard existing.items.isEmpty else { return }

        // The operations need a worker, and the server is not running yet.
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.worker.run() }
            group.addTask { try await makeAll(as: caller) }
            for try await _ in group.prefix(1) {}
            group.cancelAll()
        }
    }

    private func makeAll(as caller: Caller) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for wish in Self.wishes {
                group.addTask { try await make(wish, as: caller) }
            }
            try await group.waitForAll()
        }
    }

    private func make(_ wish: Wish, as caller: Caller) async throws {
        guard let tenant = teams[wish.team] else { return }
        var new = NewVCluster(
            tenantID: tenant,
            hostID: hosts[wish.host],
            name: wish.name,
            templateID: templates[wish.template],
            labels: ["app": wish.name]
        )
        if case .failing(let reason) = wish.fate { new.labels["simulate.portal/fail"] = reason.rawValue }
        let made = try await services.vclusters.create(new, as: caller)
        try await waitForEnd(of: made.operation, as: caller)
        switch wish.fate {
        case .running, .failing:
            break
        case .suspended:
            let change = try await services.vclusters.suspend(made.vcluster.id, as: caller)
            try await waitForEnd(of: change.operation, as: caller)
        case .deleted:
            let change = try await services.vclusters.delete(made.vcluster.id, as: caller)
            try await waitForEnd(of: change.operation, as: caller)
        }
    }

    private func waitForEnd(of operation: Operation, as caller: Caller) async throws {
        while try await services.operations.get(operation.id, as: caller).finishedAt == nil {
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
