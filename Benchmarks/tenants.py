#!/usr/bin/env python3
"""Measures lists, trees and moves with ten thousand tenants over HTTP.

usage: tenants.py URL PID

Server time is what the server itself reports (Server-Timing: app;dur=…). Prints Markdown tables; exits 1 when a goal is
missed.
"""
import http.client
import json
import re
import statistics
import sys
import urllib.parse

GOAL_MILLISECONDS = 25.0
GOAL_MOVE_MILLISECONDS = 1000.0
REPEATS = 60
MOVES = 10
PASSWORD = "acme-demo-in-2026"
ADMIN = "admin@acme.example"
MANAGER = "member.payments@acme.example"


class Client:
    """One connection of one user, as a browser (cookie) or as a program (bearer)."""

    def __init__(self, url, token):
        address = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        self.token = token

    def call(self, method, path, body=None):
        """The answer's body, as JSON from the API, and the server's own time in milliseconds."""
        is_api = path.startswith("/api/")
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            headers |= {"Authorization": f"Bearer {self.token}"} if is_api else {
                "Cookie": f"portal_session={self.token}", "Accept": "text/html"}
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        data = response.read()
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {data[:300]!r}")
        timing = re.search(r"app;dur=([0-9.]+)", response.getheader("Server-Timing") or "")
        return json.loads(data) if is_api and data else data, float(timing.group(1)) if timing else 0.0


def sign_in(url, email):
    return Client(url, None).call("POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD})[0]["token"]


def find(client, name, parent=None):
    query = {"q": name, "pageSize": 200} | ({"parentId": parent} if parent else {})
    items = client.call("GET", "/api/v1/tenants?" + urllib.parse.urlencode(query))[0]["items"]
    return next(item for item in items if item["name"] == name)


def report(name, times, goal, missed):
    times = sorted(times)
    median, high = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"| {name} | {median:.1f} | {high:.1f} |")
    if median >= goal:
        missed.append(f"{name}: {median:.1f} ms")


def page_path(client, number):
    path = "/api/v1/tenants?pageSize=50"
    for _ in range(number - 1):
        token = client.call("GET", path)[0]["nextPageToken"]
        path = f"/api/v1/tenants?pageSize=50&pageToken={urllib.parse.quote(token)}"
    return path


def main():
    url, missed = sys.argv[1], []
    admin = Client(url, sign_in(url, ADMIN))
    first, second = find(admin, "Department 1"), find(admin, "Department 2")
    section = find(admin, "Section 1", first["id"])
    team = find(admin, "Team 1", section["id"])
    squad = find(admin, "Squad 1", team["id"])
    admin.call("POST", f"/api/v1/tenants/{first['id']}/members", {"email": MANAGER, "role": "manager"})
    manager = Client(url, sign_in(url, MANAGER))

    print("| with 10,000 tenants | median ms | p95 ms |\n|---|---:|---:|")
    reads = [
        ("REST list, everything, page 1", admin, page_path(admin, 1)),
        ("REST list, everything, page 100", admin, page_path(admin, 100)),
        ("REST list, everything, page 200", admin, page_path(admin, 200)),
        ("REST list, a branch of 1,000, page 1", manager, page_path(manager, 1)),
        ("REST list, a branch of 1,000, page 20", manager, page_path(manager, 20)),
        ("REST list, children of one", admin, f"/api/v1/tenants?pageSize=50&parentId={team['id']}"),
        ("REST list, a text in 10 % of the names", admin, "/api/v1/tenants?pageSize=50&q=team"),
        ("REST list, a text in no name", admin, "/api/v1/tenants?pageSize=50&q=nothing"),
        ("REST get, level 5", admin, f"/api/v1/tenants/{squad['id']}"),
        ("page, tree", admin, "/tenants"),
        ("page, tree open at level 5", admin, f"/tenants?open={squad['id']}"),
        ("page, search", admin, "/tenants?q=squad"),
        ("page, one tenant", admin, f"/tenants/{first['id']}"),
        ("page, where to move it", admin, f"/tenants/{first['id']}/move?q=section"),
        ("page, vclusters (with its choice of tenants)", admin, "/vclusters"),
        ("page, new vcluster", manager, "/vclusters/new"),
    ]
    for name, client, path in reads:
        report(name, [client.call("GET", path)[1] for _ in range(REPEATS)], GOAL_MILLISECONDS, missed)
    creates = [
        admin.call("POST", "/api/v1/tenants", {"name": f"new {index}", "parentId": squad["id"]})[1]
        for index in range(REPEATS)
    ]
    report("REST create, level 6", creates, GOAL_MILLISECONDS, missed)

    moves = []
    home = first["parentId"]
    for index in range(MOVES):
        target = second["id"] if index % 2 == 0 else home
        moves.append(admin.call("POST", f"/api/v1/tenants/{first['id']}/move", {"parentId": target})[1])
    report("REST move of 1,000 tenants", moves, GOAL_MOVE_MILLISECONDS, missed)
    if missed:
        raise SystemExit("goals missed:\n  " + "\n  ".join(missed))


main()
