import JSON
import Portal
import Postgres
import Testing

struct PortalErrorTests {
    @Test func invalid_namesTheFieldOrTheirNumber() {
        let one = PortalError.invalid("name", FieldErrorCode.required, "must not be empty")
        let two = PortalError.invalid(one.fields + one.fields)

        #expect(one.message == "name: must not be empty")
        #expect(two.message.contains("2 fields"))
        #expect(two.fields.count == 2)
    }

    @Test func wrapping_hidesWhatIsNotForCallers() {
        let secret = PostgresError(.server, "relation secret_table does not exist")
        let lost = PostgresError(.connection, "10.1.2.3 refused")
        let host = HostError(.credentialsRejected, "The host does not accept the credentials.", detail: "10.1.2.3")

        #expect(PortalError(wrapping: secret).code == .internal)
        #expect(!PortalError(wrapping: secret).description.contains("secret_table"))
        #expect(PortalError(wrapping: secret).debugDescription.contains("secret_table"))
        #expect(PortalError(wrapping: lost).code == .unavailable)
        #expect(PortalError(wrapping: lost).retryAfter != nil)
        #expect(PortalError(wrapping: host).extensions["reason"] == "CredentialsRejected")
        #expect(!PortalError(wrapping: host).description.contains("10.1.2.3"))
        #expect(PortalError(wrapping: PortalError.notFound("host")).code == .notFound)
    }

    @Test func fieldErrors_throwEverythingAtOnce() throws {
        var errors = FieldErrors()
        try errors.throwIfAny()
        errors.add("a", FieldErrorCode.required, "must be there")
        errors.add([FieldError(field: "b", code: "X", message: "y")])

        let error = #expect(throws: PortalError.self) { try errors.throwIfAny() }
        #expect(error?.fields.map(\.field) == ["a", "b"])
        #expect(error?.code == .invalidArgument)
    }
}
