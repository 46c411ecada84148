/// What the audit log tells about, as `noun.verb`, in the order in which a reader chooses from them.
public enum AuditVerb: String, Sendable, Hashable, CaseIterable {
    case vclusterCreate = "vcluster.create"
    case vclusterAdopt = "vcluster.adopt"
    case vclusterUpdate = "vcluster.update"
    case vclusterLabel = "vcluster.label"
    case vclusterScale = "vcluster.scale"
    case vclusterSuspend = "vcluster.suspend"
    case vclusterResume = "vcluster.resume"
    case vclusterSnapshot = "vcluster.snapshot"
    case vclusterDeleteSnapshot = "vcluster.deleteSnapshot"
    case vclusterRestore = "vcluster.restore"
    case vclusterDelete = "vcluster.delete"
    case vclusterUndelete = "vcluster.undelete"
    case vclusterPurge = "vcluster.purge"
    case vclusterKubeconfig = "vcluster.kubeconfig"

    case operationCancel = "operation.cancel"

    case tenantCreate = "tenant.create"
    case tenantRename = "tenant.rename"
    case tenantMove = "tenant.move"
    case tenantArrive = "tenant.arrive"
    case tenantArchive = "tenant.archive"
    case tenantUnarchive = "tenant.unarchive"
    case tenantDelete = "tenant.delete"

    case memberAdd = "member.add"
    case memberRemove = "member.remove"

    case quotaSet = "quota.set"
    case quotaLend = "quota.lend"
    case quotaReturn = "quota.return"
    case quotaRepair = "quota.repair"

    case accessRuleCreate = "accessRule.create"
    case accessRuleUpdate = "accessRule.update"
    case accessRuleDelete = "accessRule.delete"

    case roleCreate = "role.create"
    case roleUpdate = "role.update"
    case roleDelete = "role.delete"

    case groupCreate = "group.create"
    case groupUpdate = "group.update"
    case groupDelete = "group.delete"
    case groupAddMember = "group.addMember"
    case groupRemoveMember = "group.removeMember"

    case userCreate = "user.create"
    case userInvite = "user.invite"
    case userResendInvitation = "user.resendInvitation"
    case userRevokeInvitation = "user.revokeInvitation"
    case userAcceptInvitation = "user.acceptInvitation"
    case userUpdate = "user.update"
    case userDisable = "user.disable"
    case userEnable = "user.enable"
    case userChangePassword = "user.changePassword"
    case userResetPassword = "user.resetPassword"
    case userLinkProvider = "user.linkProvider"
    case userLockOut = "user.lockOut"
    case userUnlock = "user.unlock"

    case sessionStart = "session.start"
    case sessionEnd = "session.end"

    case tokenCreate = "token.create"
    case tokenRevoke = "token.revoke"

    case serviceAccountCreate = "serviceAccount.create"
    case serviceAccountUpdate = "serviceAccount.update"
    case serviceAccountDelete = "serviceAccount.delete"

    case certificateAdd = "certificate.add"
    case certificateRemove = "certificate.remove"

    case approvalPolicyCreate = "approvalPolicy.create"
    case approvalPolicyUpdate = "approvalPolicy.update"
    case approvalPolicyDelete = "approvalPolicy.delete"

    case requestFile = "request.file"
    case requestApprove = "request.approve"
    case requestReject = "request.reject"
    case requestComment = "request.comment"
    case requestCancel = "request.cancel"
    case requestExpire = "request.expire"

    case hostCreate = "host.create"
    case hostUpdate = "host.update"
    case hostRotateKey = "host.rotateKey"
    case hostDelete = "host.delete"

    case templateCreate = "template.create"
    case templateUpdate = "template.update"
    case templateDelete = "template.delete"
}

extension OperationVerb {
    /// What the audit log tells when somebody asks for it.
    var auditVerb: AuditVerb {
        switch self {
        case .create: .vclusterCreate
        case .adopt: .vclusterAdopt
        case .suspend: .vclusterSuspend
        case .resume: .vclusterResume
        case .scale: .vclusterScale
        case .update: .vclusterUpdate
        case .delete: .vclusterDelete
        case .undelete: .vclusterUndelete
        case .purge: .vclusterPurge
        case .snapshot: .vclusterSnapshot
        case .restore: .vclusterRestore
        case .deleteSnapshot: .vclusterDeleteSnapshot
        }
    }
}

extension ApprovalEntry.Kind {
    /// What the audit log tells when somebody does it.
    var auditVerb: AuditVerb {
        switch self {
        case .approve: .requestApprove
        case .reject: .requestReject
        case .comment: .requestComment
        case .cancel: .requestCancel
        }
    }
}
