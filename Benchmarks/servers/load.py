"""Load by wrk, in short bursts that alternate between the programs."""
import dataclasses
import pathlib
import statistics
import subprocess

FOLDER = pathlib.Path(__file__).parent
# wrk's own defaults: enough to keep the cores busy, and few enough that a wake-up of the program serves one or two
# requests. With many more connections each wake-up serves several, which hides what a request costs alone.
THREADS = 2
CONNECTIONS = 10
PIPELINED = 16

MODES = {
    "echo-json": ["echo", str(FOLDER / "vcluster.json")],
    "pipelined": ["pipelined", str(PIPELINED)],
    "gzip": ["page"],
}


@dataclasses.dataclass
class Burst:
    """What one run of wrk has shown about one program."""

    requests_per_second: float
    p50_milliseconds: float
    p99_milliseconds: float
    processor_microseconds: float
    """User and system time of the program for each request."""


@dataclasses.dataclass
class Case:
    """One program under one kind of load, with a burst for each round."""

    figure: str
    program: object
    path: str
    bursts: list = dataclasses.field(default_factory=list)

    def median(self, attribute):
        return statistics.median(getattr(burst, attribute) for burst in self.bursts)

    def range(self, attribute):
        values = [getattr(burst, attribute) for burst in self.bursts]
        return min(values), max(values)

    def run(self, seconds):
        """Adds a burst."""
        self.bursts.append(burst(self.program, self.path, self.figure, seconds))


def burst(program, path, figure, seconds):
    """Loads a program with wrk for whole seconds; fails when an answer is not 2xx or a connection breaks."""
    command = [
        "wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(FOLDER / "load.lua"), program.url(path), "--",
        *MODES.get(figure, []),
    ]
    before = program.processor_nanoseconds()
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = program.processor_nanoseconds() - before
    line = next((line for line in output.splitlines() if line.startswith("figures ")), None)
    if line is None:
        raise SystemExit(f"wrk reports nothing about {program.name} {path}:\n{output}")
    requests, microseconds, p50, p99, refused, broken = map(int, line.split()[1:])
    if requests == 0 or refused or broken:
        raise SystemExit(f"{program.name} {path}: {requests} answers, {refused} not 2xx, {broken} broken\n{output}")
    return Burst(requests / microseconds * 1e6, p50 / 1000, p99 / 1000, spent / requests / 1000)


def interleave(cases, rounds, seconds, say):
    """Runs each case once in every round, forwards and backwards in turn, so that no program has the better minutes."""
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for case in cases if number % 2 == 0 else reversed(cases):
            case.run(seconds)
