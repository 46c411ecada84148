"""The programs that are compared: how they are started, watched and stopped."""
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time

HOST = "127.0.0.1"
SAMPLE = json.loads((pathlib.Path(__file__).parent / "vcluster.json").read_text())

NGINX = """
daemon off;
worker_processes auto;
error_log {folder}/error.log warn;
pid {folder}/nginx.pid;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    server {{
        listen {host}:{port} reuseport;
        location = /plaintext {{ default_type "text/plain; charset=utf-8"; return 200 "Hello, World!"; }}
    }}
}}
"""


def free_port():
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Program:
    """A running server on a port of its own; a context manager that ends it."""

    def __init__(self, name, command, scheme="http"):
        self.name = name
        self.scheme = scheme
        self.port = free_port()
        self.folder = tempfile.TemporaryDirectory(prefix="bench-http-")
        self.command = command(self)
        self.log = open(os.path.join(self.folder.name, "log"), "w+b")
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            self.wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            # A server that waits for its idle connections; it has been measured, so that it may be cut short.
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.folder.cleanup()

    def wait_until_ready(self):
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                return socket.create_connection((HOST, self.port), timeout=1).close()
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.02)
        self.log.seek(0)
        raise SystemExit(f"{self.name} does not start: {' '.join(self.command)}\n{self.log.read().decode()}")

    def url(self, path):
        return f"{self.scheme}://{HOST}:{self.port}{path}"

    def pids(self):
        """The process and its children: nginx works in children."""
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            return [pid, *map(int, children.read().split())]

    def processor_nanoseconds(self):
        """User and system time of all threads, also of those that have ended, in nanoseconds.

        The process's CPU clock, clock_getcpuclockid(3): the scheduler's own account, exact to the nanosecond. The
        sum of utime and stime in /proc/PID/stat is the same account in steps of 10 ms (its split into user and system
        is sampled by the timer tick), and the schedstat of the tasks loses threads that end.
        """
        return sum(time.clock_gettime_ns((~pid << 3) | 2) for pid in self.pids())

    def resident_bytes(self):
        """Resident set as counted page by page; VmRSS may lag behind by some pages a core."""
        total = 0
        for pid in self.pids():
            with open(f"/proc/{pid}/smaps_rollup") as rollup:
                total += int(re.search(r"^Rss:\s+(\d+) kB", rollup.read(), re.MULTILINE).group(1)) * 1024
        return total

    def answer(self, method, path, body=None, headers=None):
        """Status and content of one request on a connection of its own."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def check(self, routes):
        """Fails unless each route answers what all programs have to answer."""
        for route in routes:
            method, path = ("POST", "/echo-json") if route == "echo-json" else ("GET", PATHS[route])
            body = json.dumps(SAMPLE) if method == "POST" else None
            status, content = self.answer(method, path, body, {"Content-Type": "application/json"} if body else None)
            found = content.decode() if route == "plaintext" else json.loads(content)
            expected = EXPECTED[route]
            if status != 200 or found != expected:
                raise SystemExit(f"{self.name} answers {path} with {status} {content!r}")


PATHS = {
    "plaintext": "/plaintext", "json": "/json", "param": "/vclusters/vc-4711", "echo-json": "/echo-json",
}
EXPECTED = {
    "plaintext": "Hello, World!", "json": SAMPLE, "param": SAMPLE | {"id": "vc-4711"}, "echo-json": SAMPLE,
}


def swift(products, product, *arguments):
    """How to start a program of the package Benchmarks."""
    return lambda program: [str(products / product), "--port", str(program.port), *arguments]


# An ordinary user has no sbin in the path.
NGINX_PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def nginx(program):
    """How to start nginx, without a privilege and with nothing outside of its temporary folder."""
    configuration = pathlib.Path(program.folder.name) / "nginx.conf"
    configuration.write_text(NGINX.format(folder=program.folder.name, host=HOST, port=program.port))
    return [NGINX_PROGRAM, "-p", program.folder.name, "-c", str(configuration), "-e", program.folder.name + "/error.log"]
