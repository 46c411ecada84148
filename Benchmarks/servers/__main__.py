#!/usr/bin/env python3
"""Measures the product's HTTP server beside others: `make bench-http`, or servers --help.

All programs run all the time and are loaded in turn, in short bursts, over several rounds; the median of a program's
bursts counts. The figure to believe on a noisy machine is the CPU time for each request, from the program's own account.
Prints Markdown tables; with --strict it exits 1 when a goal is missed or was not measured.
"""
import argparse
import contextlib
import os
import pathlib
import sys
import tempfile

import idle
import load
import programs
import report
import tls
import zlib_time

FIGURES = ["plaintext", "json", "param", "echo-json", "pipelined", "tls", "gzip", "idle", "others"]
ROUTES = ["plaintext", "json", "param", "echo-json"]
PRODUCTS = {"ours": "bench-server", "Hummingbird": "bench-hummingbird", "FlyingFox": "bench-flyingfox",
            "C limit": "bench-limit"}
# What each program answers; the C program has fixed bytes, and nginx has them in its configuration.
ANSWERED = {"ours": ROUTES, "Hummingbird": ROUTES, "FlyingFox": ROUTES, "C limit": ["plaintext", "json"],
            "nginx": ["plaintext"]}
if programs.NGINX_PROGRAM is None:
    del ANSWERED["nginx"]


def say(text):
    print(f"\033[2m==> {text}\033[0m", file=sys.stderr, flush=True)


def options():
    parser = argparse.ArgumentParser(prog="bench-http", description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=pathlib.Path, required=True, help="folder of the built programs")
    parser.add_argument("--rounds", type=int, default=15, help="bursts of each program (15)")
    parser.add_argument("--seconds", type=int, default=1, help="length of a burst (1)")
    parser.add_argument("--quick", action="store_true", help="three rounds: a look, not a measurement")
    parser.add_argument("--only", help=f"some figures, with commas between: {', '.join(FIGURES)}")
    parser.add_argument("--markdown", type=pathlib.Path, help="write the tables to this file as well")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a goal is missed or was not measured")
    chosen = parser.parse_args()
    chosen.rounds = 3 if chosen.quick else chosen.rounds
    chosen.only = chosen.only.split(",") if chosen.only else FIGURES
    unknown = set(chosen.only) - set(FIGURES)
    if unknown:
        parser.error(f"unknown figure {', '.join(sorted(unknown))}")
    return chosen


def command_line():
    """The command that repeats this run: the arguments that change what is measured."""
    arguments, rest = [], iter(sys.argv[1:])
    for argument in rest:
        if argument in ("--products", "--markdown"):
            next(rest)
        else:
            arguments.append(argument)
    return "make bench-http" + (f' ARGUMENTS="{" ".join(arguments)}"' if arguments else "")


def command_of(name, products, *arguments):
    return programs.nginx if name == "nginx" else programs.swift(products, PRODUCTS[name], *arguments)


def start(stack, name, products):
    """Starts a program until the end of the stack, and checks its answers."""
    program = stack.enter_context(programs.Program(name, command_of(name, products)))
    program.check(ANSWERED[name])
    return program


def start_tls(stack, products):
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-http-"))
    cert, key = tls.certificate(folder)
    command = command_of("ours", products, "--tls", cert, key)
    return stack.enter_context(programs.Program("ours, TLS", command, scheme="https")), cert


def measure_load(chosen, lines, figures):
    """Everything that wrk loads, interleaved: the routes, pipelining and TLS."""
    with contextlib.ExitStack() as stack:
        running = {name: start(stack, name, chosen.products) for name in ANSWERED}
        cases = [
            load.Case(route, running[name], programs.PATHS[route])
            for route in ROUTES if route in chosen.only or (route == "json" and "tls" in chosen.only)
            for name, answered in ANSWERED.items() if route in answered
        ]
        if "pipelined" in chosen.only:
            cases += [load.Case("pipelined", program, "/plaintext") for program in running.values()]
        if "tls" in chosen.only:
            secure, cert = start_tls(stack, chosen.products)
            cases.append(load.Case("tls-json", secure, "/json"))
        load.interleave(cases, chosen.rounds, chosen.seconds, say)
        figures |= {(case.figure, case.program.name): case.median("processor_microseconds") for case in cases}
        lines += report.case_table(cases)
        if "tls" in chosen.only:
            measure_handshakes(chosen, secure, cert, lines)


def measure_handshakes(chosen, secure, cert, lines):
    """New and resumed handshakes in turn; the median round counts."""
    say("handshakes")
    lines += ["", "| TLS 1.3 handshakes, one client | CPU µs of the server for each | handshakes/s |", "|---|---:|---:|"]
    results = {False: [], True: []}
    for _ in range(chosen.rounds):
        for resumed, rounds in results.items():
            rounds.append(tls.handshakes(secure, cert, resumed))
    for resumed, rounds in results.items():
        processor, rate = sorted(rounds)[len(rounds) // 2]
        lines.append(f"| {'resumed by a ticket' if resumed else 'new (ECDSA P-256)'} | {processor:.0f} | {rate:,.0f} |")


def measure_gzip(chosen, lines, figures):
    """A compressed page beside zlib's own time, on a program that was started for it."""
    with contextlib.ExitStack() as stack:
        program = stack.enter_context(programs.Program("ours", command_of("ours", chosen.products)))
        page = zlib_time.Gzip(program, chosen.products)
        for number in range(chosen.rounds):
            say(f"compressed page, round {number + 1} of {chosen.rounds}")
            page.run(chosen.seconds)
    figures |= page.figures()
    lines += page.table()


def measure_idle(chosen, lines, figures):
    """Memory of idle connections, on programs that were started for it."""
    lines += ["", f"| {idle.CONNECTIONS:,} idle keep-alive connections | KiB for each |", "|---|---:|"]
    for name in ANSWERED:
        say(f"idle connections of {name}")
        with contextlib.ExitStack() as stack:
            kibibytes = idle.bytes_per_connection(start(stack, name, chosen.products)) / 1024
        figures["idle", name] = kibibytes
        lines.append(f"| {name} | {kibibytes:.2f} |")


def measure_others(chosen, lines, figures):
    """The latency of a client beside idle connections: two of our servers at once, one with and one without."""
    say("other clients")
    with contextlib.ExitStack() as stack:
        burdened, free = (start(stack, "ours", chosen.products) for _ in range(2))
        with idle.idle_connections(burdened, idle.CONNECTIONS):
            found = idle.latencies(burdened, free)
    lines += ["", f"| {idle.PROBES:,} requests of one other client | p50 ms | p99 ms |", "|---|---:|---:|"]
    for name, times in zip(("with", "without"), found):
        p50, p99 = (idle.percentile(times, percent) for percent in (50, 99))
        figures["others", name] = p99
        lines.append(f"| {name} {idle.CONNECTIONS:,} idle connections | {p50:.3f} | {p99:.3f} |")


def main():
    chosen = options()
    idle.allow_descriptors()
    before, busy = report.machine_time(), os.getloadavg()[0]
    lines, figures = [report.heading(command_line()), ""], {}
    if set(chosen.only) - {"gzip", "idle", "others"}:
        measure_load(chosen, lines, figures)
    if "gzip" in chosen.only:
        measure_gzip(chosen, lines, figures)
    if "idle" in chosen.only:
        measure_idle(chosen, lines, figures)
    if "others" in chosen.only:
        measure_others(chosen, lines, figures)
    goals = report.goals(figures)
    lines += ["", *report.goal_table(goals), "",
              f"{chosen.rounds} rounds of {chosen.seconds} s. Load of the machine before: {busy:.1f}; stolen by the "
              f"hypervisor: {report.stolen_share(before, report.machine_time()):.1%}."]
    print("\n".join(lines))
    if chosen.markdown:
        chosen.markdown.write_text("\n".join(lines) + "\n")
    if chosen.strict and not all(goal.is_met() for goal in goals):
        raise SystemExit("goals missed")


main()
