#!/usr/bin/env python3
"""Measures lists of vclusters over HTTP, page by page, and the memory of the server.

usage: lists.py URL PID

Server time is what the server itself reports (Server-Timing: app;dur=…), so the time of this client does not count.
Memory is the resident set of the server process, now and at its highest. Prints Markdown tables; exits 1 when a goal
is missed.
"""
import http.client
import json
import re
import statistics
import sys
import threading
import time
import urllib.parse

GOAL_MILLISECONDS = 20.0
GOAL_MEGABYTES = 200
# A list is flat when its slowest page takes no more than twice the time of the first, and a millisecond for luck.
FLAT_FACTOR = 2.0
FLAT_MILLISECONDS = 1.0

REPEATS = 60
PAGES = [1, 2, 10, 50, 100, 200]
LOAD_CLIENTS = 8
LOAD_SECONDS = 15
WATCH_SECONDS = 60

PASSWORD = "acme-demo-in-2026"
ADMIN = "admin@acme.example"
MEMBER = "member.payments@acme.example"


class Client:
    """One connection of one user, as a browser (cookie) or as a program (bearer)."""

    def __init__(self, url, token, as_html):
        address = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        if as_html:
            self.headers = {"Cookie": f"portal_session={token}", "Accept": "text/html"}
        else:
            self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.as_html = as_html

    def call(self, path, body=None):
        """The body of the answer and the server's own time in milliseconds."""
        headers = dict(self.headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.connection.request("GET" if body is None else "POST", path, body and json.dumps(body), headers)
        response = self.connection.getresponse()
        data = response.read()
        if response.status != 200:
            raise SystemExit(f"{path}: {response.status} {data[:300]!r}")
        timing = re.search(r"app;dur=([0-9.]+)", response.getheader("Server-Timing") or "")
        return data, float(timing.group(1)) if timing else None

    def next_path(self, data):
        """Where the next page is; None on the last one."""
        if self.as_html:
            found = re.search(rb'rel="next" href="([^"]*)"', data)
            return found.group(1).decode().replace("&amp;", "&") if found else None
        token = json.loads(data).get("nextPageToken")
        return f"/api/v1/vclusters?pageSize=50&pageToken={urllib.parse.quote(token)}" if token else None


def sign_in(url, email):
    data, _ = Client(url, None, False).call("/api/v1/auth/login", {"email": email, "password": PASSWORD})
    return json.loads(data)["token"]


def timed(client, path):
    """Median and 95th percentile of the server's time for one address, in milliseconds."""
    times = sorted(client.call(path)[1] for _ in range(REPEATS))
    return statistics.median(times), times[int(REPEATS * 0.95)]


def walk(client, path):
    """Follows the links from the first page to the last and times some of the pages: (number, median, p95)."""
    rows, number = [], 1
    while path:
        data, _ = client.call(path)
        following = client.next_path(data)
        # The last page too, which has another number for a user who sees less.
        if number in PAGES or (following is None and number > 1):
            rows.append((number, *timed(client, path)))
        path, number = following, number + 1
    return rows


def memory(pid):
    """Resident set now and at its highest, in megabytes."""
    with open(f"/proc/{pid}/status") as status:
        text = status.read()
    return tuple(int(re.search(name + r":\s+(\d+)", text).group(1)) / 1024 for name in ("VmRSS", "VmHWM"))


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def load(url, token):
    """Several clients at a time that read list pages as fast as they can: requests a second."""
    counts = [0] * LOAD_CLIENTS
    end = time.monotonic() + LOAD_SECONDS

    def work(index):
        client = Client(url, token, as_html=index % 2 == 0)
        path = "/vclusters" if client.as_html else "/api/v1/vclusters?pageSize=50"
        while time.monotonic() < end:
            client.call(path)
            counts[index] += 1

    threads = [threading.Thread(target=work, args=(index,)) for index in range(LOAD_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / LOAD_SECONDS


def main():
    url, pid = sys.argv[1], int(sys.argv[2])
    missed = []
    print("| list | page | median ms | p95 ms |\n|---|---:|---:|---:|")
    tokens = {"everything": sign_in(url, ADMIN), "one team": sign_in(url, MEMBER)}
    for scope, token in tokens.items():
        for kind, as_html, path in (("REST", False, "/api/v1/vclusters?pageSize=50"), ("page", True, "/vclusters")):
            rows = walk(Client(url, token, as_html), path)
            for number, median, high in rows:
                print(f"| {kind}, {scope} | {number} | {median:.1f} | {high:.1f} |")
                if median >= GOAL_MILLISECONDS:
                    missed.append(f"{kind}, {scope}, page {number}: {median:.1f} ms")
            if max(row[1] for row in rows) > rows[0][1] * FLAT_FACTOR + FLAT_MILLISECONDS:
                missed.append(f"{kind}, {scope}: not flat")
    others = [
        ("page, filtered by environment", True, "/vclusters?environment=prod"),
        ("page, a text in few names", True, "/vclusters?q=bench-777"),
        ("page, a text in no name", True, "/vclusters?q=nothing"),
        ("REST, a label in 2 % of them", False, "/api/v1/vclusters?pageSize=50&label=app%3Da7"),
        ("REST, a phase that none has", False, "/api/v1/vclusters?pageSize=50&phase=ERROR"),
        ("overview", True, "/"),
    ]
    for name, as_html, path in others:
        median, high = timed(Client(url, tokens["everything"], as_html), path)
        print(f"| {name} | 1 | {median:.1f} | {high:.1f} |")
        if median >= GOAL_MILLISECONDS:
            missed.append(f"{name}: {median:.1f} ms")

    print("\n| memory of the server | resident MB | highest MB |\n|---|---:|---:|")
    print("| after the lists | {:.0f} | {:.0f} |".format(*memory(pid)))
    rate = load(url, tokens["everything"])
    print("| after {} clients at once ({:.0f} lists/s) | {:.0f} | {:.0f} |".format(LOAD_CLIENTS, rate, *memory(pid)))
    before = processor_seconds(pid)
    time.sleep(WATCH_SECONDS)
    share = (processor_seconds(pid) - before) / WATCH_SECONDS
    print("| after {} s of drift watching ({:.0%} of a core) | {:.0f} | {:.0f} |".format(
        WATCH_SECONDS, share, *memory(pid)))
    if memory(pid)[1] >= GOAL_MEGABYTES:
        missed.append(f"memory: {memory(pid)[1]:.0f} MB")
    if missed:
        raise SystemExit("goals missed:\n  " + "\n  ".join(missed))


main()
