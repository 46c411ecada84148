/// What a statement wants the setting of its session to be.
enum SettingDemand: Sendable, Hashable {
    /// It does not matter.
    case any
    /// As it was after the connect.
    case initial
    /// This one.
    case value(PostgresSetting)
}

/// What is known about the setting of a session; see `PostgresSetting`.
///
/// A value that was set inside a transaction is undone with it, and one of an exchange that failed may have been. Nothing
/// is assumed then, and the next statement brings its setting along.
struct SettingState: Sendable {
    private enum Value: Hashable {
        case initial
        case value(String)
        case unknown
    }

    /// The name that was set last; nil while none was.
    private var name: PostgresSetting.Name?
    private var value = Value.initial
    private var isUncommitted = false

    /// The statement that has to go ahead to meet a demand; nil when it is met.
    func change(to demand: SettingDemand) -> SQL? {
        switch demand {
        case .any: nil
        case .initial: value == .initial ? nil : name?.reset
        case .value(let wanted): name == wanted.name && value == .value(wanted.value) ? nil : wanted.assignment
        }
    }

    /// Notes that the change to a demand was executed.
    mutating func changed(to demand: SettingDemand, inTransaction: Bool) {
        switch demand {
        case .any: return
        case .initial: value = .initial
        case .value(let setting): (name, value) = (setting.name, .value(setting.value))
        }
        isUncommitted = inTransaction
    }

    /// Notes that the change to a demand was sent, and that nobody knows what became of it.
    mutating func lost(_ demand: SettingDemand) {
        if case .value(let setting) = demand { name = setting.name }
        value = .unknown
    }

    /// Notes that a transaction, or the part of one since a savepoint, was rolled back.
    mutating func rolledBack() {
        guard isUncommitted else { return }
        value = .unknown
        isUncommitted = false
    }

    /// Notes that a transaction was committed: what it set stays.
    mutating func committed() {
        isUncommitted = false
    }

    /// Notes that the server has brought every setting back to what it was after the connect.
    mutating func reset() {
        value = .initial
        isUncommitted = false
    }
}
