public import JSON

/// Settings of a host that is only simulated; every key may be left out.
public struct SimulatedHostSettings: Sendable, Hashable {
    /// `capacity`: what the host offers: `{"cpu":"64","memory":"256Gi","storage":"4Ti","gpus":8,"pods":1000}`.
    public var capacity = Capacity()
    /// `nodes`: how many nodes the capacity is spread over, 1 … 1000.
    public var nodes = 3
    /// `latencyMilliseconds`: how long one call takes on average, 0 … 60000; installs take a few of it.
    public var latencyMilliseconds = 300
    /// `failureRate`: how many of all changing calls fail with a transient error, 0 … 1.
    public var failureRate = 0.0
    /// `seed`: makes chance repeatable; the same seed and calls give the same failures and usage.
    public var seed: Int64 = 1
    /// `usage`: how much of their requests vclusters use: `{"curve":"daily","average":0.4,"amplitude":0.3}`.
    public var usage = Usage()
    /// `kubernetesVersion`: what the host says it runs.
    public var kubernetesVersion = "v1.31.0"
    /// `unreachable`: true makes every call fail as if the host were down.
    public var unreachable = false
    /// `namespacePrefix`: what namespaces on the host begin with.
    public var namespacePrefix = "vcluster-"
    /// `overcommit` and `watermarks`: how full the host may become.
    public var room = HostRoomSettings()
    /// `labels`: for people and policies; at most 32.
    public var labels: [String: String] = [:]

    /// What a simulated host offers.
    public struct Capacity: Sendable, Hashable {
        /// `cpu`: cores.
        public var cpu = Quantity(64)
        /// `memory`: bytes.
        public var memory = Quantity(Bytes(256 << 30))
        /// `storage`: bytes.
        public var storage = Quantity(Bytes(4 << 40))
        /// `gpus`: whole GPUs.
        public var gpus = 0
        /// `pods`: pods of all nodes.
        public var pods = 1000

        /// All defaults.
        public init() {}
    }

    /// How much of their requests vclusters use over time.
    public struct Usage: Sendable, Hashable {
        /// `curve`: the shape.
        public var curve = Curve.daily
        /// `average`: the mean share of the requests, 0 … 2.
        public var average = 0.4
        /// `amplitude`: how far the curve leaves the mean, 0 … 1.
        public var amplitude = 0.3

        /// All defaults.
        public init() {}
    }

    /// The shapes of usage.
    public enum Curve: String, Sendable, Hashable, CaseIterable {
        /// Always the mean.
        case constant
        /// A wave over the day, highest in the afternoon.
        case daily
        /// Noise around the mean.
        case random
    }

    /// All defaults.
    public init() {}
}

extension SimulatedHostSettings: JSONRepresentable {
    static let keys = [
        "capacity", "nodes", "latencyMilliseconds", "failureRate", "seed", "usage", "kubernetesVersion", "unreachable",
        "namespacePrefix", "labels",
    ]

    /// The object with the keys above.
    public var json: JSONValue {
        var object: JSONObject = [
            "capacity": [
                "cpu": capacity.cpu.json,
                "memory": capacity.memory.json,
                "storage": capacity.storage.json,
                "gpus": .number(JSONNumber(capacity.gpus)),
                "pods": .number(JSONNumber(capacity.pods)),
            ],
            "nodes": .number(JSONNumber(nodes)),
            "latencyMilliseconds": .number(JSONNumber(latencyMilliseconds)),
            "failureRate": Self.number(failureRate),
            "seed": .number(JSONNumber(seed)),
            "usage": [
                "curve": .string(usage.curve.rawValue),
                "average": Self.number(usage.average),
                "amplitude": Self.number(usage.amplitude),
            ],
            "kubernetesVersion": .string(kubernetesVersion),
            "unreachable": .bool(unreachable),
            "namespacePrefix": .string(namespacePrefix),
        ]
        room.write(to: &object)
        object["labels"] = labels.isEmpty ? nil : .object(JSONObject(sorted: labels))
        return .object(object)
    }

    init(_ json: JSONValue?, at path: String, reader: inout SpecReader) {
        let object = reader.object(json, at: path, known: Self.keys + HostRoomSettings.keys)
        func at(_ key: String) -> String { "\(path).\(key)" }
        capacity = Capacity(object["capacity"], at: at("capacity"), reader: &reader)
        nodes = reader.int(object["nodes"], at: at("nodes"), in: 1...1000) ?? nodes
        latencyMilliseconds =
            reader.int(
                object["latencyMilliseconds"],
                at: at("latencyMilliseconds"),
                in: 0...60_000
            ) ?? latencyMilliseconds
        failureRate = reader.fraction(object["failureRate"], at: at("failureRate"), max: 1) ?? failureRate
        seed = reader.int(object["seed"], at: at("seed"), in: 0...Int.max).map { Int64($0) } ?? seed
        usage = Usage(object["usage"], at: at("usage"), reader: &reader)
        kubernetesVersion =
            reader.string(object["kubernetesVersion"], at: at("kubernetesVersion"), lengthMax: 60)
            ?? kubernetesVersion
        unreachable = reader.bool(object["unreachable"], at: at("unreachable")) ?? unreachable
        namespacePrefix =
            reader.string(object["namespacePrefix"], at: at("namespacePrefix"), lengthMax: 20)
            ?? namespacePrefix
        room = HostRoomSettings(object, at: path, reader: &reader)
        labels = reader.strings(object["labels"], at: at("labels"), countMax: 32)
    }

    private static func number(_ value: Double) -> JSONValue {
        JSONNumber(value).map { .number($0) } ?? .null
    }
}

extension SimulatedHostSettings.Capacity {
    fileprivate init(_ json: JSONValue?, at path: String, reader: inout SpecReader) {
        let object = reader.object(json, at: path, known: ["cpu", "memory", "storage", "gpus", "pods"])
        cpu = reader.quantity(object["cpu"], at: "\(path).cpu") ?? cpu
        memory = reader.quantity(object["memory"], at: "\(path).memory") ?? memory
        storage = reader.quantity(object["storage"], at: "\(path).storage") ?? storage
        gpus = reader.int(object["gpus"], at: "\(path).gpus", in: 0...100_000) ?? gpus
        pods = reader.int(object["pods"], at: "\(path).pods", in: 0...1_000_000) ?? pods
    }
}

extension SimulatedHostSettings.Usage {
    fileprivate init(_ json: JSONValue?, at path: String, reader: inout SpecReader) {
        let object = reader.object(json, at: path, known: ["curve", "average", "amplitude"])
        curve = reader.choice(object["curve"], at: "\(path).curve") ?? curve
        average = reader.fraction(object["average"], at: "\(path).average", max: 2) ?? average
        amplitude = reader.fraction(object["amplitude"], at: "\(path).amplitude", max: 1) ?? amplitude
    }
}

extension SpecReader {
    /// Reads a number from 0 to a bound.
    fileprivate mutating func fraction(_ value: JSONValue?, at path: String, max: Double) -> Double? {
        guard let value, !value.isNull else { return nil }
        guard let number = value.double else {
            errors.add(path, FieldErrorCode.invalidType, "must be a number")
            return nil
        }
        guard (0...max).contains(number) else {
            errors.add(path, FieldErrorCode.outOfRange, "must be between 0 and \(max)")
            return nil
        }
        return number
    }
}
