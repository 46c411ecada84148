import HTTPCore
import Portal

/// Makes the inputs of a form: with what is typed in them, what they are called, and what is wrong with them.
struct FormFields: Sendable {
    /// What is typed.
    let input: QueryItems
    /// Why it was refused; nil when it was not.
    let refused: RefusedForm?
    /// What the ids of the inputs begin with; the rest is the name.
    let id: String
    /// Where the texts are: the label of an input as its name, the hint as its name with `Hint`.
    let texts: String
    let writer: Localizer

    /// An input of one line, or of several.
    ///
    /// - Parameters:
    ///   - name: The name of the input.
    ///   - label: What it is called; nil for the text of its name.
    ///   - type: The type of the input (HTML, 4.10.5).
    ///   - lengthMax: How many characters it takes.
    ///   - isRequired: Whether it has to be filled in.
    ///   - error: The field of the domain's errors; nil when it has the name of the input.
    /// - Returns: The input with what is typed in it.
    func field(
        _ name: String,
        label: String? = nil,
        type: String = "text",
        lengthMax: Int? = nil,
        isRequired: Bool = false,
        error: String? = nil
    ) -> FieldModel {
        FieldModel(
            id: id(of: name),
            name: name,
            label: label ?? self.label(name),
            value: input.text(name),
            type: type,
            hint: hint(name),
            autocomplete: "off",
            maxLength: lengthMax,
            isRequired: isRequired,
            error: problem(error ?? name)
        ).described
    }

    /// A list of choices.
    ///
    /// What is chosen but not offered, because the reader does not see it, stays chosen as something unknown: saving the
    /// form changes nothing that nobody touched.
    ///
    /// - Parameters:
    ///   - name: The name of the input.
    ///   - options: What can be chosen.
    ///   - problem: What is wrong with it.
    /// - Returns: The list with what is chosen of it.
    func select(
        _ name: String,
        _ options: [(value: String, label: String)],
        problem: String?
    ) -> SelectModel {
        let chosen = input.text(name)
        var options = options
        if !chosen.isEmpty, !options.contains(where: { $0.value == chosen }) {
            options.append((chosen, writer.text("form.unknown")))
        }
        return SelectModel(
            id: id(of: name),
            name: name,
            label: label(name),
            options: options.map { OptionModel(value: $0.value, label: $0.label, isSelected: $0.value == chosen) },
            hint: hint(name),
            error: problem
        ).described
    }

    /// Boxes to tick.
    ///
    /// What is ticked but not offered, because it is gone or the reader does not see it, stays ticked as something unknown:
    /// without its box, saving the form would drop a condition and change what everything else means.
    ///
    /// - Parameters:
    ///   - group: What they are called together.
    ///   - name: The name of each input.
    ///   - options: The boxes.
    ///   - isSmall: Whether their labels are short, so that many stand in a line.
    ///   - error: The field of the domain's errors.
    /// - Returns: The boxes with what is ticked of them.
    func boxes(
        _ group: String,
        name: String,
        _ options: [(value: String, label: String)],
        isSmall: Bool = true,
        error: String
    ) -> BoxesModel {
        let ticked = Set(input.all(named: name))
        let unknown = ticked.subtracting(options.map(\.value)).sorted()
        return BoxesModel(
            id: id(of: group),
            name: name,
            legend: label(group),
            hint: hint(group),
            options: options.map {
                OptionModel(value: $0.value, label: $0.label, isSelected: ticked.contains($0.value))
            } + unknown.map { OptionModel(value: $0, label: writer.text("form.unknown"), isSelected: true) },
            error: problem(error),
            isSmall: isSmall
        )
    }

    /// What is wrong with a field or with a part of it, such as one label.
    func problem(_ field: String) -> String? {
        let error = refused?.error.fields.first { $0.field == field || $0.field.isPart(of: field) }
        return error.map { writer.text($0) }
    }

    /// The errors, each with the label of its field: there are many, and most of them say the same when they are empty.
    ///
    /// - Parameter names: The names of the inputs by the fields of the domain's errors.
    /// - Returns: nil when nothing was refused.
    func summary(_ names: [String: String]) -> ErrorSummaryModel? {
        guard let refused else { return nil }
        func name(of field: String) -> String? {
            if let name = names[field] { return name }
            return names.keys.filter { field.isPart(of: $0) }.max { $0.count < $1.count }.flatMap { names[$0] }
        }
        var summary = refused.summary([:], writer)
        summary.items = refused.error.fields.map { error in
            let text = writer.text(error)
            guard let name = name(of: error.field) else { return .init(text: text) }
            let labelled = writer.text("form.problem", ["field": .text(label(name)), "text": .text(text)])
            return .init(text: labelled, href: "#\(id(of: name))")
        }
        return summary
    }

    private func id(of name: String) -> String { "\(id)-\(name)" }

    /// Inputs that there are several of, such as `quorum-0` and `quorum-1`, share the texts of the first part.
    private func key(_ name: String) -> String { "\(texts).\(name.prefix { $0 != "-" })" }

    /// Where the name itself is a group of texts, the label is beside it.
    private func label(_ name: String) -> String {
        writer.textIfPresent(key(name) + "Label") ?? writer.text(key(name))
    }

    private func hint(_ name: String) -> String? { writer.textIfPresent(key(name) + "Hint") }
}

extension String {
    /// Whether a field of an error is inside of another, such as `labels["tier"]` of `labels`.
    fileprivate func isPart(of field: String) -> Bool {
        hasPrefix(field + ".") || hasPrefix(field + "[")
    }
}
