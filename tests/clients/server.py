"""A Hookbox server for one client: a process of its own on a free port, its data in a folder that goes with it."""

import contextlib
import os
import pathlib
import queue
import subprocess
import tempfile
import threading
import time
import urllib.request

ID = "admin"
SECRET = "an admin secret of 32 characters"
# The first start on a machine compiles the JavaScript engine in the background, and a debug build does so slowly.
PATIENCE = 120


class Unwell(Exception):
    """A server that did not start, or not stay."""


@contextlib.contextmanager
def server(binary, tls=None, config=""):
    """Starts the binary and gives its address. `tls` is a certificate and its key, as files."""
    with tempfile.TemporaryDirectory(prefix="hookbox-clients-") as folder:
        folder = pathlib.Path(folder)
        (folder / "hookbox.toml").write_text(config)
        command = [binary, "serve", "--listen", "127.0.0.1:0", "--data", folder / "data"]
        if tls:
            command += ["--tls-cert", tls[0], "--tls-key", tls[1]]
        # No registry is asked for what a client says only to see how the API takes it.
        (folder / "registry").mkdir()
        environment = {"PATH": os.environ["PATH"], "HOOKBOX_BOOTSTRAP_CLIENT_ID": ID, "HOOKBOX_BOOTSTRAP_CLIENT_SECRET": SECRET}
        environment["HOOKBOX_PACKAGES_FOLDER"] = str(folder / "registry")
        with open(folder / "log", "w+") as log:
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
            try:
                yield _address(process, folder / "log")
                if process.poll() is not None:
                    raise Unwell(f"the server ended by itself, with {process.returncode}:\n{(folder / 'log').read_text()}")
            finally:
                process.terminate()
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _address(process, log):
    """The address of a server that listens and is ready."""
    lines = queue.Queue()
    # The pipe is read to its end, or a server that prints more would stand still.
    threading.Thread(target=lambda: [lines.put(line) for line in process.stdout] + [lines.put("")], daemon=True).start()
    try:
        first = lines.get(timeout=PATIENCE).strip()
    except queue.Empty:
        first = "nothing is said"
    prefix = "listening on "
    if not first.startswith(prefix):
        raise Unwell(f"the server does not start: {first}\n{log.read_text()}")
    return first.removeprefix(prefix)


def wait_until_ready(address):
    """Waits for a server that speaks plain HTTP."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/readyz", timeout=PATIENCE) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise Unwell(f"{address} is not ready after {PATIENCE} s")
