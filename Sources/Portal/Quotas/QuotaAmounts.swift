public import JSON
import Postgres

/// Amounts of every dimension in base units; what is not mentioned is zero.
///
/// Also a difference of two: then amounts may be negative.
public struct QuotaAmounts: Sendable, Hashable {
    /// The built-in dimensions in their order; always seven.
    private(set) var builtIn: [Int64]
    /// Extended resources by name, none of them zero.
    private(set) var extended: [String: Int64]

    /// Nothing of anything.
    public static let zero = QuotaAmounts()

    /// Makes amounts.
    public init(_ amounts: [QuotaDimension: Int64] = [:]) {
        builtIn = Array(repeating: 0, count: QuotaDimension.builtIn.count)
        extended = [:]
        for (dimension, amount) in amounts { self[dimension] = amount }
    }

    /// The amount of a dimension.
    public subscript(dimension: QuotaDimension) -> Int64 {
        get {
            if case .extended(let name) = dimension { return extended[name] ?? 0 }
            return dimension.index.map { builtIn[$0] } ?? 0
        }
        set {
            if case .extended(let name) = dimension {
                extended[name] = newValue == 0 ? nil : newValue
            } else if let index = dimension.index {
                builtIn[index] = newValue
            }
        }
    }

    /// The dimensions whose amount is not zero, in order.
    public var dimensions: [QuotaDimension] {
        QuotaDimension.builtIn.filter { self[$0] != 0 }
            + extended.keys.sorted().map { QuotaDimension.extended($0) }
    }

    /// True when there is nothing of anything.
    public var isZero: Bool { self == .zero }

    /// The larger of the two in every dimension.
    public func largest(_ other: QuotaAmounts) -> QuotaAmounts {
        combined(with: other, by: max)
    }

    /// Only what a suspended vcluster keeps.
    public var keptBySuspension: QuotaAmounts {
        var kept = self
        for dimension in dimensions where dimension.isReleasedBySuspension { kept[dimension] = 0 }
        return kept
    }

    /// The sum, dimension by dimension.
    public static func + (left: Self, right: Self) -> Self {
        left.combined(with: right, by: +)
    }

    /// The difference, dimension by dimension.
    public static func - (left: Self, right: Self) -> Self {
        left.combined(with: right, by: -)
    }

    private func combined(with other: QuotaAmounts, by operation: (Int64, Int64) -> Int64) -> QuotaAmounts {
        var result = self
        for dimension in Set(dimensions).union(other.dimensions) {
            result[dimension] = operation(self[dimension], other[dimension])
        }
        return result
    }
}

extension QuotaAmounts {
    /// Reads an array of the built-in dimensions and an object of the extended ones, as they are stored.
    init(stored array: [Int64], extended object: JSONValue) {
        self.init()
        for (dimension, amount) in zip(QuotaDimension.builtIn, array) { self[dimension] = amount }
        for (name, amount) in object.object ?? JSONObject() { self[.extended(name)] = amount.int ?? 0 }
    }

    /// The extended resources as they are stored.
    var extendedJSON: JSONValue {
        .object(JSONObject(extended.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }))
    }
}

extension QuotaAmounts: JSONRepresentable {
    /// An object with a member per dimension that is not zero, in the units of the API.
    public var json: JSONValue {
        .object(JSONObject(dimensions.map { ($0.name, $0.json(self[$0])) }))
    }
}
