"""The normal client of abuse.py: a steady rate of requests on keep-alive connections, each with its latency.

Latency counts from the moment at which the request was due, not from the moment at which it could be sent: a server
that stalls for a second is charged for every request of that second. The client also records how late it woke up from sleeps that nothing but the
clock ended: what the machine adds, and no server can help.
"""
import multiprocessing
import os
import select
import socket
import time

RATE = 200
CONNECTIONS = 8
# A response that takes longer is an error, and its connection is given up.
PATIENCE_SECONDS = 5.0


def prefer(niceness):
    """Gives this process a place of its own before (or behind) the other work of the machine, where it may.

    With sched(7)'s autogroups it is the session that has the priority, so the process gets a session of its own.
    """
    try:
        os.setsid()
        os.setpriority(os.PRIO_PROCESS, 0, niceness)
        with open("/proc/self/autogroup", "w", encoding="ascii") as file:
            file.write(str(niceness))
    except OSError:
        pass


class Connection:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, port, request):
        self.port, self.request = port, request
        self.socket, self.due, self.received = None, None, b""

    def send(self, due):
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due, self.received = due, b""
        self.socket.sendall(self.request)

    def receive(self):
        """Reads what is there: status and milliseconds once the response is complete, else None."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("closed by the server")
        self.received += piece
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        if len(body) < length:
            return None
        milliseconds = (time.monotonic() - self.due) * 1000
        self.due = None
        return int(head[9:12]), milliseconds

    def drop(self):
        if self.socket is not None:
            self.socket.close()
        self.socket, self.due = None, None


class NormalClient:
    """The client in a process of its own, from start() to stop()."""

    def __init__(self, port, path="/json"):
        self.connections = [
            Connection(port, f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()) for _ in range(CONNECTIONS)
        ]
        self.latencies, self.delays, self.errors = [], [], []
        self.pipe, self.theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=self._run, daemon=True)

    def start(self):
        """Returns when every connection has had its first response."""
        self.process.start()
        self.pipe.recv()

    def stop(self):
        """Latencies and own delays in milliseconds, sorted, and the errors."""
        self.pipe.send("stop")
        result = self.pipe.recv()
        self.process.join()
        return result

    def _run(self):
        prefer(-20)
        for connection in self.connections:
            connection.send(time.monotonic())
            while connection.receive() is None:
                pass
        self.theirs.send("ready")
        due = time.monotonic()
        while not self.theirs.poll():
            due = self._send_due(due)
            self._receive(until=due)
        self.theirs.send((sorted(self.latencies), sorted(self.delays), self.errors))

    def _send_due(self, due):
        """Sends the requests whose time has come; the time of the next one."""
        while due <= time.monotonic():
            free = next((each for each in self.connections if each.due is None), None)
            if free is None:
                break
            self._attempt(free, lambda: free.send(due))
            due += 1 / RATE
        return due

    def _receive(self, until):
        busy = {each.socket: each for each in self.connections if each.due is not None}
        now = time.monotonic()
        # With no connection free there is nothing to send however late it is: only a response helps.
        wait = 0.05 if len(busy) == CONNECTIONS else min(max(0.0, until - now), 0.05)
        ready = select.select(list(busy), [], [], wait)[0]
        if not ready and wait > 0:
            self.delays.append((time.monotonic() - now - wait) * 1000)
        for readable in ready:
            result = self._attempt(busy[readable], busy[readable].receive)
            if result is not None:
                self.latencies.append(result[1])
                if result[0] != 200:
                    self.errors.append(f"status {result[0]}")
        for each in busy.values():
            if each.due is not None and time.monotonic() - each.due > PATIENCE_SECONDS:
                self.errors.append("no response")
                each.drop()

    def _attempt(self, connection, action):
        try:
            return action()
        except OSError as error:
            self.errors.append(str(error))
            connection.drop()
            return None
