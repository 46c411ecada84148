import Portal
import Yams

/// Prepares the kubeconfig of a vcluster for the people who download it.
struct TenantKubeconfig {
    /// Why the text is no kubeconfig.
    struct Malformed: Error {}

    private let yaml: String

    init(yaml: String) {
        self.yaml = yaml
    }

    /// The same kubeconfig with another server and sensible names; all other keys stay as they are.
    ///
    /// With one cluster, user and context, as the syncer writes it, all three get the name, because kubectl merges
    /// files by these names and `kubernetes` collides with the next vcluster's.
    ///
    /// - Throws: `Malformed`.
    func rewritten(server: String, name: String) throws(Malformed) -> String {
        guard let composed = try? Yams.compose(yaml: yaml), var root = composed.mapping else { throw Malformed() }
        guard var clusters = root["clusters"]?.sequence, !clusters.isEmpty else { throw Malformed() }
        for index in clusters.indices {
            guard var entry = clusters[index].mapping, var cluster = entry["cluster"]?.mapping else {
                throw Malformed()
            }
            cluster["server"] = Node(server)
            entry["cluster"] = .mapping(cluster)
            clusters[index] = .mapping(entry)
        }
        root["clusters"] = .sequence(clusters)
        if root["contexts"]?.sequence?.count == 1, clusters.count == 1, root["users"]?.sequence?.count == 1 {
            rename(to: name, in: &root)
        }
        guard let text = try? Yams.serialize(node: .mapping(root), width: -1) else { throw Malformed() }
        return text
    }

    private func rename(to name: String, in root: inout Node.Mapping) {
        for (list, member) in [("clusters", "cluster"), ("users", "user")] {
            guard var entries = root[list]?.sequence, var entry = entries.first?.mapping else { continue }
            guard entry[member] != nil else { continue }
            entry["name"] = Node(name)
            entries[entries.startIndex] = .mapping(entry)
            root[Node(list)] = .sequence(entries)
        }
        if var contexts = root["contexts"]?.sequence, var entry = contexts.first?.mapping {
            var context = entry["context"]?.mapping ?? Node.Mapping([])
            context["cluster"] = Node(name)
            context["user"] = Node(name)
            entry["context"] = .mapping(context)
            entry["name"] = Node(name)
            contexts[contexts.startIndex] = .mapping(entry)
            root["contexts"] = .sequence(contexts)
        }
        root["current-context"] = Node(name)
    }
}
