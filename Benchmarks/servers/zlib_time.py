"""What compressing the page costs: zlib alone, the server with it, and the server with the page as it is."""
import gzip
import statistics
import subprocess

import load

# The level of the server for content of this size (CompressionPolicy.level).
LEVEL = 6
PATH = "/page"


class Gzip:
    """The page of our server under load, compressed and not, with zlib's own time in the same rounds."""

    def __init__(self, program, products):
        self.compressed = load.Case("gzip", program, PATH)
        self.plain = load.Case("page", program, PATH)
        self.command = [str(products / "bench-zlib"), str(LEVEL), "300"]
        status, self.page = program.answer("GET", PATH)
        if status != 200 or len(self.page) != 40 * 1024:
            raise SystemExit(f"{program.name} answers {PATH} with {status} and {len(self.page)} bytes")
        status, coded = program.answer("GET", PATH, headers={"Accept-Encoding": "gzip"})
        if gzip.decompress(coded) != self.page:
            raise SystemExit(f"{program.name} compresses {PATH} wrongly")
        self.coded_bytes = len(coded)
        self.zlib_microseconds = []

    def run(self, seconds):
        """Adds a burst of each kind, zlib in between, so that all three see the same machine."""
        self.compressed.run(seconds)
        output = subprocess.run(self.command, input=self.page, capture_output=True, check=True).stdout
        nanoseconds, _, _ = map(int, output.split())
        self.zlib_microseconds.append(nanoseconds / 1000)
        self.plain.run(seconds)

    def figures(self):
        """The figures of the goals: CPU microseconds for each page."""
        return {
            ("gzip", "ours"): self.compressed.median("processor_microseconds"),
            ("gzip", "zlib"): statistics.median(self.zlib_microseconds),
        }

    def table(self):
        figures = self.figures()
        plain = self.plain.median("processor_microseconds")
        ours, zlib = figures["gzip", "ours"], figures["gzip", "zlib"]
        return [
            "", f"| page of 40 KB, {self.coded_bytes:,} bytes by gzip level {LEVEL} | CPU µs |", "|---|---:|",
            f"| zlib alone, state reset for each page | {zlib:.1f} |",
            f"| a request answered with it | {ours:.1f} |",
            f"| a request answered without a coding | {plain:.1f} |",
            f"| the difference of the two, ÷ zlib | {(ours - plain) / zlib:.2f} |",
        ]
