public import JSON

/// Settings of a host that is a real Kubernetes cluster; every key may be left out.
public struct HelmHostSettings: Sendable, Hashable {
    /// `chart`: a name in `chartRepository`, an `oci://` reference, or an absolute path of a directory or a `.tgz`.
    public var chart = "vcluster"
    /// `chartRepository`: the `https://` (or `http://`) URL of a chart repository; only for a chart given by name, and
    /// nil then means the public one of the vcluster project.
    public var chartRepository: String?
    /// `chartVersion`: the version for specs that name none, without `v`; nil takes the newest, or the one on disk.
    public var chartVersion: String?
    /// `namespacePrefix`: what namespaces on the host begin with; a DNS label start of at most 20 characters.
    public var namespacePrefix = "vcluster-"
    /// `kubeContext`: the context of the kubeconfig; nil is its current one.
    public var kubeContext: String?
    /// `exposure`: how API servers are reached when the spec does not say: `clusterIP`, `nodePort`, `loadBalancer` or
    /// `ingress`.
    public var exposure = VClusterSpec.Exposure.Kind.clusterIP
    /// `nodePortHost`: the host name or address that node ports are reached at; nil takes an address of a node.
    public var nodePortHost: String?
    /// `serverAddress`: the `https://` URL that kubeconfigs name instead of anything found on the host.
    ///
    /// `{name}`, `{namespace}` and `{nodePort}` are filled in.
    public var serverAddress: String?
    /// `storageClass`: the class for specs that name none; nil is the host's default.
    public var storageClass: String?
    /// `helmPath`: an absolute path of the helm binary; nil looks on the server's `PATH`.
    public var helmPath: String?
    /// `requestTimeoutSeconds`: for one request to the host's API, 1 … 300.
    public var requestTimeoutSeconds = 30
    /// `installTimeoutSeconds`: for an install until the control plane is ready, 10 … 7200.
    public var installTimeoutSeconds = 600
    /// `helmValues`: chart values for every vcluster on this host, below those of the spec: image registry, tolerations.
    public var helmValues: JSONObject = [:]
    /// `overcommit` and `watermarks`: how full the host may become.
    public var room = HostRoomSettings()
    /// `labels`: for people and policies; at most 32.
    public var labels: [String: String] = [:]

    /// All defaults.
    public init() {}
}

extension HelmHostSettings: JSONRepresentable {
    static let keys = [
        "chart", "chartRepository", "chartVersion", "namespacePrefix", "kubeContext", "exposure", "nodePortHost",
        "serverAddress", "storageClass", "helmPath", "requestTimeoutSeconds", "installTimeoutSeconds", "helmValues",
        "labels",
    ]

    /// The object with the keys above; those without a value are left out.
    public var json: JSONValue {
        var object: JSONObject = ["chart": .string(chart)]
        object["chartRepository"] = chartRepository.map { .string($0) }
        object["chartVersion"] = chartVersion.map { .string($0) }
        object["namespacePrefix"] = .string(namespacePrefix)
        object["kubeContext"] = kubeContext.map { .string($0) }
        object["exposure"] = .string(exposure.rawValue)
        object["nodePortHost"] = nodePortHost.map { .string($0) }
        object["serverAddress"] = serverAddress.map { .string($0) }
        object["storageClass"] = storageClass.map { .string($0) }
        object["helmPath"] = helmPath.map { .string($0) }
        object["requestTimeoutSeconds"] = .number(JSONNumber(requestTimeoutSeconds))
        object["installTimeoutSeconds"] = .number(JSONNumber(installTimeoutSeconds))
        if !helmValues.isEmpty { object["helmValues"] = .object(helmValues) }
        room.write(to: &object)
        object["labels"] = labels.isEmpty ? nil : .object(JSONObject(sorted: labels))
        return .object(object)
    }

    init(_ json: JSONValue?, at path: String, reader: inout SpecReader) {
        let object = reader.object(json, at: path, known: Self.keys + HostRoomSettings.keys)
        func at(_ key: String) -> String { "\(path).\(key)" }
        chart = reader.string(object["chart"], at: at("chart"), lengthMax: 500) ?? chart
        chartRepository = reader.string(object["chartRepository"], at: at("chartRepository"), lengthMax: 500)
        chartVersion = reader.string(object["chartVersion"], at: at("chartVersion"), lengthMax: 60)
        namespacePrefix =
            reader.string(object["namespacePrefix"], at: at("namespacePrefix"), lengthMax: 20)
            ?? namespacePrefix
        kubeContext = reader.string(object["kubeContext"], at: at("kubeContext"))
        exposure = reader.choice(object["exposure"], at: at("exposure")) ?? exposure
        nodePortHost = reader.string(object["nodePortHost"], at: at("nodePortHost"))
        serverAddress = reader.string(object["serverAddress"], at: at("serverAddress"), lengthMax: 500)
        storageClass = reader.string(object["storageClass"], at: at("storageClass"))
        helmPath = reader.string(object["helmPath"], at: at("helmPath"), lengthMax: 1000)
        requestTimeoutSeconds =
            reader.int(
                object["requestTimeoutSeconds"],
                at: at("requestTimeoutSeconds"),
                in: 1...300
            ) ?? requestTimeoutSeconds
        installTimeoutSeconds =
            reader.int(
                object["installTimeoutSeconds"],
                at: at("installTimeoutSeconds"),
                in: 10...7200
            ) ?? installTimeoutSeconds
        helmValues = reader.freeObject(object["helmValues"], at: at("helmValues"))
        room = HostRoomSettings(object, at: path, reader: &reader)
        labels = reader.strings(object["labels"], at: at("labels"), countMax: 32)
        check(at: path, &reader.errors)
    }

    /// What the types of the fields cannot say.
    private func check(at path: String, _ errors: inout FieldErrors) {
        let invalid = FieldErrorCode.invalidValue
        let isNamed = !chart.contains("/")
        if !isNamed, !chart.hasPrefix("/"), !chart.hasPrefix("oci://") {
            errors.add("\(path).chart", invalid, "must be a chart name, an oci:// reference or an absolute path")
        }
        if chart.hasPrefix("-") || chart.contains(where: \.isWhitespace) {
            errors.add("\(path).chart", invalid, "must not begin with a hyphen or contain spaces")
        }
        if let chartRepository {
            if !isNamed {
                errors.add("\(path).chartRepository", FieldErrorCode.conflict, "only goes with a chart given by name")
            }
            if !chartRepository.isWebAddress {
                errors.add("\(path).chartRepository", invalid, "must begin with https:// or http://")
            }
        }
        if let chartVersion, !chartVersion.isChartVersion {
            errors.add("\(path).chartVersion", invalid, "must be a version such as 0.30.0, without v")
        }
        if !namespacePrefix.isLabelStart {
            errors.add(
                "\(path).namespacePrefix",
                invalid,
                "must begin with a letter and have a-z, 0-9 and hyphens only"
            )
        }
        if let serverAddress, !serverAddress.hasPrefix("https://") || serverAddress.contains(where: \.isWhitespace) {
            errors.add("\(path).serverAddress", invalid, "must begin with https://")
        }
        if let nodePortHost, nodePortHost.contains(where: { $0.isWhitespace || $0 == "/" }) {
            errors.add("\(path).nodePortHost", invalid, "must be a host name or an address, without a scheme")
        }
        if let helmPath, !helmPath.hasPrefix("/") {
            errors.add("\(path).helmPath", invalid, "must be an absolute path on the portal's machine")
        }
    }
}

extension JSONObject {
    /// An object of texts, keys in order.
    init(sorted texts: [String: String]) {
        self.init(texts.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) })
    }
}

extension String {
    fileprivate var isWebAddress: Bool {
        (hasPrefix("https://") || hasPrefix("http://")) && !contains(where: \.isWhitespace)
    }

    /// Semantic Versioning in outline: digits, dots, and a suffix that is safe as a command argument.
    fileprivate var isChartVersion: Bool {
        guard let first = utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789.+-".unicodeScalars.contains(scalar))
        }
    }

    fileprivate var isLabelStart: Bool {
        guard let first = utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
    }
}
