"""Connections that have done one request and now only stay open."""
import contextlib
import resource
import socket
import statistics
import time

import load
import programs

REQUEST = b"GET /plaintext HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
CONNECTIONS = 10_000
# Fewer than wait in the shortest of the listening queues.
OPENED_AT_ONCE = 100
# Requests to each of two programs whose latencies are compared, and the pause before each: so rare that they never queue.
PROBES = 10_000
PAUSE_SECONDS = 0.0005
BLOCK = 500
# The answers of all programs fit into one segment; this only has to be more.
ANSWER_BYTES_MAX = 65_536


def allow_descriptors(count=32_768):
    """Raises the limit of open files, for this process and the programs that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(hard, count)))
    except (ValueError, PermissionError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < CONNECTIONS + 1000:
        raise SystemExit(f"ulimit -n {hard} is too low for {CONNECTIONS} connections")


def open_some(port, count):
    """Opens connections at once and does one request on each."""
    connections = []
    for _ in range(count):
        connection = socket.create_connection((programs.HOST, port), timeout=10)
        connection.sendall(REQUEST)
        connections.append(connection)
    for connection in connections:
        answer = b""
        while not answer.endswith(b"Hello, World!") and len(answer) < ANSWER_BYTES_MAX:
            piece = connection.recv(ANSWER_BYTES_MAX)
            if not piece:
                break
            answer += piece
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"an idle connection got {answer!r}")
    return connections


def count_open(connections):
    """How many the program has not closed."""
    still = 0
    for connection in connections:
        connection.setblocking(False)
        try:
            still += connection.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            still += 1
        except OSError:
            pass
    return still


@contextlib.contextmanager
def idle_connections(program, count):
    """Holds connections open; fails when the program has closed one of them meanwhile."""
    connections = []
    try:
        while len(connections) < count:
            connections += open_some(program.port, min(OPENED_AT_ONCE, count - len(connections)))
        yield
        still = count_open(connections)
        if still != count:
            raise SystemExit(f"{program.name} closed {count - still} of {count} idle connections")
    finally:
        for connection in connections:
            connection.close()


def bytes_per_connection(program, count=CONNECTIONS):
    """Growth of the resident set for each of many idle connections of a program that is otherwise warm."""
    load.burst(program, "/plaintext", "plaintext", 1)
    before = program.resident_bytes()
    with idle_connections(program, count):
        time.sleep(0.5)
        after = program.resident_bytes()
    return (after - before) / count


def probe(connection):
    """Milliseconds from a request to its answer."""
    begin = time.perf_counter()
    connection.sendall(REQUEST)
    if not connection.recv(ANSWER_BYTES_MAX).endswith(b"Hello, World!"):
        raise SystemExit("a probe got half an answer")
    return (time.perf_counter() - begin) * 1000


def latencies(*running):
    """Latencies in milliseconds of one client of each program, which asks them in turn.

    Turn by turn, because what else the machine does decides about a percentile: it hits all programs alike. wrk is no
    help here. It makes up for the requests that it could not send while an answer was late, so that one long wait in
    a second is its 99th percentile.
    """
    connections = [open_some(program.port, 1)[0] for program in running]
    found = [[] for _ in running]
    for _ in range(PROBES):
        for connection, times in zip(connections, found):
            time.sleep(PAUSE_SECONDS)
            times.append(probe(connection))
    for connection in connections:
        connection.close()
    return found


def percentile(times, percent):
    """A percentile of each block of latencies, and of those the median: some long waits of the machine fall into some of
    the blocks only."""
    blocks = [sorted(times[start:start + BLOCK]) for start in range(0, len(times), BLOCK)]
    return statistics.median(block[len(block) * percent // 100] for block in blocks)
