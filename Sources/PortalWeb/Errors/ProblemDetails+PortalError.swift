import Portal

extension ProblemDetails {
    /// The problem as a domain error, for the error page; HTTP's own codes take the nearest one.
    var portalError: PortalError {
        PortalError(PortalError.Code(rawValue: code.rawValue) ?? .invalidArgument, detail, fields: errors)
    }
}
