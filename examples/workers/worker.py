"""Tasks and events in Python, for a server that talks to them over stdin and stdout. Needs Python 3.8 and nothing else.

    runner-native serve --command 'python3 worker.py'

The code below the line runs them, and can be copied as it is.
"""

import json
import os
import queue
import sys
import threading
import traceback


class TunnelError(Exception):
    """An error that is sent to the client. For any other it gets a 500 without details."""

    def __init__(self, message, code="INTERNAL_ERROR", http_code=500, data=None):
        super().__init__(message)
        self.code, self.http_code, self.data = code, http_code, data


def add(value, call):
    return value["a"] + value["b"]


def divide(value, call):
    if value["b"] == 0:
        raise TunnelError("b is 0", code="DIVISION_BY_ZERO", http_code=400, data=value)
    return value["a"] / value["b"]


def wait(value, call):
    """Ends early when its client leaves, or when its time is over."""
    call.cancelled.wait(value["ms"] / 1000)
    return {"cancelled": call.cancelled.is_set()}


def notify(payload, call):
    # stdout is reserved for the protocol: this goes to stderr, and from there to the log of the server.
    print("notified:", payload)


TASKS = {"app.tasks.add": add, "app.tasks.divide": divide, "app.tasks.wait": wait}
EVENTS = {"app.events.notify": notify}
THREADS = 8

# ----------------------------------------------------------------------------------------------------------------------


class Call:
    """The call that a handler runs for."""

    def __init__(self, message):
        self.id = message["id"]
        self.request_id = message.get("requestId")
        self.context = message.get("context", {})
        self.returns_payload = message.get("returnPayload", False)
        self.cancelled = threading.Event()


class Worker:
    def __init__(self, tasks, events, threads):
        self.handlers = {"task": tasks, "event": events}
        self.threads = threads
        self.waiting = queue.SimpleQueue()
        self.calls = {}
        self.lock = threading.Lock()
        self.out = take_stdout()

    def serve(self):
        self.send(
            encode(
                {
                    "type": "ready",
                    "protocol": 1,
                    "tasks": list(self.handlers["task"]),
                    "events": list(self.handlers["event"]),
                    "features": ["cancel", "context"],
                    "maxInFlight": self.threads,
                }
            )
        )
        threads = [threading.Thread(target=self.run, daemon=True) for _ in range(self.threads)]
        for thread in threads:
            thread.start()
        told_to_end = self.read()
        if not told_to_end:
            os._exit(1)  # The server is gone.
        for _ in threads:
            self.waiting.put(None)
        for thread in threads:
            thread.join()

    def read(self):
        """Reads messages until the server shuts the worker down, or is gone. Returns whether it was shut down."""
        for line in sys.stdin.buffer:
            message = self.parse(line)
            kind = message.get("type")
            if kind in self.handlers:
                call = self.calls[message["id"]] = Call(message)
                self.waiting.put((call, message))
            elif kind == "ping":
                self.send(encode({"id": message["id"], "ok": True}))
            elif kind == "cancel":
                call = self.calls.get(message["id"])
                if call:
                    call.cancelled.set()
            elif kind == "shutdown":
                return True
        return False

    def parse(self, line):
        try:
            message = json.loads(line) if line.strip() else {}
            if isinstance(message, dict):
                return message
        except ValueError:
            pass
        print("a line that is not a message:", line[:60], file=sys.stderr)
        return {}

    def run(self):
        for call, message in iter(self.waiting.get, None):
            self.send(self.outcome(call, message))
            self.calls.pop(call.id, None)

    def outcome(self, call, message):
        """Runs the handler of a call and returns the line that ends it."""
        kind = message["type"]
        value = message.get("input" if kind == "task" else "payload")
        try:
            handler = self.handlers[kind].get(message[kind + "Id"])
            if handler is None:
                raise TunnelError(f"{kind.title()} {message[kind + 'Id']} not found", "NOT_FOUND", 404)
            result = handler(value, call)
            if kind == "event":
                result = (value if result is None else result) if call.returns_payload else None
            return encode({"id": call.id, "ok": True, "result": result})
        except Exception as error:
            stack = traceback.format_exc()
            try:
                return encode({"id": call.id, "ok": False, "error": described(error), "stack": stack})
            except (TypeError, ValueError):  # An error whose data is not JSON.
                fields = {"message": str(error), "code": "EXECUTION_ERROR"}
                return encode({"id": call.id, "ok": False, "error": fields, "stack": stack})

    def send(self, line):
        try:
            with self.lock:
                self.out.write(line)
                self.out.flush()
        except BrokenPipeError:
            os._exit(1)  # The server is gone.


def described(error):
    """Describes an error. One with a status is sent to the client."""
    if not isinstance(error, TunnelError):
        return {"message": f"{type(error).__name__}: {error}", "code": "EXECUTION_ERROR"}
    fields = {"message": str(error), "code": error.code, "httpCode": error.http_code}
    return fields if error.data is None else {**fields, "data": error.data}


def encode(message):
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def take_stdout():
    """Reserves stdout for the protocol. Other output, that of child processes too, goes to stderr."""
    own = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return os.fdopen(own, "wb")


if __name__ == "__main__":
    Worker(TASKS, EVENTS, THREADS).serve()
