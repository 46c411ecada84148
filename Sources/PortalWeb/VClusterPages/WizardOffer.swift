import Portal

/// What a reader can choose in the wizard.
struct WizardOffer: Sendable {
    /// The templates by name.
    let templates: [Template]
    /// The tenants where the reader may create.
    let tenants: TenantChoices
    /// The hosts that take new vclusters; empty when the reader may not choose.
    let hosts: [Host]

    /// Asks the domain; a tenant that was chosen already is offered, too.
    init(_ services: PortalServices, _ caller: Caller, tenantID: TenantID?) async throws {
        let request = try PageRequest(size: PortalLimits.Pages.sizeMax)
        async let tenants = services.tenants.choices(holding: .vclustersCreate, including: tenantID, as: caller)
        async let templates = caller.has(.templatesRead) ? services.templates.list(request, as: caller).items : []
        async let hosts =
            caller.has(.hostsRead) ? services.hosts.list(acceptingNew: true, request, as: caller).items : []
        self.init(
            templates: try await templates,
            tenants: try await tenants,
            hosts: try await hosts
        )
    }

    /// An offer that is known.
    init(templates: [Template], tenants: TenantChoices, hosts: [Host]) {
        self.templates = templates
        self.tenants = tenants
        self.hosts = hosts
    }

    /// The ids of the tenants.
    var tenantIDs: [TenantID] { tenants.offered.map(\.id) }

    /// Their names with those above them.
    var names: TenantNames { TenantNames(tenants.lineage) }
}

/// The sizes people choose instead of numbers: the envelope of the workloads.
enum WizardSize: String, CaseIterable, Sendable {
    /// As the template says.
    case template
    case small, medium, large
    /// The numbers of the form.
    case custom

    /// CPU, memory, storage and GPUs; nil where the size does not say.
    ///
    /// No GPU is said as well: what bounds nothing could use all there is, so a tenant with a limit of GPUs refuses it. A
    /// template that has GPUs keeps them.
    var amounts: (cpu: String, memory: String, storage: String, gpus: Int)? {
        switch self {
        case .small: ("2", "4Gi", "20Gi", 0)
        case .medium: ("4", "16Gi", "100Gi", 0)
        case .large: ("16", "64Gi", "500Gi", 0)
        case .template, .custom: nil
        }
    }
}

/// When a vcluster deletes itself, as the wizard offers it.
enum WizardExpiry: String, CaseIterable, Sendable {
    case never, oneDay, oneWeek, oneMonth, quarter

    /// Seconds from creation; nil for never.
    var seconds: Double? {
        switch self {
        case .never: nil
        case .oneDay: 86_400
        case .oneWeek: 7 * 86_400
        case .oneMonth: 30 * 86_400
        case .quarter: 90 * 86_400
        }
    }
}
