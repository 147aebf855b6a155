"""What the checks need of a Hookbox server besides what the client under test does: firing events, waiting for admission.

Only the standard library is used here, so that every client's environment can import it.
"""

import base64
import json
import os
import time
import urllib.error
import urllib.request
import uuid

URL = os.environ.get("HOOKBOX_URL", "")
CLIENT_ID = os.environ.get("HOOKBOX_CLIENT_ID", "")
CLIENT_SECRET = os.environ.get("HOOKBOX_CLIENT_SECRET", "")

# Far beyond what anything takes, for machines that do much else.
PATIENCE = 120


def function(source):
    """A hook's function as the API takes it."""
    return base64.b64encode(source.encode()).decode()


class Own:
    """A caller of Hookbox's own routes."""

    def __init__(self):
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        answer = self._send("POST", "/auth/oauth2/v2/token", f"Basic {basic}", {"grant_type": "client_credentials"})
        self.token = answer["access_token"]

    def send(self, method, path, body=None):
        """The JSON answer to a request that must succeed."""
        return self._send(method, path, f"Bearer {self.token}", body)

    def _send(self, method, path, authorization, body):
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(URL + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def ready(self, hook):
        """Waits until the hook with this id is admitted."""
        started = time.monotonic()
        while time.monotonic() - started < PATIENCE:
            seen = self.send("GET", f"/v1/hooks/{hook}")
            if seen["status"] == "ready":
                return
            assert not seen["status"].endswith("-failed"), f"{seen['status']}: {seen.get('status_message')}"
            time.sleep(0.05)
        raise AssertionError(f"hook {hook} is not ready after {PATIENCE} s")

    def login(self, request=None, correlation=None, **more):
        """Fires a pre-authentication event, with all that an identity provider may know; ids and answer."""
        request, correlation = request or str(uuid.uuid4()), correlation or str(uuid.uuid4())
        context = {
            "user": {"user_identifier": "ada", "policy_id": 187345, "id": 36216766, "last_login_success": "2026-10-21T17:04:22.852Z"},
            "device": {"user_agent": "Mozilla/5.0", "is_mobile": False},
            "location": {"ip": "192.0.2.7", "country_code": "TW"},
            "risk": {"score": 30, "reasons": ["Infrequent access"]},
            "app": {"id": 959314, "name": "Portal"},
            "request_id": request,
            "correlation_id": correlation,
            **more,
        }
        return request, correlation, self.send("POST", "/v1/triggers/pre-authentication", context)
