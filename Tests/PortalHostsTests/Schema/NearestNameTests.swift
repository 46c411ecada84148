import Testing

@testable import PortalHosts

struct NearestNameTests {
    @Test(arguments: [
        ("replica", "replicas"), ("REPLICAS", "replicas"), ("enbaled", "enabled"), ("statefulset", "statefulSet"),
        ("imgae", "image"),
    ])
    func match_findsTyposAndSwaps(name: String, expected: String) {
        #expect(NearestName.match(for: name, in: ["replicas", "enabled", "statefulSet", "image"]) == expected)
    }

    @Test(arguments: ["completelyOther", "xy", ""])
    func match_answersNothingForOtherWords(name: String) {
        #expect(NearestName.match(for: name, in: ["replicas", "enabled"]) == nil)
    }

    @Test func match_breaksTiesByTheAlphabet() {
        #expect(NearestName.match(for: "abx", in: ["abz", "aby"]) == "aby")
    }

    @Test(arguments: [("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3)])
    func distance_countsEdits(left: String, right: String, expected: Int) {
        #expect(NearestName.distance(Array(left), Array(right)) == expected)
        #expect(NearestName.distance(Array(right), Array(left)) == expected)
    }
}
