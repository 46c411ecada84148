"""Quota admissions beside bare updates of one row, and with few and many tenants; see scripts/bench-quota.

Every figure is one of a pair that ran one after the other, and pairs alternate, so that a machine that changes its speed
changes both sides: what counts is the ratio pair by pair.
"""

import re
import statistics
import subprocess
import sys

program, busy, small, large, bare_script, seconds, rounds = sys.argv[1:8]
seconds, rounds = float(seconds), int(rounds)


def tenant(number: int) -> str:
    return f"01900000-0000-7000-8000-{1000 + number:012x}"


def admissions(url: str, clients: int) -> tuple[float, float]:
    """Admissions per second and their median latency in milliseconds."""
    command = [program, "--url", url, "--clients", str(clients), "--seconds", str(seconds)]
    command += [tenant(number + 1) for number in range(clients)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate, _, median, _ = map(float, text.split())
    return rate, median


def bare(url: str, clients: int) -> float:
    command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(int(seconds)), "-f", bare_script, url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(re.search(r"tps = ([0-9.]+)", text).group(1))


def spread(values: list[float], digits: int = 2) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} … {max(values):.{digits}f})"


admissions(busy, 8)  # Warms both sides up; not counted.
bare(busy, 8)
print("| clients | admissions/s | bare pairs/s | ratio, pair by pair |")
print("|---|---|---|---|")
for clients in (8, 16):
    ours, theirs, ratios = [], [], []
    for turn in range(rounds):
        # Who goes first changes, because the second finds a warmer machine.
        if turn % 2:
            mine, other = admissions(busy, clients)[0], bare(busy, clients)
        else:
            other, mine = bare(busy, clients), admissions(busy, clients)[0]
        ours.append(mine)
        theirs.append(other)
        ratios.append(mine / other)
    print(f"| {clients} | {spread(ours, 0)} | {spread(theirs, 0)} | {spread(ratios)} |", flush=True)

few, many, growth = [], [], []
for turn in range(rounds):
    pair = {}
    for name in ("small", "large") if turn % 2 else ("large", "small"):
        pair[name] = admissions(small if name == "small" else large, 1)[1]
    few.append(pair["small"])
    many.append(pair["large"])
    growth.append(pair["large"] / pair["small"])
print()
print("| tenants | median latency of one client, ms |")
print("|---|---|")
print(f"| 10 | {spread(few, 3)} |")
print(f"| 10,000 | {spread(many, 3)} |")
print(f"| ratio, pair by pair | {spread(growth)} |")
