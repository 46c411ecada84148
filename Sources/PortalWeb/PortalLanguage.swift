public import Portal

/// The languages of the pages are those a user can choose.
public typealias PortalLanguage = UserLocale
