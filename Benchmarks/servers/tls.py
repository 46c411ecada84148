"""TLS: a certificate for the run, and handshakes one after the other."""
import pathlib
import socket
import ssl
import subprocess
import time

import programs

HANDSHAKES = 200


def certificate(folder):
    """Makes a key (P-256) and a certificate for localhost in a folder; returns the paths of both."""
    cert, key = pathlib.Path(folder) / "cert.pem", pathlib.Path(folder) / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
        check=True, capture_output=True)
    return str(cert), str(key)


def context(cert):
    """What a client trusts: the certificate of the run."""
    trusted = ssl.create_default_context(cafile=cert)
    trusted.minimum_version = ssl.TLSVersion.TLSv1_3
    return trusted


def connect(client, port, session=None):
    raw = socket.create_connection((programs.HOST, port), timeout=10)
    return client.wrap_socket(raw, server_hostname="localhost", session=session)


def first_session(client, port):
    """A session to resume: TLS 1.3 sends its tickets after the handshake, so an answer is read first."""
    with connect(client, port) as connection:
        connection.sendall(b"GET /plaintext HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        while connection.recv(65_536):
            pass
        return connection.session


def handshakes(program, cert, resumed, count=HANDSHAKES):
    """Processor microseconds of the program for a handshake, and handshakes a second of this one client."""
    client = context(cert)
    session = first_session(client, program.port) if resumed else None
    before, begin = program.processor_nanoseconds(), time.monotonic()
    for _ in range(count):
        with connect(client, program.port, session) as connection:
            if connection.session_reused != resumed:
                raise SystemExit(f"{program.name}: handshake {'not ' if resumed else ''}resumed")
    seconds = time.monotonic() - begin
    return (program.processor_nanoseconds() - before) / count / 1000, count / seconds
