"""schemathesis against the project's own OpenAPI file: requests that follow it and requests that break it, to every operation.

A 5xx, an answer outside the schema or bad data taken for good is a failure; schemathesis.toml has the rules.
"""

import os
import pathlib
import subprocess
import sys

from own import URL, Own

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent


def main():
    own = Own()
    # Every hook that is made counts: with the default of one of a type nearly all would be refused.
    own.send("PUT", "/v1/accounts/1", {"hooks_per_type": 100})
    # Revoking ends all tokens of a credential, so the one that revokes is not the one that is used.
    other = own.send("POST", "/v1/credentials", {"account_id": 1, "scopes": ["manage"]})
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE),
        "HOOKBOX_OTHER_ID": other["client_id"],
        "HOOKBOX_OTHER_SECRET": other["client_secret"],
    }
    schema = ROOT / "docs" / "openapi.json"
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", HERE / "schemathesis.toml", "run", schema, "--url", URL]
    # It keeps notes in the current folder.
    ended = subprocess.run([str(part) for part in command], cwd=ROOT / "target" / "clients", env=environment)
    sys.exit(ended.returncode)


main()
