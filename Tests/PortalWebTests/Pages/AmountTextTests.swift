import Portal
import Testing

@testable import PortalWeb

struct AmountTextTests {
    @Test(arguments: [
        (QuotaDimension.cpu, 85_420, "85.42"), (.cpu, 24_000, "24"), (.cpu, 500, "0.5"), (.cpu, 0, "0"),
        (.vclusters, 1_234, "1,234"), (.memory, 256_662 << 20, "250.64Gi"), (.memory, 16 << 30, "16Gi"),
        (.storage, 3 << 39, "1.5Ti"), (.storage, 512, "512"), (.snapshotStorage, (1 << 30) - 1, "1,023.99Mi"),
    ])
    func readable_isShortAndNeverTooMuch(dimension: QuotaDimension, amount: Int, text: String) {
        #expect(dimension.readable(Int64(amount)) == text)
    }
}
