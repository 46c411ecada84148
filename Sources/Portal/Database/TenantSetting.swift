import Postgres

/// The setting that row-level security reads: `*`, or the tenants whose subtrees are visible, as an array of ids.
///
/// Where it is not set, nothing is visible.
enum TenantSetting {
    private static let name = PostgresSetting.Name("portal", "scope")

    /// Everything.
    static let everything = PostgresSetting(name, "*")

    /// What a caller sees.
    static func value(of caller: Caller) -> PostgresSetting {
        let seesAll = caller.isSystem || caller.bindings.contains(where: \.isAtRoot)
        return seesAll ? everything : PostgresSetting(name, caller.boundRoots.postgresText ?? "{}")
    }
}
