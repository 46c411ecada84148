/// What a verification of a hash chain found.
public struct AuditVerification: Sendable, Hashable {
    /// The chain.
    public let chain: Int
    /// How many rows were right before the end or the first finding.
    public let rows: Int64
    /// The first row that is not as it was written; nil when all are.
    public let broken: Finding?

    /// A row that is not as it was written.
    public struct Finding: Sendable, Hashable {
        /// Its place in the chain.
        public let sequence: Int64
        /// What is wrong.
        public let problem: Problem
    }

    /// What can be wrong with a row.
    public enum Problem: String, Sendable, Hashable {
        /// The row at this place is missing.
        case rowMissing
        /// It names another predecessor than the row before it.
        case predecessorChanged
        /// Its fields do not have the hash that was written.
        case contentChanged
        /// The head of the chain has another hash than the last row.
        case headChanged
        /// The chain has no head.
        case headMissing
    }

    /// True when every row is as it was written.
    public var isIntact: Bool { broken == nil }
}

/// Walks a chain row by row: pure, so that every finding can be tested without breaking a database.
struct AuditChainWalk {
    private(set) var sequence: Int64 = 0
    private(set) var broken: AuditVerification.Finding?
    private var hash = [UInt8](repeating: 0, count: 32)

    /// What the walk needs of a row.
    struct Row {
        var sequence: Int64
        /// The hash of the fields as they are now.
        var content: [UInt8]
        var previousHash: [UInt8]
        var hash: [UInt8]
    }

    /// Looks at the next row; `head` is the end of the chain as it was when the walk began.
    mutating func step(_ row: Row, head: (sequence: Int64, hash: [UInt8])) {
        guard row.sequence == sequence + 1 else { return find(.rowMissing, at: sequence + 1) }
        guard row.previousHash == hash else { return find(.predecessorChanged, at: row.sequence) }
        let expected = AuditContent.rowHash(previous: hash, sequence: row.sequence, content: row.content)
        guard row.hash == expected else { return find(.contentChanged, at: row.sequence) }
        guard row.sequence != head.sequence || row.hash == head.hash else {
            return find(.headChanged, at: row.sequence)
        }
        sequence = row.sequence
        hash = row.hash
    }

    /// The verdict after the last row.
    func finish(chain: Int, headSequence: Int64) -> AuditVerification {
        var finding = broken
        if finding == nil, sequence < headSequence { finding = .init(sequence: sequence + 1, problem: .rowMissing) }
        return AuditVerification(chain: chain, rows: sequence, broken: finding)
    }

    private mutating func find(_ problem: AuditVerification.Problem, at sequence: Int64) {
        broken = AuditVerification.Finding(sequence: sequence, problem: problem)
    }
}
