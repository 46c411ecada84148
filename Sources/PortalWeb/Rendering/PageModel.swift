/// A view model: plain values, ready to be shown, for one template.
protocol PageModel: Sendable {
    /// The template that shows the page.
    static var template: String { get }

    /// The title of the page in the browser's tab, without the name of the product.
    var title: String { get }
}
