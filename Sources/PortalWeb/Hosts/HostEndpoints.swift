import HTTPCore
import HTTPServer
import JSON
import Portal

/// Host clusters: `/api/v1/hosts` and `/api/v1/hosts/{id}`.
enum HostEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .hosts, handler: list)
        router.on(.post, .hosts, handler: create)
        router.on(.get, .host, handler: show)
        router.on(.patch, .host, handler: update)
        router.on(.delete, .host, handler: delete)
        router.on(.post, .hostCheck, handler: check)
        router.on(.get, .hostReleases, handler: releases)
        router.on(.post, .hostAdopt, handler: adopt)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        let page = try context.page()
        let caller = try context.requireCaller()
        let hosts = try await context.services.hosts.list(page, as: caller)
        guard caller.has(.hostsManage) else { return .json(hosts.map(\.summaryJSON).json) }
        let rooms = try await context.services.hosts.rooms(of: hosts.items.map(\.id), as: caller)
        return .json(hosts.map { $0.json(room: rooms[$0.id]) }.json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        let name = reader.string("name")
        let driver = reader.choice("driver", placeholder: HostDriverKind.simulated)
        let settings = reader.optionalObject("settings")
        let kubeconfig = reader.optionalString("kubeconfig", charactersMax: context.limits.bodyBytesMax)
        let acceptsNew = reader.optionalBool("acceptsNew") ?? true
        let storage = reader.optionalString(
            "snapshotStorage",
            charactersMax: PortalLimits.Snapshots.storageLengthMax
        )
        try reader.finish()
        let host = try await context.services.hosts.create(
            NewHost(
                name: name,
                driver: driver,
                settings: settings.map { .object($0) },
                kubeconfig: kubeconfig,
                acceptsNew: acceptsNew,
                snapshotStorage: storage
            ),
            as: context.requireCaller()
        )
        return .created(host.json, at: .host(host.id)).with(host.etag)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: HostID = try context.pathID()
        let caller = try context.requireCaller()
        let host = try await context.services.hosts.get(id, as: caller)
        guard caller.has(.hostsManage) else { return .json(host.summaryJSON).with(host.etag) }
        let room = try await context.services.hosts.rooms(of: [id], as: caller)[id]
        return .json(host.json(room: room)).with(host.etag)
    }

    private static func update(_ context: RequestContext) async throws -> HTTPResponse {
        let id: HostID = try context.pathID()
        let caller = try context.requireCaller()
        var reader = try context.jsonReader()
        let change = HostChange(
            name: reader.optionalString("name"),
            settings: reader.optionalObject("settings").map { .object($0) },
            kubeconfig: reader.optionalString("kubeconfig", charactersMax: context.limits.bodyBytesMax),
            acceptsNew: reader.optionalBool("acceptsNew"),
            snapshotStorage: reader.optionalString(
                "snapshotStorage",
                charactersMax: PortalLimits.Snapshots.storageLengthMax
            )
        )
        try reader.finish()
        let ifMatch = context.request.ifMatch
        let host = try await context.services.hosts.update(id, change, ifMatch: ifMatch, as: caller)
        return .json(host.json).with(host.etag)
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: HostID = try context.pathID()
        let ifMatch = context.request.ifMatch
        try await context.services.hosts.delete(id, ifMatch: ifMatch, as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }

    private static func check(_ context: RequestContext) async throws -> HTTPResponse {
        let id: HostID = try context.pathID()
        try context.requireNoSettings()
        let host = try await context.services.hosts.checkConnection(id, as: context.requireCaller())
        return .json(host.json).with(host.etag)
    }

    private static func releases(_ context: RequestContext) async throws -> HTTPResponse {
        let id: HostID = try context.pathID()
        try context.requireNoParameters()
        let found = try await context.services.vclusters.releases(on: id, as: context.requireCaller())
        return .json(Page(items: found.map(\.json)).json)
    }

    private static func adopt(_ context: RequestContext) async throws -> HTTPResponse {
        let id: HostID = try context.pathID()
        var reader = try context.jsonReader()
        let tenantID = reader.id("tenantId", TenantID.self)
        let namespace = reader.string("namespace", charactersMax: 63)
        let release = reader.string("release", charactersMax: 53)
        let name = reader.optionalString("name", charactersMax: NewVCluster.nameLengthMax)
        try reader.finish()
        let change = try await context.services.vclusters.adopt(
            release: release,
            namespace: namespace,
            on: id,
            for: tenantID,
            as: name,
            by: context.requireCaller()
        )
        return .accepted(change)
    }

}

extension Host {
    /// The host with what is reserved of it, for those who manage hosts.
    fileprivate func json(room: HostRoom?) -> JSONValue {
        var json = json
        json["room"] = room?.json
        return json
    }
}

extension DiscoveredRelease {
    /// The schema `Release` of openapi.yaml; the values stay out, they may hold secrets.
    var json: JSONValue {
        [
            "release": .string(release),
            "namespace": .string(namespace),
            "chartVersion": JSONValue(chartVersion),
            "kubernetesVersion": JSONValue(kubernetesVersion),
            "replicas": JSONValue(replicas),
            "paused": .bool(isPaused),
            "managedBy": JSONValue(managedBy),
        ]
    }
}
