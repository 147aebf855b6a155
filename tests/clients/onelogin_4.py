"""Every operation of PyPI's `onelogin` 4.0.1, the generated client, as its users call it.

It is the strictest of the clients about answers: `env_vars` must be texts, a list of hooks must have functions, and an env var a value.
"""

import base64
import json
import urllib.parse

import onelogin
from onelogin import rest

from checks import Checks, Made, refused, same
from own import CLIENT_ID, CLIENT_SECRET, URL, Own, function

checks = Checks("onelogin 4.0.1")
own = Own()

SOURCE = """
exports.handler = async (context) => {
    console.log(context.user);
    console.error('at', context.location && context.location.country_code, 'with', typeof process.env.PY4_SECRET);
    return {success: true, user: {policy_id: Number(process.env.PY4_POLICY)}};
};
"""
MIGRATION = """
exports.handler = async (context) => {
    console.log(context, 'password is', context.password);
    const user = {username: context.user_identifier, password: context.password, firstname: 'Ada', lastname: 'L', email: 'ada@example.org'};
    return {success: true, user};
};
"""


def listen():
    """Notes what the client sends and gets."""
    send = rest.RESTClientObject.request

    def noting(self, method, url, query_params=None, headers=None, body=None, **more):
        try:
            answer = send(self, method, url, query_params=query_params, headers=headers, body=body, **more)
        except onelogin.ApiException as error:
            checks.note(method, url, headers, body, error.status, error.headers, error.body)
            raise
        checks.note(method, url, headers, body, answer.status, answer.getheaders(), answer.data)
        return answer

    rest.RESTClientObject.request = noting


listen()
configuration = onelogin.Configuration(host=URL, username=CLIENT_ID, password=CLIENT_SECRET)
client = onelogin.ApiClient(configuration)
oauth = onelogin.OAuth2Api(client)
hooks = onelogin.SmartHooksApi(client)
made = Made()


def settled(hook):
    own.ready(hook)
    return hooks.get_hook(hook)


def texts(hook):
    """What a hook says, without what changes by itself."""
    return {name: value for name, value in hook.to_dict().items() if name not in ("status", "updated_at")}


@checks("generate_token twice: type, lifetime, account; what the first call gave is good after the second")
def _():
    first = oauth.generate_token({"grant_type": "client_credentials"})
    second = oauth.generate_token({"grant_type": "client_credentials"})
    for token in (second, first):
        configuration.access_token = token.access_token
        same((token.token_type, token.account_id), ("bearer", 1))
        assert 35_000 < token.expires_in <= 36_000, token
        same(hooks.list_hooks(), [])


@checks("get_rate_limit: three whole numbers in the envelope")
def _():
    answer = oauth.get_rate_limit()
    same((answer.status.error, answer.status.code, answer.status.type), (False, 200, "success"))
    limits = answer.data
    assert 0 < limits.x_rate_limit_remaining <= limits.x_rate_limit_limit and limits.x_rate_limit_reset > 0, limits


@checks("create_environment_variable: name, an empty value, 201")
def _():
    for name, value in [("PY4_POLICY", "209"), ("PY4_SECRET", "a secret of py4"), ("PY4_OTHER", "x")]:
        answer = hooks.create_environment_variable(onelogin.HookEnvvar(name=name, value=value))
        same((answer.name, answer.value, checks.last.status), (name, "", 201))
        made[name] = answer.id


@checks("list_environment_variables: the three names, no value of them")
def _():
    listed = hooks.list_environment_variables()
    same(sorted(one.name for one in listed), ["PY4_OTHER", "PY4_POLICY", "PY4_SECRET"])
    same({one.value for one in listed}, {""})


@checks("get_environment_variable: id, name, dates")
def _():
    answer = hooks.get_environment_variable(made["PY4_SECRET"])
    same((answer.id, answer.name, answer.value), (made["PY4_SECRET"], "PY4_SECRET", ""))
    assert answer.created_at.endswith("Z") and answer.updated_at.endswith("Z"), answer


@checks("update_environment_variable: 200, the same id and name")
def _():
    answer = hooks.update_environment_variable(made["PY4_POLICY"], onelogin.UpdateEnvironmentVariableRequest(value="210"))
    same((answer.id, answer.name, checks.last.status), (made["PY4_POLICY"], "PY4_POLICY", 200))


@checks("pages of env vars: headers, and the cursor to the second and last page")
def _():
    first = hooks.list_environment_variables_with_http_info(limit=2)
    headers = {name.lower(): value for name, value in first.headers.items()}
    same([headers.get(name) for name in ("current-page", "page-items", "total-count", "total-pages")], ["1", "2", "3", "2"])
    cursor = headers["after-cursor"]
    # The older client takes cursors apart in just this way.
    same(base64.b64decode(urllib.parse.unquote_plus(cursor)).decode(), "limit=2&page=2")
    assert "before-cursor" not in headers and headers["link"], headers
    second = hooks.list_environment_variables_with_http_info(cursor=cursor)
    headers = {name.lower(): value for name, value in second.headers.items()}
    assert "after-cursor" not in headers and headers["before-cursor"], headers
    same(len({one.id for one in first.data + second.data}), 3)
    same(len(hooks.list_environment_variables(limit=2, page=2)), 1)


@checks("create_hook: 201, an id, a state, and every field as sent")
def _():
    hook = onelogin.Hook(
        type="pre-authentication", disabled=False, timeout=10, env_vars=["PY4_POLICY", "PY4_SECRET"], runtime="nodejs18.x", retries=1,
        packages={}, function=function(SOURCE), context_version=">= 1.0.0",
        options=onelogin.HookOptions(risk_enabled=False, location_enabled=True, mfa_device_info_enabled=False),
        conditions=[onelogin.Condition(source="roles", operator="!~", value="123456")],
    )
    answer = hooks.create_hook(hook)
    same(checks.last.status, 201)
    made["hook"] = answer.id
    assert answer.status in ("create-queued", "create-running", "ready"), answer.status
    got, sent = answer.to_dict(), hook.to_dict()
    same({name: got.get(name) for name in sent}, sent)


@checks("get_hook: the fields as sent, ready in the end")
def _():
    answer = settled(made["hook"])
    same((answer.id, answer.status, answer.function), (made["hook"], "ready", function(SOURCE)))
    same(answer.env_vars, ["PY4_POLICY", "PY4_SECRET"])
    assert answer.created_at.endswith("Z") and answer.updated_at.endswith("Z"), answer


@checks("list_hooks: the one hook, the same as get_hook's, its function with it")
def _():
    same([texts(one) for one in hooks.list_hooks()], [texts(hooks.get_hook(made["hook"]))])


@checks("create_hook again: 409 with statusCode, name and message")
def _():
    again = hooks.get_hook(made["hook"])
    again.id = None
    error = refused(lambda: hooks.create_hook(again), 409)
    wanted = "The 'pre-authentication' hook is synchronous and can only have one defined function"
    same(json.loads(error.body), {"statusCode": 409, "name": "ConflictError", "message": wanted})


@checks("a login: the policy of the env var's newest value")
def _():
    _request, _correlation, answer = own.login()
    same((answer["outcome"], answer["decision"], answer["result"]["user"]["policy_id"]), ("completed", "allow", 210))


@checks("update_environment_variable, then a login: the new value at once")
def _():
    hooks.update_environment_variable(made["PY4_POLICY"], onelogin.UpdateEnvironmentVariableRequest(value="211"))
    _request, _correlation, answer = own.login()
    same((answer["outcome"], answer["result"]["user"]["policy_id"]), ("completed", 211))


@checks("get_logs: the execution just fired, a message an event, levels and line breaks")
def _():
    request, correlation, _answer = own.login()
    [entry] = hooks.get_logs(made["hook"], request_id=request)
    same((entry.request_id, entry.correlation_id), (request, correlation))
    assert entry.created_at.endswith("Z"), entry
    events = [event.split("\t", 3) for event in entry.events]
    same([event[2] for event in events], ["INFO", "ERROR"])
    assert events[0][3].startswith("{\n") and "\n  policy_id: 187345," in events[0][3], events
    same(events[1][3], "at TW with string")


@checks("get_logs with filters: by request, by correlation, by both, by neither's id")
def _():
    request, correlation, _answer = own.login()
    other, _correlation, _answer = own.login(correlation=correlation)
    by = lambda **filters: sorted(one.request_id for one in hooks.get_logs(made["hook"], **filters))
    same(by(request_id=other), [other])
    same(by(correlation_id=correlation), sorted([request, other]))
    same(by(correlation_id=correlation, request_id=request), [request])
    same(by(request_id="nobody's"), [])


@checks("get_logs by pages: newest first, the cursor until there is none, every entry once")
def _():
    whole = [one.request_id for one in hooks.get_logs(made["hook"], limit=1000)]
    paged, more = [], {"limit": 2}
    while more:
        page = hooks.get_logs_with_http_info(made["hook"], **more)
        paged += [one.request_id for one in page.data]
        cursor = {name.lower(): value for name, value in page.headers.items()}.get("after-cursor")
        more = {"cursor": cursor} if cursor else None
    same(paged, whole)
    same(len(whole), 5)


@checks("get_hook, update_hook with all that came: 200, nothing changed")
def _():
    before = hooks.get_hook(made["hook"])
    answer = hooks.update_hook(made["hook"], before)
    same((checks.last.status, texts(answer)), (200, texts(before)))
    sent = checks.last.body
    assert {"id", "status", "created_at", "updated_at"} <= set(sent), sent
    settled(made["hook"])


@checks("update_hook: other fields, then a login that shows them")
def _():
    hook = settled(made["hook"])
    hook.options.location_enabled, hook.env_vars, hook.retries, hook.timeout = False, ["PY4_POLICY"], 0, 9
    answer = hooks.update_hook(made["hook"], hook)
    same((answer.env_vars, answer.retries, answer.timeout, answer.options.location_enabled), (["PY4_POLICY"], 0, 9, False))
    settled(made["hook"])
    request, _correlation, _answer = own.login()
    [entry] = hooks.get_logs(made["hook"], request_id=request)
    same(entry.events[-1].split("\t")[2:], ["ERROR", "at undefined with undefined"])


@checks("conditions: a user of the role that is left out gets the default, and an entry")
def _():
    request, _correlation, answer = own.login(roles=["123456"])
    same((answer["outcome"], answer["decision"]), ("skipped", "allow"))
    same([one.request_id for one in hooks.get_logs(made["hook"], request_id=request)], [request])


@checks("user-migration: the user comes back with the password, and no log has it")
def _():
    hook = onelogin.Hook(
        type="user-migration", disabled=False, timeout=10, env_vars=[], runtime="nodejs18.x", retries=0, packages={},
        function=function(MIGRATION), context_version="1.0.0",
    )
    made["migration"] = hooks.create_hook(hook).id
    settled(made["migration"])
    context = {"user_identifier": "ada", "password": "ada's own password", "request_id": "migration-1", "correlation_id": "login-1"}
    answer = own.send("POST", "/v1/triggers/user-migration", context)
    same((answer["outcome"], answer["result"]["user"]["password"]), ("completed", "ada's own password"))
    [entry] = hooks.get_logs(made["migration"], request_id="migration-1")
    text = "\n".join(entry.events)
    assert "user_identifier: 'ada'" in text and "ada's own password" not in text, text


@checks("list_hooks by pages: one each, the cursor from the first to the second")
def _():
    first = hooks.list_hooks_with_http_info(limit=1)
    cursor = {name.lower(): value for name, value in first.headers.items()}["after-cursor"]
    second = hooks.list_hooks_with_http_info(limit=1, cursor=cursor)
    same(sorted(one.id for one in first.data + second.data), sorted([made["hook"], made["migration"]]))


@checks("delete_environment_variable in use: 204, it vanishes from the hook")
def _():
    hooks.delete_environment_variable(made["PY4_POLICY"])
    same((checks.last.status, checks.last.answer), (204, b""))
    same(hooks.get_hook(made["hook"]).env_vars, [])


@checks("what is not there: 404 for env vars and hooks, in the documented words")
def _():
    calls = [lambda: hooks.get_environment_variable(made["PY4_POLICY"]), lambda: hooks.get_hook(made["PY4_POLICY"]),
             lambda: hooks.delete_hook(made["PY4_POLICY"]), lambda: hooks.get_logs(made["PY4_POLICY"])]
    wanted = {"statusCode": 404, "name": "NotFoundError", "message": "The resource with the given id could not be found"}
    for call in calls:
        same(json.loads(refused(call, 404).body), wanted)


@checks("what is wrong: 422 for a timeout of 11, a type, an env var's name")
def _():
    def create(**more):
        fields = {"type": "pre-authentication", "disabled": True, "timeout": 1, "env_vars": [], "runtime": "nodejs18.x", "retries": 0}
        return lambda: hooks.create_hook(onelogin.Hook(**{**fields, "packages": {}, "function": function(SOURCE), **more}))

    message = lambda call: json.loads(refused(call, 422).body)["message"]
    same(message(create(timeout=11)), "instance.timeout must be less than or equal to 10")
    assert message(create(type="post-user-create")).startswith("instance.type is not one of enum values: ")
    name = lambda: hooks.create_environment_variable(onelogin.HookEnvvar(name="1x", value="y"))
    assert message(name).startswith("instance.name does not match pattern ")


@checks("delete_hook: 202, no body, no content type, then gone")
def _():
    for name in ("hook", "migration"):
        hooks.delete_hook(made[name])
        same((checks.last.status, checks.last.answer), (202, b""))
        assert "content-type" not in {header.lower() for header in checks.last.answer_headers}, checks.last.answer_headers
        refused(lambda: hooks.get_hook(made[name]), 404)
    same(hooks.list_hooks(), [])


@checks("revoke_tokens: success in the envelope, and the token is no longer good")
def _():
    oauth.revoke_tokens(revoke_tokens_request=onelogin.RevokeTokensRequest(access_token=configuration.access_token))
    same((checks.last.status, json.loads(checks.last.answer)["status"]["message"]), (200, "Success"))
    error = refused(hooks.list_hooks, 401)
    same(json.loads(error.body), {"statusCode": 401, "name": "UnauthorizedError", "message": "The request requires user authentication."})


checks.finish()
