"""The hook operations of PyPI's `onelogin` 2.0.4, the older client written by hand, with the addresses that it builds replaced.

It has no setting for another host. It shows its secret in a header of its own kind and its token after a lower-case `bearer`.
"""

import requests
from onelogin.api.client import OneLoginClient

from checks import Checks, Made, same
from own import CLIENT_ID, CLIENT_SECRET, URL, Own, function

checks = Checks("onelogin 2.0.4")
own = Own()

SOURCE = """
exports.handler = async (context) => {
    console.log('policy', process.env.PY2_POLICY);
    return {user: {policy_id: Number(process.env.PY2_POLICY)}};
};
"""


def listen():
    """Notes what the client sends and gets."""
    send = requests.Session.send

    def noting(self, request, **more):
        answer = send(self, request, **more)
        checks.note(request.method, request.url, request.headers, request.body, answer.status_code, answer.headers, answer.content)
        return answer

    requests.Session.send = noting


def aim(client):
    """Sends what would go to onelogin.com to the server under test."""
    build = client.url_builder.get_url

    def get_url(base, *parts, **more):
        return build(base, *parts, **more).replace("https://api.us.onelogin.com", URL, 1)

    client.url_builder.get_url = get_url
    return client


def good(answer):
    """The client swallows exceptions and answers None; what it says of them is the failure."""
    assert client.error is None and answer is not None, f"{client.error}: {client.error_description}"
    return answer


listen()
client = aim(OneLoginClient(CLIENT_ID, CLIENT_SECRET))
made = Made()
HOOK = {
    "type": "pre-authentication", "disabled": False, "timeout": 10, "env_vars": ["PY2_POLICY"], "runtime": "nodejs12.x", "retries": 0,
    "context_version": "1.0.0", "packages": {}, "function": function(SOURCE),
    "options": {"risk_enabled": True, "location_enabled": False, "mfa_device_info_enabled": False},
}


@checks("get_access_token: by client_id: and client_secret: in the header; type, lifetime, account")
def _():
    token = good(client.get_access_token())
    assert checks.last.url == f"{URL}/auth/oauth2/v2/token", checks.last.url
    # Kept out of what a failure shows, so looked at here.
    assert client.get_authorized_headers(bearer=False)["Authorization"].startswith("client_id:"), "another client than was meant"
    same((token.token_type, token.account_id), ("bearer", 1))
    assert 35_000 < token.expires_in <= 36_000, token.expires_in
    assert token.created_at.tzinfo is not None, token.created_at


@checks("get_rate_limits: three whole numbers")
def _():
    limits = good(client.get_rate_limits())
    assert all(type(value) is int for value in (limits.limit, limits.remaining, limits.reset)), vars(limits)


@checks("create_env_var, get_env_var, get_env_vars: id and name, and no value at all")
def _():
    answer = good(client.create_env_var({"name": "PY2_POLICY", "value": "12"}))
    assert b"value" not in checks.last.answer, checks.last.answer
    made["env"] = answer.id
    same((good(client.get_env_var(answer.id)).name, answer.name), ("PY2_POLICY", "PY2_POLICY"))
    same([one.id for one in good(client.get_env_vars())], [answer.id])


@checks("update_env_var: the value alone; with a name beside it 422 in the documented words")
def _():
    same(good(client.update_env_var(made["env"], "13")).id, made["env"])
    same(client.update_env_var(made["env"], {"name": "PY2_POLICY", "value": "14"}), None)
    wanted = 'instance is not allowed to have the additional property "name"'
    same((client.error, client.error_description), ("422", wanted))


@checks("create_smart_hook: every field as sent, env_vars as names")
def _():
    answer = good(client.create_smart_hook(HOOK))
    made["hook"] = answer.id
    plain = [name for name in HOOK if name != "options"]
    same({name: getattr(answer, name) for name in plain}, {name: HOOK[name] for name in plain})
    same((answer.risk_enabled, answer.location_enabled, answer.mfa_device_info_enabled), (True, False, False))
    own.ready(answer.id)


@checks("get_smart_hook and get_smart_hooks, by type too: the one hook")
def _():
    answer = good(client.get_smart_hook(made["hook"]))
    same((answer.id, answer.status, answer.function), (made["hook"], "ready", HOOK["function"]))
    same([one.id for one in good(client.get_smart_hooks())], [made["hook"]])
    same([one.id for one in good(client.get_smart_hooks({"type": "pre-authentication"}))], [made["hook"]])
    same(good(client.get_smart_hooks({"type": "user-migration"})), [])


@checks("a login, then get_smart_hook_logs by request and by limit: the entry just made")
def _():
    request, correlation, answer = own.login()
    same((answer["outcome"], answer["result"]["user"]["policy_id"]), ("completed", 13))
    [entry] = good(client.get_smart_hook_logs(made["hook"], {"request_id": request}))
    same((entry.request_id, entry.correlation_id, entry.events[0].split("\t")[2:]), (request, correlation, ["INFO", "policy 13"]))
    own.login()
    same(len(good(client.get_smart_hook_logs(made["hook"], {"limit": 1}))), 1)


@checks("update_smart_hook: the changed fields, the others as they were")
def _():
    answer = good(client.update_smart_hook(made["hook"], {**HOOK, "timeout": 9, "disabled": True}))
    same((answer.id, answer.timeout, answer.disabled, answer.env_vars), (made["hook"], 9, True, ["PY2_POLICY"]))


@checks("errors: the message and not a status, for 404, 409 and 422")
def _():
    same((client.get_smart_hook(made["env"]), client.error), (None, "404"))
    same(client.error_description, "The resource with the given id could not be found")
    same((client.create_smart_hook(HOOK), client.error), (None, "409"))
    same(client.error_description, "The 'pre-authentication' hook is synchronous and can only have one defined function")
    same((client.create_smart_hook({**HOOK, "timeout": "1"}), client.error), (None, "422"))
    same(client.error_description, "instance.timeout is not of a type(s) integer")


@checks("delete_smart_hook, delete_env_var: both true, both gone")
def _():
    same((good(client.delete_smart_hook(made["hook"])), checks.last.status), (True, 202))
    same((good(client.delete_env_var(made["env"])), checks.last.status), (True, 204))
    same((good(client.get_smart_hooks()), good(client.get_env_vars())), ([], []))


@checks("revoke_token: true")
def _():
    same(good(client.revoke_token()), True)


checks.finish()
