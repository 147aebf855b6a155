"""The clients themselves: a virtual environment or node_modules each, at the versions that the lock files pin.

They are kept under target/clients and made anew when a lock file changes. The packages come from wherever pip and npm are set to look.
"""

import hashlib
import importlib.util
import pathlib
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
TARGET = ROOT / "target" / "clients"


def missing():
    """What this machine lacks."""
    lacks = [name for name in ("node", "npm", "openssl") if shutil.which(name) is None]
    if sys.version_info < (3, 11):
        lacks.append("python3 3.11 or newer")
    # Debian keeps it in a package of its own, python3-venv.
    if importlib.util.find_spec("ensurepip") is None:
        lacks.append("python3's venv")
    return lacks


def python(name):
    """The interpreter of an environment with what locks/NAME.txt says; every package must have one of the hashes there."""
    lock = HERE / "locks" / f"{name}.txt"
    folder = TARGET / name

    def make():
        venv.create(folder, with_pip=True, clear=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
        _run([folder / "bin" / "python", *install, "-r", lock])

    _once(folder, [lock], make)
    return folder / "bin" / "python"


def node_modules():
    """The folder from which Node resolves what package-lock.json says."""
    folder = TARGET / "node"
    files = [HERE / "package.json", HERE / "package-lock.json"]

    def make():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for file in files:
            shutil.copy(file, folder)
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder)

    _once(folder, files, make)
    return folder


def certificate():
    """A certificate for 127.0.0.1 that nobody has signed but itself, and its key. Made anew for each run."""
    folder = TARGET / "tls"
    folder.mkdir(parents=True, exist_ok=True)
    cert, key = folder / "cert.pem", folder / "key.pem"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=hookbox test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    _run(["openssl", "req", "-x509", *kind, *names, "-keyout", key, "-out", cert], stderr=subprocess.DEVNULL)
    return cert, key


def _once(folder, sources, make):
    """Makes the folder unless it was made from these very files."""
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in sources)).hexdigest()
    stamp = folder / ".made-from"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"preparing {folder.relative_to(ROOT)}", flush=True)
    make()
    stamp.write_text(wanted)


def _run(command, **options):
    subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL, **options)
