"""The checks of one client: run in the order of the file, a line each, the last request and answer beside a failure.

What is checked is the client script's; this file knows no client.
"""

import json
import sys
import traceback


class Exchange:
    """A request and its answer, as a client's HTTP layer saw them."""

    def __init__(self, method, url, headers, body, status, answer_headers, answer):
        self.method, self.url, self.headers, self.body = method, url, headers, body
        self.status, self.answer_headers, self.answer = status, answer_headers, answer

    def __str__(self):
        sent = [f"> {self.method} {self.url}", *_lines(">", self.headers), *_text(">", self.body)]
        got = [f"< {self.status}", *_lines("<", self.answer_headers), *_text("<", self.answer)]
        return "\n".join(sent + got)


class Checks:
    """What was checked of one client, and how often it failed."""

    def __init__(self, client):
        self.client = client
        self.failures = 0
        self.count = 0
        self.exchanges = []

    def note(self, *exchange):
        """Remembers a request and its answer; called by whatever hooks into the client's HTTP layer."""
        self.exchanges.append(Exchange(*exchange))

    @property
    def last(self):
        return self.exchanges[-1]

    def __call__(self, compared):
        """Runs the decorated function at once. It compares with `assert` and what it compares is said in `compared`."""

        def run(check):
            self.count += 1
            before = len(self.exchanges)
            try:
                check()
                print(f"ok    {self.client}: {compared}", flush=True)
            except Exception:
                self.failures += 1
                print(f"FAIL  {self.client}: {compared}", flush=True)
                _show(self.exchanges[before:])
            return check

        return run

    def finish(self):
        """Ends the script."""
        print(f"{self.count - self.failures} of {self.count} checks passed: {self.client}", flush=True)
        sys.exit(1 if self.failures else 0)


class Made(dict):
    """The ids of what the checks made."""

    def __missing__(self, name):
        raise AssertionError(f"{name} was not made, for the reason given above")


def same(got, wanted):
    """Fails with both values, which a bare assert does not show."""
    assert got == wanted, f"\n   got  {got!r}\n  wanted {wanted!r}"


def refused(call, status):
    """The error that a call must end in, as the client raises it."""
    try:
        answer = call()
    except Exception as error:
        assert getattr(error, "status", None) == status, f"refused with {error!r}, wanted status {status}"
        return error
    raise AssertionError(f"accepted with {answer!r}, wanted status {status}")


def _show(exchanges):
    for line in traceback.format_exc(limit=-2).splitlines():
        print(f"      {line}")
    for exchange in exchanges[-2:]:
        for line in str(exchange).splitlines():
            print(f"      {line}")
    if not exchanges:
        print("      nothing was sent")


def _lines(mark, headers):
    # A token in a build's log would be no secret of anybody, and still a bad example.
    hidden = {"authorization"}
    return [f"{mark} {name}: {'...' if name.lower() in hidden else value}" for name, value in dict(headers or {}).items()]


def _text(mark, body):
    if body is None or body in (b"", ""):
        return []
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    text = text if isinstance(text, str) else json.dumps(text)
    return [f"{mark} {line}" for line in text[:4000].splitlines()]
