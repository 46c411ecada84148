/// Where a form may send the reader afterwards: pages of this portal and nothing else.
enum SafePath {
    /// The path when it is one of this portal's pages, else the overview.
    ///
    /// Browsers read `//host`, `/\host` and paths with tabs or line breaks in them as other sites.
    static func page(_ path: String?) -> String {
        let home = Route.homePage.path
        guard let path, path.utf8.count <= WebLimits.Pages.pathBytesMax, path.hasPrefix("/") else { return home }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { return home }
        guard !path.hasPrefix("//"), !path.hasPrefix("/api/"), !path.hasPrefix("/static/") else { return home }
        let bare = path.prefix { $0 != "?" && $0 != "#" }
        return bare == Route.loginPage.path || bare == Route.logoutPage.path ? home : path
    }
}
