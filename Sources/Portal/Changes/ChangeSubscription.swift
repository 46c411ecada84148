/// What one subscriber hears of the feed, for one reader; the stream ends when the last value of it is released.
public struct ChangeSubscription: AsyncSequence, Sendable {
    private let stream: AsyncStream<ChangeFeedItem>
    private let renewal: Renewal

    /// Passes on whom the stream is for, without keeping it open.
    public struct Renewal: Sendable {
        fileprivate let id: UInt64
        fileprivate weak let feed: ChangeFeed?

        /// Goes on with what the caller may see now.
        ///
        /// With other roles than before a `.reset` is next: what the caller sees now may have changed unheard. Changes
        /// that wait in the buffer were filtered for the caller of before; `ChangeFilter.view` does it again.
        public func callAsFunction(_ caller: Caller) { feed?.renew(id, as: caller) }
    }

    init(stream: AsyncStream<ChangeFeedItem>, id: UInt64, feed: ChangeFeed) {
        self.stream = stream
        renewal = Renewal(id: id, feed: feed)
    }

    /// Tells the feed who the caller is now.
    public var renew: Renewal { renewal }

    /// Reads the items in their order; it never throws.
    public func makeAsyncIterator() -> AsyncStream<ChangeFeedItem>.AsyncIterator { stream.makeAsyncIterator() }
}
