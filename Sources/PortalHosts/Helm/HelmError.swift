/// Why a helm command did not do its work.
///
/// `detail` and `command` are for the log: helm's text may name hosts and paths of the portal's machine. What a
/// person reads comes from `HelmErrorClassifier`.
public struct HelmError: Error, Sendable, Equatable {
    /// How the command ended.
    public enum Kind: Sendable, Equatable {
        /// There is no such program, or it is not executable.
        case executableNotFound(String)
        /// The command ran longer than allowed and was killed with all its children.
        case timedOut(after: Duration)
        /// The command ended with a code other than 0.
        case failed(exitCode: Int32)
        /// A signal that the portal did not send ended the command.
        case signalled(Int32)
        /// The files that helm needs could not be written, or the process not be started.
        case notStarted
    }

    /// How the command ended.
    public var kind: Kind
    /// The command's verb, such as `upgrade`.
    public var command: String
    /// The end of helm's standard error, or the reason why it did not start.
    public var detail: String

    /// Creates an error.
    public init(kind: Kind, command: String, detail: String) {
        self.kind = kind
        self.command = command
        self.detail = detail
    }
}

extension HelmError: CustomStringConvertible, CustomDebugStringConvertible {
    /// How the command ended, without helm's text.
    public var description: String { "helm \(command): \(kind)" }

    /// How the command ended, with helm's text.
    public var debugDescription: String { "helm \(command): \(kind): \(detail)" }
}
