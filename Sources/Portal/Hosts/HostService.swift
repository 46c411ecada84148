import FoundationEssentials
import JSON
public import Postgres

/// The host clusters, their settings and their sealed credentials.
public struct HostService: Sendable {
    let database: PortalDatabase
    let time: any TimeSource
    let secretBox: SecretBox
    let drivers: any HostDriverFactory
    let limits: PortalLimits

    /// A service over a database, with the keys of stored kubeconfigs and the makers of drivers.
    public init(
        database: PostgresDatabase,
        time: any TimeSource,
        secretBox: SecretBox,
        drivers: any HostDriverFactory,
        limits: PortalLimits = PortalLimits()
    ) {
        self.database = PortalDatabase(database)
        self.time = time
        self.secretBox = secretBox
        self.drivers = drivers
        self.limits = limits
    }

    /// A page of hosts by name, all of them or those that do or do not accept new vclusters.
    ///
    /// - Throws: `PortalError` `.forbidden` without `hosts.read`, `.invalidArgument` for a foreign page token;
    ///   `PostgresError`.
    public func list(
        acceptingNew: Bool? = nil,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<Host> {
        try caller.require(.hostsRead)
        let after = try page.cursor(list: "hosts", count: 1)?.keys[0]
        let rows = try await database.as(caller).query(
            HostQueries.page(acceptingNew: acceptingNew, after: after, rowsMax: page.rowsMax),
            idempotent: true
        )
        return Page(rows: try rows.map { try Host(row: $0) }, request: page) { host in
            PageCursor(list: "hosts", keys: [host.name])
        }
    }

    /// One host.
    ///
    /// - Throws: `PortalError` `.forbidden` without `hosts.read`, `.notFound`; `PostgresError`.
    public func get(_ id: HostID, as caller: Caller) async throws -> Host {
        try caller.require(.hostsRead)
        return try await Self.find(HostQueries.byID(id), in: database.as(caller))
    }

    /// Adds a host; its connection is unchecked until `checkConnection`.
    ///
    /// - Throws: `PortalError` `.forbidden` without `hosts.manage`, `.invalidArgument` with every field that is wrong,
    ///   `.alreadyExists`; `PostgresError`.
    public func create(_ new: NewHost, as caller: Caller) async throws -> Host {
        try caller.require(.hostsManage)
        var errors = FieldErrors()
        let name = TextRules.label(
            new.name,
            field: "name",
            lengthMax: PortalLimits.Hosts.nameLengthMax,
            errors: &errors
        )
        let settings = settings(new.settings, driver: new.driver, errors: &errors)
        checkKubeconfig(new.kubeconfig, driver: new.driver, errors: &errors)
        let storage = Self.storage(new.snapshotStorage, errors: &errors)
        try errors.throwIfAny()
        let now = time.now()
        let host = Host(
            id: HostID(),
            name: name,
            settings: settings,
            acceptsNew: new.acceptsNew,
            hasCredentials: new.kubeconfig?.isEmpty == false,
            snapshotStorage: storage?.address,
            createdAt: now,
            updatedAt: now
        )
        let sealed = try seal(new.kubeconfig, of: host.id)
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                try await transaction.execute(HostQueries.insert(host, sealed: sealed, createdBy: caller.userID))
                try await store(storage, new.snapshotStorage, of: host.id, in: transaction)
                let entry = AuditEntry(.hostCreate, of: .host(host), after: host.auditJSON)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
                return host
            }
        }
    }

    /// The host with a name, added if there is none; an existing one stays as it is.
    ///
    /// - Throws: As `create`.
    public func ensure(_ new: NewHost, as caller: Caller) async throws -> Host {
        try caller.require(.hostsManage)
        if let row = try await database.as(caller).query(HostQueries.byName(new.name)).first {
            return try Host(row: row)
        }
        do {
            return try await create(new, as: caller)
        } catch let error as PortalError where error.code == .alreadyExists {
            return try await Self.find(HostQueries.byName(new.name), in: database.as(caller))
        }
    }

    /// Changes a host.
    ///
    /// Its connection counts as unchecked afterwards.
    ///
    /// - Throws: `PortalError` `.forbidden` without `hosts.manage`, `.notFound`, `.preconditionFailed`,
    ///   `.invalidArgument` with every field that is wrong, `.alreadyExists`; `PostgresError`.
    public func update(
        _ id: HostID,
        _ change: HostChange,
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> Host {
        try caller.require(.hostsManage)
        let now = time.now()
        let sealed = try seal(change.kubeconfig, of: id)
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                let before = try await Self.find(HostQueries.byIDForUpdate(id), in: transaction)
                try before.etag.require(ifMatch: ifMatch)
                let wanted = try changed(before, by: change)
                if change.kubeconfig != nil {
                    try await transaction.execute(HostQueries.updateSealed(id, to: sealed))
                }
                if let url = change.snapshotStorage {
                    var errors = FieldErrors()
                    let storage = Self.storage(url, errors: &errors)
                    try errors.throwIfAny()
                    try await store(storage, url, of: id, in: transaction)
                }
                let after = try await Self.find(HostQueries.update(wanted, at: now), in: transaction)
                var entry = AuditEntry(
                    .hostUpdate,
                    of: .host(after),
                    before: before.auditJSON,
                    after: after.auditJSON
                )
                if change.kubeconfig != nil { entry.after?["kubeconfig"] = "changed" }
                if change.snapshotStorage != nil { entry.after?["snapshotStorageURL"] = "changed" }
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
                return after
            }
        }
    }

    /// Removes a host that has no vclusters.
    ///
    /// - Throws: `PortalError` `.forbidden` without `hosts.manage`, `.notFound`, `.preconditionFailed`, `.conflict` while
    ///   vclusters are on it, deleted ones too until they are purged; `PostgresError`.
    public func delete(_ id: HostID, ifMatch: String? = nil, as caller: Caller) async throws {
        try caller.require(.hostsManage)
        let now = time.now()
        do {
            try await database.as(caller).transaction { transaction in
                let host = try await Self.find(HostQueries.byIDForUpdate(id), in: transaction)
                try host.etag.require(ifMatch: ifMatch)
                try await transaction.execute(HostQueries.delete(id))
                let entry = AuditEntry(.hostDelete, of: .host(host), before: host.auditJSON)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
            }
        } catch let error as PostgresError where .foreignKeyViolation ~= error.sqlState {
            throw PortalError(
                .conflict,
                "There are vclusters on this host. Delete them and wait until they are purged, or stop accepting new ones.",
                underlying: error
            )
        }
    }

    static func find(_ query: SQL, in connection: some PostgresQueryable) async throws -> Host {
        guard let row = try await connection.query(query).first else { throw PortalError.notFound("host") }
        return try Host(row: row)
    }

    private func changed(_ host: Host, by change: HostChange) throws(PortalError) -> Host {
        var errors = FieldErrors()
        var name = host.name
        if let newName = change.name {
            name = TextRules.label(
                newName,
                field: "name",
                lengthMax: PortalLimits.Hosts.nameLengthMax,
                errors: &errors
            )
        }
        var settings = host.settings
        if let patch = change.settings {
            settings = self.settings(host.settings.json.mergePatched(by: patch), driver: host.driver, errors: &errors)
        }
        checkKubeconfig(change.kubeconfig, driver: host.driver, errors: &errors)
        try errors.throwIfAny()
        return Host(
            id: host.id,
            name: name,
            settings: settings,
            acceptsNew: change.acceptsNew ?? host.acceptsNew,
            createdAt: host.createdAt,
            updatedAt: host.updatedAt
        )
    }

    /// Reads settings and adds what is wrong with them to errors of other fields.
    private func settings(_ json: JSONValue?, driver: HostDriverKind, errors: inout FieldErrors) -> HostSettings {
        if let json, json.encoded().count > limits.hosts.settingsBytesMax {
            errors.add(
                "settings",
                FieldErrorCode.tooLong,
                "must have at most \(limits.hosts.settingsBytesMax) bytes of JSON"
            )
            return HostSettings(stored: .null, driver: driver)
        }
        do throws(PortalError) {
            return try HostSettings(json: json, driver: driver)
        } catch {
            errors.add(error.fields)
            return HostSettings(stored: .null, driver: driver)
        }
    }

    private func checkKubeconfig(_ kubeconfig: String?, driver: HostDriverKind, errors: inout FieldErrors) {
        guard let kubeconfig, !kubeconfig.isEmpty else { return }
        if driver == .simulated {
            errors.add("kubeconfig", FieldErrorCode.conflict, "does not go with a simulated host")
        } else if kubeconfig.utf8.count > limits.hosts.kubeconfigBytesMax {
            errors.add(
                "kubeconfig",
                FieldErrorCode.tooLong,
                "must have at most \(limits.hosts.kubeconfigBytesMax) bytes"
            )
        } else if !kubeconfig.contains("clusters") || !kubeconfig.contains("server") {
            // A full reading is the driver's; this catches a certificate or token pasted by mistake.
            errors.add(
                "kubeconfig",
                FieldErrorCode.invalidValue,
                "must be a kubeconfig with clusters, contexts and users"
            )
        }
    }

    private static func explainingNames<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch  where error.violates("hosts_name_is_unique") {
            throw PortalError(.alreadyExists, "There is a host with this name already.", underlying: error)
        }
    }
}

extension Host {
    /// The host for the audit log: chart values may carry credentials, so only their keys are kept.
    fileprivate var auditJSON: JSONValue {
        var json = json
        guard case .helm(var settings) = settings, !settings.helmValues.isEmpty else { return json }
        settings.helmValues = JSONObject(settings.helmValues.keys.map { (key: $0, value: "…") })
        json["settings"] = settings.json
        return json
    }
}
