#!/usr/bin/env python3
"""Restarts bench-server again and again under load and counts what the clients noticed.

Each restart is SIGUSR2: the process starts a successor with its listening sockets, waits until that one serves, finishes
its requests and ends. wrk counts connections that failed to connect, read or write, and answers that are no 2xx.

    Benchmarks/restarts.py --products Benchmarks/.build/release [--connections 200] [--restarts 10]
"""
import argparse, os, re, signal, socket, subprocess, sys, time


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", required=True, help="folder with bench-server")
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--restarts", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=1.5, help="from one restart to the next")
    return parser.parse_args()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listening(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def successor(parent):
    """The child of a process, while the parent still lives."""
    with open(f"/proc/{parent}/task/{parent}/children") as children:
        found = children.read().split()
    if found:
        return int(found[0])
    # The thread that spawned it is its parent in this file.
    for thread in os.listdir(f"/proc/{parent}/task"):
        with open(f"/proc/{parent}/task/{thread}/children") as children:
            found = children.read().split()
        if found:
            return int(found[0])
    return None


def restart(process):
    """One restart; returns the new process and how long it took until the old one had ended."""
    start = time.monotonic()
    os.kill(process, signal.SIGUSR2)
    following = None
    while following is None:
        following = successor(process)
        time.sleep(0.001)
    while True:
        try:
            state = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            break
        if state == "Z":
            break
        time.sleep(0.005)
    return following, time.monotonic() - start


def main():
    arguments = options()
    port = free_port()
    program = os.path.join(arguments.products, "bench-server")
    first = subprocess.Popen([program, "--port", str(port)], stdout=subprocess.DEVNULL)
    while not listening(port):
        if first.poll() is not None:
            sys.exit("bench-server ended")
        time.sleep(0.02)
    seconds = int(arguments.restarts * (arguments.seconds + 1) + 3)
    load = subprocess.Popen(
        ["wrk", "-t1", f"-c{arguments.connections}", f"-d{seconds}s", f"http://127.0.0.1:{port}/json"],
        stdout=subprocess.PIPE, text=True,
    )
    process, times = first.pid, []
    try:
        time.sleep(1)
        for _ in range(arguments.restarts):
            process, took = restart(process)
            times.append(took)
            first.poll()
            time.sleep(arguments.seconds)
        report = load.communicate()[0]
    finally:
        os.kill(process, signal.SIGTERM)
    errors = re.search(r"Socket errors: (.*)", report)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
    print(report.strip())
    print(f"{len(times)} restarts, {min(times):.2f} to {max(times):.2f} s from the signal to the old one's end")
    print(f"socket errors: {errors.group(1) if errors else 'none'}; bad answers: {refused.group(1) if refused else 'none'}")
    sys.exit(1 if errors or refused else 0)


main()
