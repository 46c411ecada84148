/// The routes of all pages.
enum PageRoutes {
    static func register(on router: inout Router) {
        SignInHandlers.register(on: &router)
        AccountLinkHandlers.register(on: &router)
        ProviderHandlers.register(on: &router)
        SecurityPageHandlers.register(on: &router)
        DashboardHandlers.register(on: &router)
        VClusterListHandlers.register(on: &router)
        VClusterWizardHandlers.register(on: &router)
        VClusterHandlers.register(on: &router)
        OperationHandlers.register(on: &router)
        TenantListHandlers.register(on: &router)
        TenantPageHandlers.register(on: &router)
        TenantMoveHandlers.register(on: &router)
        TenantQuotaHandlers.register(on: &router)
        TenantLoanHandlers.register(on: &router)
        TenantAccessHandlers.register(on: &router)
        UserListHandlers.register(on: &router)
        UserHandlers.register(on: &router)
        RoleHandlers.register(on: &router)
        HostPageHandlers.register(on: &router)
        AuditPageHandlers.register(on: &router)
    }
}
