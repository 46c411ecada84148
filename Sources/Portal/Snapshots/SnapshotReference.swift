import JSON

/// The snapshot that an operation is about, as its parameters keep it.
struct SnapshotReference: Sendable, Hashable {
    /// The snapshot.
    var id: SnapshotID
    /// Its name, for the audit log: the snapshot may be gone when somebody reads that.
    var name: String
    /// Its state before the operation: where a cancellation goes back to while nothing was begun.
    var previousState: Snapshot.State

    init(_ snapshot: Snapshot) {
        id = snapshot.id
        name = snapshot.name
        previousState = snapshot.state
    }

    /// Reads what `json` wrote; nil for anything else.
    init?(stored json: JSONValue?) {
        guard let id = json?["id"]?.string.flatMap(SnapshotID.init), let name = json?["name"]?.string,
            let state = json?["previousState"]?.string.flatMap(Snapshot.State.init(rawValue:))
        else { return nil }
        self.id = id
        self.name = name
        previousState = state
    }

    var json: JSONValue {
        [
            "id": .string(id.description), "name": .string(name), "previousState": .string(previousState.rawValue),
        ]
    }
}
