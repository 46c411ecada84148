"""The attacks of abuse.py. Each is a function of (port, seconds) that returns what it saw, as a counter of words.

Floods run in threads on blocking sockets: sending releases the interpreter's lock, so that one process keeps a core
busy. Everything runs in a process of its own with less priority than the normal client and the server; in the world
the attacker has a machine of his own.
"""
import collections
import random
import re
import socket
import struct
import subprocess
import threading
import time

SLOW_CONNECTIONS = 1000
IDLE_CONNECTIONS = 10_000
FLOOD_THREADS = 16

HEAD = b"GET /json HTTP/1.1\r\nHost: bench\r\n"
POST = b"POST /upload HTTP/1.1\r\nHost: bench\r\n"


def connect(port, timeout=5.0):
    connection = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def status_of(connection):
    """The status of the next response, as a word; `closed` or `reset` when there is none."""
    try:
        head = connection.recv(4096)
        return head[9:12].decode() if head else "closed"
    except ConnectionError:
        return "reset"
    except TimeoutError:
        return "silent"


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def in_threads(seconds, once, count=FLOOD_THREADS):
    """Repeats `once()`, which returns a word, in threads until the time is over."""
    words, lock, end = collections.Counter(), threading.Lock(), time.monotonic() + seconds

    def work():
        while time.monotonic() < end:
            try:
                word = once()
            except OSError as error:
                word = type(error).__name__
            with lock:
                words[word] += 1

    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 10)
    return words


def flood(port, seconds, start, piece, pieces):
    """Sends `start`, then `piece` over and over until the server has enough; counts how it said so."""

    def once():
        with connect(port) as connection:
            try:
                connection.sendall(start)
                for _ in range(pieces):
                    connection.sendall(piece)
            except (ConnectionError, TimeoutError):
                pass
            return status_of(connection)

    return in_threads(seconds, once)


def slowhttptest(port, seconds, path, *options):
    command = [
        "slowhttptest", "-u", f"http://127.0.0.1:{port}{path}", "-c", str(SLOW_CONNECTIONS), "-r", "500",
        "-l", str(int(seconds)), *options,
    ]
    output = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60).stdout
    output = re.sub(r"\x1b\[[0-9;]*m", "", output)
    words = collections.Counter()
    for name in ("connected", "closed", "error"):
        found = re.findall(rf"{name}:\s+(\d+)", output)
        words[name] = max(map(int, found), default=0)
    unavailable = re.findall(r"service available:\s+NO", output)
    words["probes without answer"] = len(unavailable)
    return words


def slow_head(port, seconds):
    return slowhttptest(port, seconds, "/json", "-H", "-i", "1", "-x", "24")


def slow_post(port, seconds):
    return slowhttptest(port, seconds, "/upload", "-B", "-i", "1", "-s", "65536", "-x", "10")


def ranges(port, seconds):
    """As many ranges as fit into the fields (slowhttptest's own attack of this kind ends with the first responses)."""
    fields = b"Range: bytes=0-" + b"".join(b",5-%d" % end for end in range(5, 2005)) + b"\r\n\r\n"

    def once():
        with connect(port) as connection:
            connection.sendall((b"GET /plaintext HTTP/1.1\r\nHost: bench\r\n" + fields) * 20)
            return status_of(connection)

    return in_threads(seconds, once)


def slow_read(port, seconds):
    return slowhttptest(port, seconds, "/large", "-X", "-w", "10", "-y", "20", "-n", "1", "-z", "5", "-k", "3")


def idle_connections(port, seconds):
    words, open_connections, end = collections.Counter(), [], time.monotonic() + seconds
    for _ in range(IDLE_CONNECTIONS):
        try:
            connection = connect(port)
            connection.sendall(HEAD + b"\r\n")
            words[status_of(connection)] += 1
            open_connections.append(connection)
        except OSError as error:
            words[type(error).__name__] += 1
    words["open"] = len(open_connections)
    time.sleep(max(0.0, end - time.monotonic()))
    for connection in open_connections:
        connection.close()
    return words


def many_fields(port, seconds):
    return flood(port, seconds, HEAD, b"X-Some-Field: value\r\n" * 1000, 100)


def huge_fields(port, seconds):
    return flood(port, seconds, HEAD, b"X-Some-Field: " + b"v" * 65_536 + b"\r\n", 100)


def endless_line(port, seconds):
    return flood(port, seconds, b"GET /", b"a" * 65_536, 1000)


def huge_length(port, seconds):
    return flood(port, seconds, POST + b"Content-Length: 10000000000\r\n\r\n", b"x" * 65_536, 1000)


def endless_chunks(port, seconds):
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    return flood(port, seconds, POST + b"Transfer-Encoding: chunked\r\n\r\n", chunk, 1000)


def tiny_chunks(port, seconds):
    return flood(port, seconds, POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 10_000, 1000)


def pipelining(port, seconds):
    """Requests without an end on few connections, whose responses are read and thrown away."""

    def once():
        with connect(port) as connection:
            sender = threading.Thread(target=_send_for, args=(connection, HEAD + b"\r\n", 1.0))
            sender.start()
            received = 0
            try:
                while piece := connection.recv(1 << 18):
                    received += piece.count(b"HTTP/1.1 200")
            except (TimeoutError, ConnectionError):
                pass
            sender.join()
            return "connections served" if received > 100 else "connections not served"

    return in_threads(seconds, once, count=4)


def _send_for(connection, request, seconds):
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            connection.sendall(request * 100)
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def half_closed(port, seconds):
    """Clients that close their sending side after the request: each has to get its whole response."""

    def once():
        path, length = random.choice([("/large", (1 << 20) + 1), ("/stream", 1_000_000), ("/hold", 4)])
        with connect(port) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
            connection.shutdown(socket.SHUT_WR)
            received = 0
            while piece := connection.recv(1 << 18):
                received += len(piece)
            return "complete" if received > length else "incomplete"

    return in_threads(seconds, once)


RESETS = {
    "connected": b"",
    "in the head": HEAD,
    "in the content": POST + b"Content-Length: 1000\r\n\r\nabc",
    "in a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    "in the handler": b"GET /hold HTTP/1.1\r\nHost: bench\r\n\r\n",
    "in the response": b"GET /large HTTP/1.1\r\nHost: bench\r\n\r\n" * 3,
    "in the stream": b"GET /stream HTTP/1.1\r\nHost: bench\r\n\r\n",
    "in the closing": b"NONSENSE\r\n\r\n" + b"x" * 10_000,
    "idle": HEAD + b"\r\n",
}


def resets(port, seconds):
    """Resets in every state of a connection."""

    def once():
        state, sent = random.choice(list(RESETS.items()))
        connection = connect(port)
        connection.sendall(sent)
        if state in ("idle", "in the response", "in the stream", "in the closing"):
            connection.recv(1000)
        reset(connection)
        return state

    return in_threads(seconds, once)


def churn(port, seconds):
    """A connection a request."""

    def once():
        with connect(port) as connection:
            connection.sendall(HEAD + b"Connection: close\r\n\r\n")
            return status_of(connection)

    return in_threads(seconds, once)


def throwing(port, seconds):
    def once():
        with connect(port) as connection:
            connection.sendall(b"GET /throw HTTP/1.1\r\nHost: bench\r\n\r\n" * 10)
            return status_of(connection)

    return in_threads(seconds, once, count=4)


def too_many_connections(port, seconds):
    """Twice the connections that the server takes, opened and held, then closed, again and again."""
    words, end = collections.Counter(), time.monotonic() + seconds
    while time.monotonic() < end:
        held = []
        for _ in range(1000):
            try:
                connection = connect(port, timeout=0.3)
                connection.sendall(HEAD + b"\r\n")
                words[status_of(connection)] += 1
                held.append(connection)
            except OSError as error:
                words[type(error).__name__] += 1
        for connection in held:
            connection.close()
    return words


def too_many_requests(port, seconds):
    """More requests at once than handlers may run."""

    def once():
        with connect(port) as connection:
            connection.sendall(b"GET /hold HTTP/1.1\r\nHost: bench\r\n\r\n")
            return status_of(connection)

    return in_threads(seconds, once, count=200)


def too_much_memory(port, seconds):
    """Uploads that stop short of their end, and responses that are not read, until the server drops them."""

    def once():
        with connect(port, timeout=3.0) as connection:
            if random.random() < 0.5:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.sendall(b"GET /large HTTP/1.1\r\nHost: bench\r\n\r\n")
                time.sleep(2)
                return "response not read"
            connection.sendall(POST + b"Content-Length: 4000000\r\n\r\n" + b"x" * 3_900_000)
            return "upload " + status_of(connection)

    return in_threads(seconds, once, count=200)


def too_few_descriptors(port, seconds):
    """More connections than the server has descriptors for, held for a second; each has to be served in the end."""
    words, end = collections.Counter(), time.monotonic() + seconds
    while time.monotonic() < end:
        held = []
        for _ in range(200):
            connection = connect(port, timeout=0.01)
            connection.sendall(HEAD + b"\r\n")
            status_of(connection)
            held.append(connection)
        time.sleep(1)
        for connection in held:
            connection.close()
        connection = connect(port, timeout=5.0)
        connection.sendall(HEAD + b"\r\n")
        words["then served" if status_of(connection) == "200" else "then not served"] += 1
        connection.close()
    return words
