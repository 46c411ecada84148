/// Who holds a role: what a role binding is made for.
public enum RoleSubject: Sendable, Hashable {
    /// A person or a service account.
    case user(UserID)
    /// Everybody in a group.
    case group(GroupID)
    /// An API token, besides what its owner may do.
    case token(TokenID)

    /// What kind it is, as the API calls it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// See `RoleSubject.user`.
        case user
        /// See `RoleSubject.group`.
        case group
        /// See `RoleSubject.token`.
        case token
    }

    /// What kind it is.
    public var kind: Kind {
        switch self {
        case .user: .user
        case .group: .group
        case .token: .token
        }
    }

    /// The id as text.
    public var id: String {
        switch self {
        case .user(let id): id.description
        case .group(let id): id.description
        case .token(let id): id.description
        }
    }

    var userID: UserID? { if case .user(let id) = self { id } else { nil } }
    var groupID: GroupID? { if case .group(let id) = self { id } else { nil } }
    var tokenID: TokenID? { if case .token(let id) = self { id } else { nil } }
}
