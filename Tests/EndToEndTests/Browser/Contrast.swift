import JSON

/// The contrast of visible text against what is behind it (WCAG 2.2, success criterion 1.4.3).
enum Contrast {
    /// Texts with less than 4.5:1, or 3:1 for large ones, as `element: ratio: text`.
    ///
    /// Colours are painted on a canvas and read back, because their computed form may be in any colour space.
    static func tooLow(in browser: WebDriver) async throws -> [String] {
        try await browser.run(script).array?.compactMap(\.string) ?? []
    }

    private static let script = """
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 1;
        const paint = canvas.getContext("2d", { willReadFrequently: true });

        const components = (color) => {
          paint.clearRect(0, 0, 1, 1);
          paint.fillStyle = color;
          paint.fillRect(0, 0, 1, 1);
          const [red, green, blue, alpha] = paint.getImageData(0, 0, 1, 1).data;
          return [red, green, blue, alpha / 255];
        };
        const over = (front, back) => [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);

        const background = (element) => {
          const layers = [];
          for (let node = element; node; node = node.parentElement) {
            layers.unshift(components(getComputedStyle(node).backgroundColor));
            if (layers[0][3] === 1) break;
          }
          const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
          const page = isDark ? [0, 0, 0, 1] : [255, 255, 255, 1];
          return layers.reduce((below, layer) => over(layer, below), page);
        };

        // Relative luminance of sRGB.
        const luminance = (color) => {
          const linear = color.slice(0, 3).map((value) => value / 255)
            .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
          return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
        };

        const found = [];
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
          const text = texts.currentNode.data.trim();
          const element = texts.currentNode.parentElement;
          const isVisible = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
          if (!text || !isVisible || element.closest(".visually-hidden, .skip, script, noscript, :disabled")) continue;
          const style = getComputedStyle(element);
          const behind = background(element);
          const pair = [luminance(over(components(style.color), behind)), luminance(behind)];
          const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
          const size = parseFloat(style.fontSize);
          const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
          if (ratio < (isLarge ? 3 : 4.5)) {
            found.push(`${element.tagName}.${element.className}: ${ratio.toFixed(2)}: ${text.slice(0, 40)}`);
          }
        }
        return found;
        """
}
