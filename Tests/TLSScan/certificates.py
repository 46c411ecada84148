"""Makes the certificates of scripts/test-tls: certificates.py FOLDER

An authority, two server certificates (RSA and ECDSA) for localhost, and clients of every kind that has to be let in or
refused, with a revocation list. Needs the package `cryptography`, which sslyze brings along.
"""

import datetime
import ipaddress
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
PEM = serialization.Encoding.PEM
folder = pathlib.Path(sys.argv[1])


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def save(file, certificate, key):
    (folder / f"{file}.pem").write_bytes(certificate.public_bytes(PEM))
    private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{file}.key").write_bytes(private)


class Authority:
    def __init__(self, text):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = name(text)
        builder = self.builder(text, self.key, NOW - DAY, NOW + 90 * DAY)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self.certificate = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def builder(self, text, key, start, end):
        return (
            x509.CertificateBuilder()
            .subject_name(name(text))
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
        )

    def issue(self, file, text, names, purpose, key=None, start=NOW - DAY, end=NOW + 60 * DAY):
        key = key or ec.generate_private_key(ec.SECP256R1())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        certificate = (
            self.builder(text, key, start, end)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        save(file, certificate, key)
        return certificate

    def revoke(self, file, *certificates):
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name)
        builder = builder.last_update(NOW - DAY).next_update(NOW + 7 * DAY)
        for certificate in certificates:
            entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(NOW - DAY).build())
        (folder / file).write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(PEM))


authority = Authority("Test authority")
save("ca", authority.certificate, authority.key)
hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
server, client = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
authority.issue("server-ec", "localhost", hosts, server)
authority.issue("server-rsa", "localhost", hosts, server, rsa.generate_private_key(65537, 2048))

agent = [x509.DNSName("agent.clients.example")]
authority.issue("client-good", "agent", agent, client)
authority.issue("client-expired", "agent", agent, client, start=NOW - 10 * DAY, end=NOW - DAY)
authority.issue("client-early", "agent", agent, client, start=NOW + DAY)
authority.issue("client-wrong-host", "agent", [x509.DNSName("agent.elsewhere.example")], client)
authority.issue("client-wrong-purpose", "agent", agent, server)
revoked = authority.issue("client-revoked", "agent", agent, client)
authority.revoke("crl.pem", revoked)
Authority("Test authority").issue("client-wrong-authority", "agent", agent, client)
