import Foundation
import HTTPCore
import Portal

@testable import PortalWeb

/// Sample models of forms and error pages.
enum SampleForms {
    static func signIn(_ writer: Localizer, failed: Bool) -> SignInPage {
        SignInPage(
            title: writer.text("signIn.title"),
            next: "/vclusters",
            lang: failed ? writer.language.rawValue : nil,
            errorSummary: failed ? ErrorSummaryModel(title: writer.text("signIn.wrong")) : nil,
            email: FieldModel(
                id: "email",
                name: "email",
                label: writer.text("signIn.email"),
                value: failed ? "mei@acme.example" : "",
                type: "email",
                autocomplete: "username",
                isRequired: true
            ),
            password: FieldModel(
                id: "password",
                name: "password",
                label: writer.text("signIn.password"),
                type: "password",
                autocomplete: "current-password",
                isRequired: true
            ),
            providers: failed ? [] : [.init(href: "/login/oidc/corp?next=%2F", label: "Sign in with Corp")],
            signedOutAt: failed
                ? nil : .init(href: "/login/oidc/corp/logout", label: writer.text("signIn.signOutThere"))
        )
    }

    static func accountLink(_ writer: Localizer, failed: Bool) -> AccountLinkPage {
        AccountLinkPage(
            title: writer.text("accountLink.invitation.title"),
            lead: writer.text("accountLink.invitation.lead", ["name": .text("Mei")]),
            action: "/invitations/abc",
            lang: failed ? writer.language.rawValue : nil,
            errorSummary: failed ? ErrorSummaryModel(title: writer.text("accountLink.failed")) : nil,
            email: FactModel(name: writer.text("signIn.email"), value: "mei@acme.example"),
            password: FieldModel(
                id: "password",
                name: "password",
                label: writer.text("accountLink.password"),
                type: "password",
                hint: writer.text("accountLink.passwordHint", ["count": .text("8")]),
                autocomplete: "new-password",
                isRequired: true
            ).described,
            submit: writer.text("accountLink.submit")
        )
    }

    static func endedLink(_ writer: Localizer) -> AccountLinkEndedPage {
        AccountLinkEndedPage(
            title: writer.text("accountLink.endedTitle"),
            text: writer.text("accountLink.invitation.ended"),
            signIn: LinkModel(href: "/login", label: writer.text("errors.signIn"), isPrimary: true)
        )
    }

    static func error(_ writer: Localizer, full: Bool) -> ErrorPage {
        ErrorPage(
            title: writer.text("errors.notFoundTitle"),
            status: "404 Not Found",
            icon: "search",
            heading: writer.text("errors.notFoundTitle"),
            message: writer.text("errors.message.NOT_FOUND"),
            hint: full ? writer.text("errors.notFoundHint") : nil,
            links: [LinkModel(href: "/", label: writer.text("errors.home"), isPrimary: true)],
            requestID: full ? "0190f3a2b7c4" : nil
        )
    }

    static func blockedWizard(_ writer: Localizer) -> VClusterWizardPage {
        VClusterWizardPage(
            title: writer.text("wizard.title"),
            steps: [],
            errorSummary: nil,
            blocked: EmptyModel(
                icon: "info",
                title: writer.text("wizard.noTenantTitle"),
                text: writer.text("wizard.noTenantText")
            ),
            form: nil
        )
    }

    static func wizard(_ writer: Localizer, step: Int) -> VClusterWizardPage {
        let labels = ["stepTemplate", "stepName", "stepSize", "stepReview"]
        var form = VClusterWizardPage.Form(
            method: step == 3 ? "post" : "get",
            action: "/vclusters/new",
            isPost: step == 3,
            carried: [.init(name: "templateId", value: "blank")],
            backHref: step == 3 ? "/vclusters/new?step=size" : nil,
            backStep: step == 0 || step == 3 ? nil : "template",
            goStep: "name",
            goLabel: writer.text(step == 3 ? "wizard.create" : "wizard.next"),
            isContinue: step != 3
        )
        switch step {
        case 0: form.templateStep = templateStep(writer)
        case 1: form.nameStep = nameStep(writer)
        case 2: form.sizeStep = sizeStep(writer)
        default: form.reviewStep = reviewStep(writer)
        }
        return VClusterWizardPage(
            title: writer.text("wizard.title"),
            steps: labels.enumerated().map { index, label in
                .init(
                    label: writer.text("wizard.\(label)"),
                    href: index < step ? "/vclusters/new?step=\(index)" : nil,
                    isDone: index < step,
                    isCurrent: index == step
                )
            },
            errorSummary: step == 1
                ? ErrorSummaryModel(
                    title: writer.count("wizard.errorsTitle", 2),
                    items: [
                        .init(text: "Name: " + writer.text("fieldError.REQUIRED"), href: "#name"),
                        .init(text: "The host takes no new vclusters.", href: nil),
                    ]
                ) : nil,
            blocked: nil,
            form: form
        )
    }

    private static func templateStep(_ writer: Localizer) -> VClusterWizardPage.TemplateStep {
        .init(
            choices: [
                .init(
                    value: "1",
                    label: "Development",
                    text: "Small, sleeps when nobody uses it.",
                    tags: ["Development", "2 CPU", "4Gi memory"],
                    isSelected: true
                ),
                .init(
                    value: "2",
                    label: "Continuous integration",
                    text: "Short-lived, for pipelines.",
                    tags: ["Test", "4 CPU"],
                    isSelected: false
                ),
                .init(
                    value: "3",
                    label: "Production, highly available",
                    text: "Three replicas on etcd, full isolation.",
                    tags: ["Production", "8 CPU", "32Gi memory"],
                    isSelected: false
                ),
                .init(
                    value: "blank",
                    label: writer.text("wizard.template.blank"),
                    text: nil,
                    tags: [],
                    isSelected: false
                ),
            ],
            error: writer.text("wizard.template.missing")
        )
    }

    private static func nameStep(_ writer: Localizer) -> VClusterWizardPage.NameStep {
        func options(_ keys: [String]) -> [OptionModel] {
            keys.enumerated().map { OptionModel(value: $1, label: writer.text($1), isSelected: $0 == 0) }
        }
        return .init(
            name: FieldModel(
                id: "name",
                name: "name",
                label: writer.text("wizard.name.name"),
                value: "Payments_Dev",
                hint: writer.text("wizard.name.nameHint"),
                maxLength: 40,
                isRequired: true,
                error: writer.text("fieldError.REQUIRED")
            ).described,
            tenant: SelectModel(
                id: "tenantId",
                name: "tenantId",
                label: writer.text("wizard.name.tenant"),
                options: options(["wizard.name.tenantChoose"]),
                hint: writer.text("wizard.name.tenantHint"),
                isRequired: true,
                error: writer.text("fieldError.REQUIRED")
            ).described,
            host: SelectModel(
                id: "hostId",
                name: "hostId",
                label: writer.text("wizard.name.host"),
                options: options(["wizard.name.hostAny"]),
                hint: writer.text("wizard.name.hostHint")
            ).described,
            expires: SelectModel(
                id: "expires",
                name: "expires",
                label: writer.text("wizard.name.expires"),
                options: options(["wizard.expires.never", "wizard.expires.oneDay"]),
                hint: writer.text("wizard.name.expiresHint"),
                optional: writer.text("wizard.optional")
            ).described,
            environment: SelectModel(
                id: "environment",
                name: "environment",
                label: writer.text("wizard.name.environment"),
                options: options(["environment.dev", "environment.test", "environment.prod"]),
                error: writer.text("fieldError.REQUIRED")
            ),
            labels: FieldModel(
                id: "labels",
                name: "labels",
                label: writer.text("wizard.name.labels"),
                value: "team=payments",
                hint: writer.text("wizard.name.labelsHint"),
                error: writer.text("wizard.name.labelsBad", ["line": "x"])
            ).described
        )
    }

    private static func sizeStep(_ writer: Localizer) -> VClusterWizardPage.SizeStep {
        func field(_ name: String, _ placeholder: String) -> FieldModel {
            FieldModel(id: name, name: name, label: writer.text("wizard.size.\(name)"), placeholder: placeholder)
        }
        let amounts = writer.text("wizard.size.amounts", ["cpu": "2", "memory": "4Gi", "storage": "20Gi"])
        return .init(
            presets: ["template", "small", "medium", "large", "custom"].enumerated().map {
                OptionModel(value: $1, label: writer.text("wizard.size.\($1)"), text: amounts, isSelected: $0 == 1)
            },
            groups: [
                .init(
                    kind: "group-custom",
                    title: writer.text("wizard.size.quotaTitle"),
                    hint: writer.text("wizard.size.quotaHint"),
                    fields: [field("cpu", "2"), field("memory", "4Gi"), field("storage", "20Gi"), field("pods", "50")],
                    selects: []
                ),
                .init(
                    kind: "",
                    title: writer.text("wizard.size.controlTitle"),
                    hint: writer.text("wizard.size.controlHint"),
                    fields: [field("replicas", "1"), field("kubernetesVersion", "v1.33.4")],
                    selects: [
                        SelectModel(
                            id: "isolation",
                            name: "isolation",
                            label: writer.text("wizard.size.isolation"),
                            options: ["none", "lite", "full"].map {
                                OptionModel(value: $0, label: writer.text("isolation.\($0)"))
                            }
                        )
                    ]
                ),
            ]
        )
    }

    private static func reviewStep(_ writer: Localizer) -> VClusterWizardPage.ReviewStep {
        .init(parts: [
            .init(
                title: writer.text("wizard.stepTemplate"),
                facts: [FactModel(name: writer.text("wizard.review.start"), value: "Development")],
                editHref: "?step=template"
            ),
            .init(
                title: writer.text("wizard.stepName"),
                facts: [
                    FactModel(name: writer.text("wizard.name.name"), value: "payments-dev"),
                    FactModel(name: writer.text("wizard.name.tenant"), value: "Acme / Engineering / Payments"),
                    FactModel(name: writer.text("wizard.name.host"), value: "berlin-1", tag: writer.text("simulated")),
                ],
                editHref: "?step=name"
            ),
            .init(
                title: writer.text("wizard.stepSize"),
                facts: [
                    FactModel(name: writer.text("wizard.size.quotaTitle"), value: "2 CPU · 4Gi memory · 20Gi storage")
                ],
                editHref: "?step=size"
            ),
        ])
    }
}

/// Sample models of the page of one's own sign-ins.
enum SampleSecurity {
    static func full(_ writer: Localizer) -> SecurityPage {
        page(writer, notices: [notice(seen: false), notice(seen: true)], hasPassword: true, failed: true)
    }

    static func bare(_ writer: Localizer) -> SecurityPage {
        page(writer, notices: [], hasPassword: false, failed: false)
    }

    private static func page(
        _ writer: Localizer,
        notices: [AccountNotice],
        hasPassword: Bool,
        failed: Bool
    ) -> SecurityPage {
        let errors = [
            FieldError(field: "newPassword", code: FieldErrorCode.passwordGuessable, message: "is guessed first"),
            FieldError(field: "currentPassword", code: FieldErrorCode.passwordWrong, message: "is not your password"),
        ]
        return SecurityPage(
            notices: notices,
            sessions: hasPassword ? [session(isCurrent: true), session(isCurrent: false)] : [session(isCurrent: true)],
            owner: hasPassword ? User.sample(signedInAt: SamplePages.now) : User.sample(signedInAt: nil),
            hasPassword: hasPassword,
            next: "/vclusters",
            refused: failed ? RefusedForm("password", QueryItems(), .invalid(errors)) : nil,
            lengthMin: 15,
            writer
        )
    }

    private static func session(isCurrent: Bool) -> UserSession {
        UserSession(
            id: SessionID(),
            createdAt: SamplePages.now.addingTimeInterval(isCurrent ? -600 : -200_000),
            lastSeenAt: SamplePages.now.addingTimeInterval(isCurrent ? 0 : -7_000),
            expiresAt: SamplePages.now.addingTimeInterval(40_000),
            clientAddress: isCurrent ? "203.0.113.7" : "2001:db8::7",
            userAgent: isCurrent ? "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" : "",
            provider: isCurrent ? nil : "corp",
            isCurrent: isCurrent
        )
    }

    private static func notice(seen: Bool) -> AccountNotice {
        let failures = FailedSignIns(
            count: 3,
            refused: 2,
            firstAt: SamplePages.now.addingTimeInterval(-7200),
            lastAt: SamplePages.now.addingTimeInterval(-3600),
            addresses: ["203.0.113.7", "2001:db8::7"],
            lockOuts: 1
        )
        return AccountNotice(
            id: AccountNoticeID(),
            createdAt: SamplePages.now.addingTimeInterval(-60),
            seenAt: seen ? SamplePages.now : nil,
            failures: failures
        )
    }
}

extension User {
    fileprivate static func sample(signedInAt: Date?) -> User {
        User(
            id: UserID(),
            email: "mei@acme.example",
            name: "Mei Lin",
            createdAt: SamplePages.now,
            signedInAt: signedInAt
        )
    }
}
