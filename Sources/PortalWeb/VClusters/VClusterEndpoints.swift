import HTTPCore
import HTTPServer
import JSON
import Portal

/// VClusters as resources: `/api/v1/vclusters` and `/api/v1/vclusters/{id}`.
enum VClusterEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .vclusters, handler: list)
        router.on(.post, .vclusters, handler: create)
        router.on(.get, .vcluster, handler: show)
        router.on(.patch, .vcluster, handler: update)
        router.on(.delete, .vcluster, handler: delete)
        router.on(.get, .vclusterKubeconfig, handler: kubeconfig)
        router.on(.get, .vclusterUsage, handler: usage)
        router.on(.get, .vclusterEvents, handler: events)
    }

    /// The longest grace period that may be asked for: 30 days.
    private static let gracePeriodSecondsMax: Int64 = 30 * 86_400

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let filter = VClusterFilter(
            tenantID: query.id("tenantId", TenantID.self),
            phases: query.choices("phase", VClusterPhase.self),
            hostID: query.id("host", HostID.self),
            labels: query.labels("label"),
            environment: query.choice("environment", VClusterEnvironment.self),
            query: query.string("q")
        )
        let page = query.page()
        try query.finish()
        return .json(try await context.services.vclusters.list(filter, page, as: context.requireCaller()).json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        let wanted = NewVCluster(
            tenantID: reader.id("tenantId", TenantID.self),
            hostID: reader.optionalID("hostId", HostID.self),
            name: reader.string("name"),
            spec: .object(reader.optionalObject("spec") ?? [:]),
            templateID: reader.optionalID("templateId", TemplateID.self),
            labels: reader.optionalStrings("labels") ?? [:],
            environment: reader.optionalChoice("environment", VClusterEnvironment.self),
            qosClass: reader.optionalChoice("qosClass", VClusterQoSClass.self) ?? .burstable,
            expiresAt: reader.optionalTime("expiresAt")
        )
        try reader.finish()
        return .accepted(try await context.services.vclusters.create(wanted, as: context.requireCaller()))
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        let vcluster = try await context.services.vclusters.get(id, as: context.requireCaller())
        return .json(vcluster.json).with(vcluster.etag)
    }

    private static func update(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        var reader = try context.jsonReader()
        var patch = VClusterPatch(ifMatch: context.request.ifMatch)
        patch.spec = reader.optionalObject("spec").map { .object($0) }
        patch.labels = reader.optionalLabelChanges("labels")
        let expiresAt = reader.optionalTime("expiresAt")
        if reader.contains("expiresAt") { patch.expiresAt = .some(expiresAt) }
        patch.environment = reader.optionalChoice("environment", VClusterEnvironment.self)
        patch.qosClass = reader.optionalChoice("qosClass", VClusterQoSClass.self)
        try reader.finish()
        let (vcluster, operation) = try await context.services.vclusters.update(id, patch, as: context.requireCaller())
        guard let operation else { return .json(vcluster.json).with(vcluster.etag) }
        return .accepted(VClusterChange(vcluster: vcluster, operation: operation))
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        var query = QueryReader(context.query)
        let seconds = query.integer("gracePeriodSeconds", in: 0...gracePeriodSecondsMax)
        try query.finish()
        let change = try await context.services.vclusters.delete(
            id,
            gracePeriod: seconds.map { .seconds($0) },
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        )
        return .accepted(change)
    }

    private static func kubeconfig(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        let caller = try context.requireCaller()
        let vcluster = try await context.services.vclusters.get(id, as: caller)
        let yaml = try await context.services.vclusters.kubeconfig(of: id, as: caller)
        var response = HTTPResponse(status: .ok, body: .bytes(Array(yaml.utf8)))
        response.headers.set("Content-Type", "application/yaml")
        // Names are DNS labels, so the file name needs no escaping (RFC 6266 section 4.3).
        response.headers.set("Content-Disposition", "attachment; filename=\"\(vcluster.name).kubeconfig.yaml\"")
        response.compression = .never
        return response
    }

    private static func usage(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        return .json(try await context.services.vclusters.usage(of: id, as: context.requireCaller()).json)
    }

    private static func events(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        let page = try context.page()
        return .json(try await context.services.vclusters.events(of: id, page, as: context.requireCaller()).json)
    }
}

extension JSONObjectReader {
    /// Labels to set, with nil for those to remove; nil when absent.
    fileprivate mutating func optionalLabelChanges(_ key: String) -> [String: String?]? {
        guard let object = optionalObject(key) else { return nil }
        var changes: [String: String?] = [:]
        for (name, value) in object {
            if value.isNull || value.string != nil {
                changes.updateValue(value.string, forKey: name)
            } else {
                fail("\(key)[\"\(name)\"]", FieldErrorCode.invalidType, "must be a string, or null to remove it")
            }
        }
        return changes
    }
}
