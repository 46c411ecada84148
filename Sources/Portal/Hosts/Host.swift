public import FoundationEssentials
public import JSON

/// A host cluster: where vclusters live.
///
/// Its credentials are never part of this value.
public struct Host: Sendable, Hashable, Identifiable {
    /// The id.
    public let id: HostID
    /// The name, a DNS label, unique.
    public let name: String
    /// The settings, which also say what kind of host it is.
    public let settings: HostSettings
    /// Whether new vclusters may be placed on it; those it has go on working.
    public let acceptsNew: Bool
    /// What the last connection check found.
    public let state: HostState
    /// What the state means, for a person; empty when all is well.
    public let stateMessage: String
    /// The version of the host's API server at the last good check.
    public let kubernetesVersion: String?
    /// The version of the portal's helm at the last good check.
    public let helmVersion: String?
    /// When the connection was checked last.
    public let checkedAt: Date?
    /// Whether a kubeconfig is stored.
    public let hasCredentials: Bool
    /// Where archives of snapshots go, without credentials; nil for the volumes of the vclusters themselves.
    public let snapshotStorage: String?
    /// Grows with every change of name, settings, credentials or `acceptsNew`, from 1; checks leave it alone.
    public let version: Int64
    /// When it was added.
    public let createdAt: Date
    /// When its version grew last.
    public let updatedAt: Date

    /// A host with every value.
    public init(
        id: HostID,
        name: String,
        settings: HostSettings,
        acceptsNew: Bool = true,
        state: HostState = .unchecked,
        stateMessage: String = "",
        kubernetesVersion: String? = nil,
        helmVersion: String? = nil,
        checkedAt: Date? = nil,
        hasCredentials: Bool = false,
        snapshotStorage: String? = nil,
        version: Int64 = 1,
        createdAt: Date,
        updatedAt: Date
    ) {
        self.id = id
        self.name = name
        self.settings = settings
        self.acceptsNew = acceptsNew
        self.state = state
        self.stateMessage = stateMessage
        self.kubernetesVersion = kubernetesVersion
        self.helmVersion = helmVersion
        self.checkedAt = checkedAt
        self.hasCredentials = hasCredentials
        self.snapshotStorage = snapshotStorage
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The kind of host.
    public var driver: HostDriverKind { settings.driver }

    /// True for a host that is not real; API and pages always say so.
    public var isSimulated: Bool { driver == .simulated }

    /// The entity tag of this version.
    public var etag: ETag { ETag(version: version) }

    /// What namespaces on the host begin with.
    public var namespacePrefix: String {
        switch settings {
        case .helm(let settings): settings.namespacePrefix
        case .simulated(let settings): settings.namespacePrefix
        }
    }
}

/// What is known about the connection to a host.
public enum HostState: String, Sendable, Hashable, CaseIterable {
    /// Never checked since it was added or changed.
    case unchecked
    /// It answered, and nothing is missing.
    case ready
    /// It answered, with warnings.
    case degraded
    /// It did not answer, or not as it should.
    case failed
}

extension Host: JSONRepresentable {
    /// The schema `Host` of openapi.yaml, for callers with `hosts.manage`.
    public var json: JSONValue {
        var object = summary
        object["settings"] = settings.json
        object["hasCredentials"] = .bool(hasCredentials)
        object["snapshotStorage"] = snapshotStorage.json
        object["stateMessage"] = .string(stateMessage)
        object["helmVersion"] = helmVersion.map { .string($0) } ?? .null
        return .object(object)
    }

    /// The same without what only an admin needs: for those who choose a host.
    public var summaryJSON: JSONValue { .object(summary) }

    /// What a caller may see of the host: everything with `hosts.manage`, else the summary.
    public func json(for caller: Caller) -> JSONValue {
        caller.has(.hostsManage) ? json : summaryJSON
    }

    private var summary: JSONObject {
        [
            "id": .string(id.description),
            "name": .string(name),
            "driver": .string(driver.rawValue),
            "simulated": .bool(isSimulated),
            "acceptsNew": .bool(acceptsNew),
            "state": .string(state.rawValue),
            "kubernetesVersion": kubernetesVersion.map { .string($0) } ?? .null,
            "checkedAt": checkedAt.map { .string(RFC3339.format($0)) } ?? .null,
            "createdAt": .string(RFC3339.format(createdAt)),
            "updatedAt": .string(RFC3339.format(updatedAt)),
        ]
    }
}
