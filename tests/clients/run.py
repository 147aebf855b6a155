"""Runs real clients against a real server: `python3 tests/clients/run.py [CLIENT...]`, or `make test-clients`.

Each client gets a server of its own with an empty data folder. Which checks there are is in the clients' own files.
"""

import os
import pathlib
import subprocess
import sys

import server
import tools

HERE = pathlib.Path(__file__).parent
BINARY = pathlib.Path(os.environ.get("HOOKBOX", tools.ROOT / "target" / "debug" / "hookbox")).absolute()


def onelogin_4():
    """PyPI's onelogin 4.0.1."""
    with server.server(BINARY) as address:
        return _run([tools.python("onelogin-4"), HERE / "onelogin_4.py"], address)


def onelogin_2():
    """PyPI's onelogin 2.0.4."""
    with server.server(BINARY) as address:
        return _run([tools.python("onelogin-2"), HERE / "onelogin_2.py"], address)


def node_sdk():
    """npm's @onelogin/sdk 1.0.9, which speaks https only."""
    modules, tls = tools.node_modules(), tools.certificate()
    with server.server(BINARY, tls=tls) as address:
        return _run(["node", HERE / "node_sdk.mjs"], address, NODE_EXTRA_CA_CERTS=tls[0], CLIENT_MODULES=modules)


def okta_sdk():
    """npm's @okta/okta-sdk-nodejs 8.1.0."""
    modules, tls = tools.node_modules(), tools.certificate()
    with server.server(BINARY, tls=tls) as address:
        return _run(["node", HERE / "okta_sdk.mjs"], address, NODE_EXTRA_CA_CERTS=tls[0], CLIENT_MODULES=modules)


def schema():
    """schemathesis, on the project's own OpenAPI file."""
    # Wrong secrets are what it is to send; that it is slowed down for them is tested elsewhere.
    patient = "[throttle]\nclient_failures = 1000000\naddress_failures = 1000000\n"
    with server.server(BINARY, config=patient) as address:
        return _run([tools.python("schemathesis"), HERE / "schema.py"], address)


CLIENTS = {run.__name__: run for run in (onelogin_4, onelogin_2, node_sdk, okta_sdk, schema)}


def _run(command, address, **environment):
    """Whether the client's checks passed."""
    if address.startswith("http://"):
        server.wait_until_ready(address)
    own = {"HOOKBOX_URL": address, "HOOKBOX_CLIENT_ID": server.ID, "HOOKBOX_CLIENT_SECRET": server.SECRET, **environment}
    # The environment's own proxies would stand between a client and the server beside it.
    inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    command, own = [str(part) for part in command], {name: str(value) for name, value in own.items()}
    return subprocess.run(command, env={**inherited, **own}, stdin=subprocess.DEVNULL).returncode == 0


def _passes(client):
    """The same, where a server that does not start is a failure of this client and no reason to leave out the others."""
    try:
        return client()
    except server.Unwell as error:
        print(f"FAIL  {error}", flush=True)
        return False


def main(names):
    lacks = tools.missing()
    if lacks:
        sys.exit(f"The real clients cannot be run: this machine lacks {', '.join(lacks)}.")
    if not BINARY.exists():
        sys.exit(f"There is no server at {BINARY}; `make test-clients` makes it.")
    unknown = [name for name in names if name not in CLIENTS]
    if unknown:
        sys.exit(f"There is no client named {unknown[0]}; there are {', '.join(CLIENTS)}.")
    failed = []
    for name in names or CLIENTS:
        print(f"\n-- {CLIENTS[name].__doc__}", flush=True)
        if not _passes(CLIENTS[name]):
            failed.append(name)
    if failed:
        sys.exit(f"\nnot well served: {', '.join(failed)}")
    print("\nall clients are served")


main(sys.argv[1:])
