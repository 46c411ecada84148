public import JSON

/// How the portal works with one host; the keys depend on the driver.
///
/// In JSON (`settings` of the schema `Host` in openapi.yaml) it is the object of the driver's settings, without a tag:
/// the `driver` beside it says which.
public enum HostSettings: Sendable, Hashable {
    /// A real host.
    case helm(HelmHostSettings)
    /// A made-up host.
    case simulated(SimulatedHostSettings)

    /// The driver that these settings are for.
    public var driver: HostDriverKind {
        switch self {
        case .helm: .helm
        case .simulated: .simulated
        }
    }

    /// The settings of a Helm host; nil for a simulated one.
    public var helm: HelmHostSettings? {
        if case .helm(let settings) = self { settings } else { nil }
    }

    /// The settings of a simulated host; nil for a real one.
    public var simulated: SimulatedHostSettings? {
        if case .simulated(let settings) = self { settings } else { nil }
    }

    /// How full the host may become.
    public var room: HostRoomSettings {
        switch self {
        case .helm(let settings): settings.room
        case .simulated(let settings): settings.room
        }
    }

    /// Reads settings; every field that is wrong, unknown keys too, is in the error.
    ///
    /// - Parameters:
    ///   - json: The object; nil and `null` mean all defaults.
    ///   - driver: Whose settings they are.
    ///   - path: The path of the object in the request, for the field errors.
    /// - Throws: `PortalError` `.invalidArgument`.
    public init(json: JSONValue?, driver: HostDriverKind, path: String = "settings") throws(PortalError) {
        var reader = SpecReader()
        let settings: HostSettings =
            switch driver {
            case .helm: .helm(HelmHostSettings(json, at: path, reader: &reader))
            case .simulated: .simulated(SimulatedHostSettings(json, at: path, reader: &reader))
            }
        try reader.errors.throwIfAny()
        self = settings
    }
}

extension HostSettings {
    /// Reads stored settings; what cannot be read falls back to its default.
    ///
    /// Rows are written from checked settings only, so that happens only after a change of the rules.
    init(stored json: JSONValue, driver: HostDriverKind) {
        var reader = SpecReader()
        switch driver {
        case .helm: self = .helm(HelmHostSettings(json, at: "settings", reader: &reader))
        case .simulated: self = .simulated(SimulatedHostSettings(json, at: "settings", reader: &reader))
        }
    }
}

extension HostSettings: JSONRepresentable {
    /// The object of the driver's settings; keys without a value are left out.
    public var json: JSONValue {
        switch self {
        case .helm(let settings): settings.json
        case .simulated(let settings): settings.json
        }
    }
}

/// The kinds of hosts.
public enum HostDriverKind: String, Sendable, Hashable, CaseIterable {
    /// A Kubernetes cluster, reached by its API and by Helm.
    case helm
    /// Nothing real: for the demo, tests and scale runs.
    case simulated
}
