public import Portal

/// Who acts in a test: one of the people of `TestOrganization`.
public enum TestPersona: String, CaseIterable, Sendable {
    /// `admin` at the root.
    case admin
    /// `manager` of Engineering.
    case manager
    /// `member` of Payments.
    case member
    /// `viewer` of Payments.
    case viewer
    /// `member` of Data, to whom nothing in Engineering exists.
    case stranger
    /// `auditor` at the root.
    case auditor
    /// `finance` at the root.
    case finance
    /// An account without any role.
    case nobody

    /// The address of the account.
    public var email: String { "\(rawValue)@acme.example" }
}

extension TestOrganization {
    /// The caller behind a persona, for calls of services.
    public func caller(_ persona: TestPersona) -> Caller {
        switch persona {
        case .admin: admin
        case .manager: manager
        case .member: member
        case .viewer: viewer
        case .stranger: stranger
        case .auditor: auditor
        case .finance: finance
        case .nobody: nobody
        }
    }
}
