#!/usr/bin/env python3
"""Attacks bench-server while a normal client measures, and says what the client noticed.

usage: abuse.py BENCH_SERVER [--seconds N] [--repeats N] [ATTACK …]; attacks by the names of the table

Prints a Markdown table, a line an attack with the medians of the repeats. Exits 1 when the normal client's 99th
percentile reaches 20 ms, when one of its requests fails, when descriptors are left open, or when memory grows from
repeat to repeat.
"""
import argparse
import collections
import multiprocessing
import os
import re
import resource
import statistics
import subprocess
import sys
import threading
import time

import abuse_attacks as attacks
from abuse_client import NormalClient, prefer

GOAL_MILLISECONDS = 20.0
# How much more memory than all repeats before it the last one may take.
GROWTH_MEGABYTES = 8.0
SETTLE_SECONDS = 8.0

LOWERED = ["--abuse-routes", "--header-seconds", "5", "--transfer-seconds", "5", "--idle-seconds", "15"]

# Name, attack, connections, further options of the server, its limit of descriptors, path of the normal client.
Attack = collections.namedtuple("Attack", "name run connections options descriptors path")


def attack(name, run, connections, options=(), descriptors=None, path="/json"):
    return Attack(name, run, connections, list(options), descriptors, path)


FLOOD, SLOW = attacks.FLOOD_THREADS, attacks.SLOW_CONNECTIONS
ATTACKS = [
    attack("nothing", lambda port, seconds: time.sleep(seconds) or collections.Counter(), 0),
    attack("slow heads", attacks.slow_head, SLOW),
    attack("slow uploads", attacks.slow_post, SLOW),
    attack("many ranges", attacks.ranges, FLOOD),
    attack("slow readers", attacks.slow_read, SLOW),
    attack("idle connections", attacks.idle_connections, attacks.IDLE_CONNECTIONS, ["--idle-seconds", "60"]),
    attack("many fields", attacks.many_fields, FLOOD),
    attack("huge fields", attacks.huge_fields, FLOOD),
    attack("endless line", attacks.endless_line, FLOOD),
    attack("huge length", attacks.huge_length, FLOOD),
    attack("endless chunks", attacks.endless_chunks, FLOOD),
    attack("tiny chunks", attacks.tiny_chunks, FLOOD),
    attack("pipelining", attacks.pipelining, 4),
    attack("half-closed", attacks.half_closed, FLOOD),
    attack("resets in every state", attacks.resets, FLOOD),
    attack("a connection a request", attacks.churn, FLOOD),
    attack("handlers that throw", attacks.throwing, 4),
    attack("too many connections", attacks.too_many_connections, 1000, ["--connections-max", "500"]),
    attack("too many requests", attacks.too_many_requests, 200, ["--requests-in-flight-max", "50"], path="/plaintext"),
    attack("too much memory", attacks.too_much_memory, 200, ["--buffer-bytes-max", "100000000"], path="/plaintext"),
    attack("too few descriptors", attacks.too_few_descriptors, 200, descriptors=120),
]


class Server:
    """bench-server in a process of its own, and what the kernel says about it."""

    def __init__(self, program, attack):
        def limit():
            prefer(-20)
            if attack.descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (attack.descriptors, attack.descriptors))

        command = [program, "--port", "0", *LOWERED, *attack.options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=limit)
        self.port = self._wait_for_port()
        self.peak = 0.0
        # Once before anything is measured: what the process opens for its first timer stays open.
        connection = attacks.connect(self.port)
        connection.sendall(b"GET /hold HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
        attacks.status_of(connection)
        connection.close()

    def _wait_for_port(self):
        """The port that the process listens on, found by the inodes of its sockets."""
        for _ in range(500):
            links = self._links()
            for line in open("/proc/net/tcp").readlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and f"socket:[{fields[9]}]" in links:
                    return int(fields[1].split(":")[1], 16)
            time.sleep(0.01)
        raise SystemExit("bench-server does not listen")

    def _links(self):
        folder, links = f"/proc/{self.process.pid}/fd", set()
        for name in os.listdir(folder):
            try:
                links.add(os.readlink(f"{folder}/{name}"))
            except FileNotFoundError:
                pass
        return links

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def megabytes(self):
        text = open(f"/proc/{self.process.pid}/status").read()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024

    def watch(self, stop):
        """Keeps the highest memory until told to stop."""
        while not stop.wait(0.05):
            self.peak = max(self.peak, self.megabytes())

    def settle(self, descriptors):
        """Waits until the connections of the attack are gone; the number of descriptors then."""
        end = time.monotonic() + SETTLE_SECONDS
        while self.descriptors() > descriptors and time.monotonic() < end:
            time.sleep(0.1)
        return self.descriptors()

    def stop(self):
        self.process.terminate()
        self.process.wait()


def run_attack(attack, port, seconds, pipe):
    # In the world the attacker has a machine of his own; here he must not take the processor from the others.
    prefer(0 if os.geteuid() == 0 else 10)
    pipe.send(attack.run(port, seconds))


def once(attack, server, seconds):
    """One attack with the normal client beside it: the figures of a line."""
    before, descriptors = server.megabytes(), server.descriptors()
    client = NormalClient(server.port, attack.path)
    client.start()
    stop = threading.Event()
    watcher = threading.Thread(target=server.watch, args=(stop,))
    watcher.start()
    ours, theirs = multiprocessing.Pipe()
    started = time.monotonic()
    process = multiprocessing.Process(target=run_attack, args=(attack, server.port, seconds, theirs))
    process.start()
    words = ours.recv()
    process.join()
    took = time.monotonic() - started
    latencies, delays, errors = client.stop()
    left = server.settle(descriptors) - descriptors
    stop.set()
    watcher.join()
    return {
        "seconds": took, "p50": percentile(latencies, 50), "p99": percentile(latencies, 99), "max": latencies[-1],
        "own": percentile(delays, 99), "requests": len(latencies), "errors": errors, "before": before,
        "peak": server.peak, "after": server.megabytes(), "left": left, "words": words,
    }


def percentile(sorted_values, percent):
    return sorted_values[min(len(sorted_values) - 1, len(sorted_values) * percent // 100)]


def faults(attack, runs):
    """Why the line is not good enough."""
    found = []
    p99 = statistics.median(run["p99"] for run in runs)
    if p99 >= GOAL_MILLISECONDS:
        found.append(f"p99 of {p99:.1f} ms")
    errors = collections.Counter(error for run in runs for error in run["errors"])
    found += [f"{count} × {error}" for error, count in errors.items()]
    if any(run["left"] > 0 for run in runs):
        found.append("descriptors left open")
    # The peak, not what is left: that goes up and down with what the allocator has given back.
    if len(runs) > 1 and runs[-1]["peak"] > runs[-2]["peak"] + GROWTH_MEGABYTES:
        found.append("memory grows")
    for word in ("incomplete", "then not served"):
        if any(run["words"][word] for run in runs):
            found.append(word)
    return found


def line(attack, runs):
    def median(name):
        return statistics.median(run[name] for run in runs)

    words = collections.Counter()
    for run in runs:
        words += run["words"]
    seen = ", ".join(f"{count:,} {word}" for word, count in words.most_common(9))
    return (
        f"| {attack.name} | {attack.connections:,} | {median('seconds'):.0f} | {median('p50'):.1f} | {median('p99'):.1f} "
        f"| {max(run['max'] for run in runs):.1f} | {median('own'):.1f} | {sum(len(run['errors']) for run in runs)} "
        f"| {runs[0]['before']:.0f} | {max(run['peak'] for run in runs):.0f} | {runs[-1]['after']:.0f} "
        f"| {max(run['left'] for run in runs)} | {seen} |"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_intermixed_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print("| attack | connections | s | p50 ms | p99 ms | max ms | client's own p99 ms | errors | MB before | MB peak "
          "| MB after | descriptors left | seen by the attacker |")
    print("|---|" + "---:|" * 11 + "---|")
    failed = []
    for attack in ATTACKS:
        if arguments.names and attack.name not in arguments.names:
            continue
        server = Server(arguments.program, attack)
        try:
            runs = [once(attack, server, arguments.seconds) for _ in range(arguments.repeats)]
        finally:
            server.stop()
        print(line(attack, runs), flush=True)
        failed += [f"{attack.name}: {fault}" for fault in faults(attack, runs)]
    for fault in failed:
        print(f"missed: {fault}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
