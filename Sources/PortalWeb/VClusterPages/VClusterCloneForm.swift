import HTTPCore
import JSON
import Portal

/// The copy of a vcluster as a form: a name, and a DNS name when the original has an ingress.
enum VClusterCloneForm {
    /// What a refusal of it is called.
    static let name = "clone"

    /// The fields are named as in the API, so that its errors find them.
    private static let nameField = "name"
    private static let ingressField = "spec.exposure.ingress.host"

    /// What the domain is asked for.
    static func copy(_ form: QueryItems) -> VClusterCopy {
        var copy = VClusterCopy(name: form.first(named: nameField) ?? "")
        if let host = form.first(named: ingressField) {
            copy.spec = ["exposure": ["ingress": ["host": .string(host)]]]
        }
        return copy
    }

    /// The form with the original's name and `-copy` proposed, as far as names may be long.
    static func model(of original: VCluster, _ refused: RefusedForm?, _ writer: Localizer) -> MenuFormModel {
        let end = "-copy"
        let proposal = String(original.name.prefix(NewVCluster.nameLengthMax - end.count)) + end
        var fields = [
            FieldModel(
                id: "clone-name",
                name: nameField,
                label: writer.text("wizard.name.name"),
                value: proposal,
                hint: writer.text("wizard.name.nameHint"),
                autocomplete: "off",
                maxLength: NewVCluster.nameLengthMax,
                isRequired: true
            ).described
        ]
        if let ingress = original.spec.exposure.ingress {
            fields.append(
                FieldModel(
                    id: "clone-ingress",
                    name: ingressField,
                    label: writer.text("actions.cloneIngress"),
                    value: "",
                    hint: writer.text("actions.cloneIngressHint", ["host": .text(ingress.host)]),
                    autocomplete: "off",
                    isRequired: true
                ).described
            )
        }
        return MenuFormModel(
            summary: writer.text("actions.clone"),
            icon: "copy",
            action: Route.vclusterPageAction(.clone, original.id).path,
            submit: writer.text("actions.cloneSubmit"),
            text: writer.text("actions.cloneText", ["tenant": .text(original.tenantName)]),
            fields: fields
        ).refused(refused, named: name, writer)
    }
}
