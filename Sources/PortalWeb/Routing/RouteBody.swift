/// What a route takes as the body of an unsafe request, which decides how large it may be.
public enum RouteBody: Sendable {
    /// The document or form of somebody who is signed in.
    case ordinary
    /// A few short fields of somebody who is not: strangers shall not make the server hold much.
    case credentials

    /// Most bytes; more is answered 413, without reading them when their number is announced.
    func bytesMax(in limits: WebLimits) -> Int {
        switch self {
        case .ordinary: limits.bodyBytesMax
        case .credentials: min(limits.credentialsBytesMax, limits.bodyBytesMax)
        }
    }
}
