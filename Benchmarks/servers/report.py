"""The tables, and what the figures have to reach."""
import dataclasses
import datetime
import os
import platform
import re
import subprocess

ATTRIBUTES = ["requests_per_second", "p50_milliseconds", "p99_milliseconds", "processor_microseconds"]


@dataclasses.dataclass
class Goal:
    """One line of the table of goals; `reached` is None for what this run did not measure."""

    figure: str
    bound: float
    at_least: bool
    reached: float | None
    unit: str = ""

    def is_met(self):
        if self.reached is None:
            return False
        return self.reached >= self.bound if self.at_least else self.reached <= self.bound

    def row(self):
        sign = "≥" if self.at_least else "≤"
        reached = "not measured" if self.reached is None else f"{self.reached:.2f}{self.unit}"
        verdict = "–" if self.reached is None else "pass" if self.is_met() else "**fail**"
        return f"| {self.figure} | {sign} {self.bound:g}{self.unit} | {reached} | {verdict} |"


def quotient(over, under):
    """One figure over another; None when either was not measured."""
    return over / under if over is not None and under else None


def goals(figures):
    """The goals, in the order of the requirement; `figures` gives a number for (figure, program) or None."""
    def processor(figure, program):
        return figures.get((figure, program))

    peers = {"plaintext": 3.5, "json": 3.5, "param": 3.3, "echo-json": 3.0}
    rows = [
        Goal(f"{figure}: CPU per request, Hummingbird ÷ ours", bound, True,
             quotient(processor(figure, "Hummingbird"), processor(figure, "ours")))
        for figure, bound in peers.items()
    ]
    rows += [
        Goal("plaintext: CPU per request, ours ÷ C limit", 1.35, False,
             quotient(processor("plaintext", "ours"), processor("plaintext", "C limit"))),
        Goal("idle keep-alive connection, resident", 4, False, figures.get(("idle", "ours")), " KiB"),
        Goal("p99 of others, with 10,000 idle connections ÷ without", 1.1, False,
             quotient(figures.get(("others", "with")), figures.get(("others", "without")))),
        Goal("pipelined ×16: CPU per request", 5, False, processor("pipelined", "ours"), " µs"),
        Goal("TLS keep-alive json: CPU per request ÷ plain json", 1.6, False,
             quotient(processor("tls-json", "ours, TLS"), processor("json", "ours"))),
        Goal("gzip'd page of 40 KB: CPU per request ÷ zlib's own", 1.15, False,
             quotient(processor("gzip", "ours"), figures.get(("gzip", "zlib")))),
    ]
    return rows


def goal_table(rows):
    return ["| figure | must reach | reached | |", "|---|---:|---:|---|", *(row.row() for row in rows)]


def case_table(cases):
    """One line a case: medians over the rounds, and the range of the figure that counts."""
    lines = ["| figure | program | requests/s | p50 ms | p99 ms | CPU µs per request | lowest–highest |",
             "|---|---|---:|---:|---:|---:|---:|"]
    for case in cases:
        rate, p50, p99, processor = (case.median(attribute) for attribute in ATTRIBUTES)
        low, high = case.range("processor_microseconds")
        # wrk takes the time of a whole string of pipelined requests, and its percentiles mean nothing then.
        times = "– | –" if case.figure == "pipelined" else f"{p50:.2f} | {p99:.2f}"
        lines.append(f"| {case.figure} | {case.program.name} | {rate:,.0f} | {times} | "
                     f"**{processor:.2f}** | {low:.2f}–{high:.2f} |")
    return lines


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def processor_name():
    with open("/proc/cpuinfo") as info:
        return re.search(r"^model name\s*:\s*(.*)$", info.read(), re.MULTILINE).group(1)


def stolen_share(before, after):
    """Share of the machine's time that the hypervisor gave to others, between two readings of `machine_time`."""
    total = sum(after) - sum(before)
    return (after[7] - before[7]) / total if total else 0.0


def machine_time():
    """The counters of all cores: user, nice, system, idle, iowait, irq, softirq, steal."""
    with open("/proc/stat") as stat:
        return [int(field) for field in stat.readline().split()[1:9]]


def heading(command):
    """Where and when this is: date, commit, command, machine."""
    commit = output_of("git", "describe", "--always", "--dirty")
    now = datetime.datetime.now(datetime.timezone.utc)
    return (f"{now:%Y-%m-%d %H:%M} UTC, commit `{commit}`, `{command}`; {os.cpu_count()} cores "
            f"({processor_name()}), Linux {platform.release()}.")
