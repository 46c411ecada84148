#!/usr/bin/env python3
"""Measures the list of vclusters, page by page, as REST and as HTML.

usage: lists.py URL PID

Server time is what the server itself reports (Server-Timing: app;dur=…), so the client's own time does not count.
Memory is the resident set of the server process. Prints a table; exits 1 when a median is not under the goal.
"""
import http.client
import json
import re
import statistics
import sys
import urllib.parse

GOAL_MILLISECONDS = 20.0
REPEATS = 40
PAGES = [1, 2, 10, 50, 100, 150, 200]


class Client:
    def __init__(self, url):
        address = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        self.headers = {}

    def call(self, method, path, body=None):
        headers = dict(self.headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        data = response.read()
        if response.status >= 400:
            raise SystemExit(f"{method} {path}: {response.status} {data[:300]!r}")
        timing = re.search(r"app;dur=([0-9.]+)", response.getheader("Server-Timing") or "")
        return data, float(timing.group(1)) if timing else None, response


def next_page_path(data, as_html):
    if as_html:
        found = re.search(rb'href="([^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*)"', data)
        return (found.group(1) or found.group(2)).decode().replace("&amp;", "&") if found else None
    token = json.loads(data).get("nextPageToken")
    return f"/api/v1/vclusters?pageSize=50&pageToken={urllib.parse.quote(token)}" if token else None


def resident_megabytes(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024


def measure(client, path, as_html, rows):
    """Walks to each page of PAGES and times it; the walk itself goes through every page."""
    number = 1
    while path:
        data, _, _ = client.call("GET", path)
        if number in PAGES:
            times = [client.call("GET", path)[1] for _ in range(REPEATS)]
            rows.append(("page" if as_html else "REST", number, statistics.median(times), sorted(times)[-2]))
        if number == PAGES[-1]:
            break
        path = next_page_path(data, as_html)
        number += 1


def main():
    url, pid = sys.argv[1], int(sys.argv[2])
    rows = []
    rest = Client(url)
    login = {"email": "admin@acme.example", "password": "acme-demo-2026"}
    token = json.loads(rest.call("POST", "/api/v1/auth/login", login)[0])["token"]
    rest.headers["Authorization"] = f"Bearer {token}"
    measure(rest, "/api/v1/vclusters?pageSize=50", False, rows)

    pages = Client(url)
    pages.headers["Cookie"] = f"portal_session={token}"
    pages.headers["Accept"] = "text/html"
    measure(pages, "/vclusters", True, rows)

    print(f"{'list':6} {'page':>5} {'median ms':>10} {'p97 ms':>8}")
    for kind, number, median, high in rows:
        print(f"{kind:6} {number:5d} {median:10.2f} {high:8.2f}")
    print(f"memory of the server: {resident_megabytes(pid):.0f} MB resident")
    if not rows or any(row[2] >= GOAL_MILLISECONDS for row in rows):
        raise SystemExit(f"a median is not under {GOAL_MILLISECONDS:.0f} ms")


main()
