/// The reader's own API tokens, and the form for another one.
struct OwnTokensPage: PageModel {
    static let template = "account/tokens"

    let title: String
    /// A token that was just made and is shown this once.
    let secret: SecretModel?
    let tokens: [TokenRow]
    let pager: VClusterListPage.Pager?
    /// nil for somebody without a role, for whom a token could do nothing.
    let form: TokenForm?
    let empty: EmptyModel?
}
