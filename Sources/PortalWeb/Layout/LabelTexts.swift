extension [String: String] {
    /// Labels as people write them, `key=value`, in the order of their keys.
    var labelTexts: [String] { sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } }
}
