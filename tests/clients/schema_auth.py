"""How schemathesis shows who it is: a token everywhere, and a client's id and secret where tokens come from and go."""

import base64
import os

import schemathesis

from own import Own


@schemathesis.auth().skip_for(path_regex=r"^/auth/oauth2/")
class Token:
    """A token of the server's admin."""

    def get(self, _case, _context):
        return Own().token

    def set(self, case, token, _context):
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.auth().apply_to(path_regex=r"^/auth/oauth2/")
class Client:
    """A credential of its own, whose tokens may be revoked."""

    def get(self, _case, _context):
        pair = f"{os.environ['HOOKBOX_OTHER_ID']}:{os.environ['HOOKBOX_OTHER_SECRET']}"
        return base64.b64encode(pair.encode()).decode()

    def set(self, case, basic, _context):
        case.headers["Authorization"] = f"Basic {basic}"
