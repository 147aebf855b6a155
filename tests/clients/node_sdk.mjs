// npm's `@onelogin/sdk` 1.0.9 over TLS. It knows no hooks, so its inner client, which fetches the token and sends it, is given their paths.
// It forces https, so the server has a certificate, which NODE_EXTRA_CA_CERTS makes good: nothing is left unverified.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.CLIENT_MODULES}/`);
const { Client } = require("@onelogin/sdk");
const NAME = "@onelogin/sdk 1.0.9";
const PATIENCE = 120_000;

// The client tells every request on the console, and a failure with all of its socket: one line a check is enough.
const print = console.log;
console.log = () => {};

const client = new Client({
    clientID: process.env.HOOKBOX_CLIENT_ID,
    clientSecret: process.env.HOOKBOX_CLIENT_SECRET,
    baseURL: process.env.HOOKBOX_URL,
    timeout: PATIENCE,
});

let last;
const adapter = client.client.client;
const send = adapter.Do;
adapter.Do = async (request) => {
    last = { request: { ...request, headers: undefined } };
    try {
        const { status, headers, data } = await send.call(adapter, request);
        last.answer = { status, headers, data };
        return { status, headers, data };
    } catch (error) {
        const { status, headers, data } = error.response ?? {};
        last.answer = { status, headers, data, error: error.message };
        throw error;
    }
};

// One request through the client. It throws what cannot be thrown when the server refuses, so the answer is kept above.
const call = async (method, url, data) => {
    last = undefined;
    await client.client.Do({ method, url, data }).catch(() => {});
    assert.ok(last?.answer, "nothing was sent");
    return last.answer;
};

let failed = 0;
let count = 0;
const check = async (compared, run) => {
    count += 1;
    try {
        await run();
        print(`ok    ${NAME}: ${compared}`);
    } catch (error) {
        failed += 1;
        print(`FAIL  ${NAME}: ${compared}\n${error.stack}`);
        print(`> ${JSON.stringify(last?.request)}\n< ${JSON.stringify(last?.answer)}`);
    }
};

const source = "exports.handler = async ({user}) => { console.log('node', user.user_identifier); return {success: true, user}; };";
const hook = {
    type: "pre-authentication",
    disabled: false,
    timeout: 10,
    env_vars: ["NODE_KEY"],
    runtime: "nodejs22.x",
    retries: 0,
    packages: {},
    function: Buffer.from(source).toString("base64"),
};
let env, id;

const settled = async () => {
    for (const started = Date.now(); Date.now() - started < PATIENCE; ) {
        const { data } = await call("GET", `/api/2/hooks/${id}`);
        if (data.status === "ready" || data.status?.endsWith("-failed")) return data;
        await new Promise((wake) => setTimeout(wake, 50));
    }
    throw new Error("the hook is never admitted");
};

await check("the server is reached over https, with a token by Basic", async () => {
    assert.equal(new URL(process.env.HOOKBOX_URL).protocol, "https:");
    const { status, data } = await call("GET", "/api/2/hooks");
    assert.deepEqual([status, data], [200, []]);
    assert.equal(typeof client.client.accessToken, "string");
});

await check("env vars: 201 and 200, name and no value", async () => {
    const made = await call("POST", "/api/2/hooks/envs", { name: "NODE_KEY", value: "secret" });
    assert.equal(made.status, 201);
    assert.deepEqual(Object.keys(made.data).sort(), ["created_at", "id", "name", "updated_at"]);
    env = made.data.id;
    const changed = await call("PUT", `/api/2/hooks/envs/${env}`, { value: "another" });
    assert.deepEqual([changed.status, changed.data.id], [200, env]);
});

await check("a hook is made: 201, every field as sent", async () => {
    const { status, data } = await call("POST", "/api/2/hooks", hook);
    assert.equal(status, 201);
    id = data.id;
    assert.deepEqual(Object.fromEntries(Object.keys(hook).map((name) => [name, data[name]])), hook);
    assert.equal((await settled()).status, "ready");
});

await check("the hook is listed by type, and not by another", async () => {
    assert.deepEqual((await call("GET", "/api/2/hooks?type=pre-authentication")).data.map((one) => one.id), [id]);
    assert.deepEqual((await call("GET", "/api/2/hooks?type=user-migration")).data, []);
});

await check("a login over https, and its entry in the log", async () => {
    const context = { user: { user_identifier: "ada", policy_id: 9 }, device: {}, request_id: "node-1" };
    const { data } = await call("POST", "/v1/triggers/pre-authentication", context);
    assert.deepEqual([data.outcome, data.result.user.policy_id], ["completed", 9]);
    const log = await call("GET", `/api/2/hooks/${id}/logs?request_id=node-1`);
    assert.deepEqual(log.data.map((entry) => entry.events.at(-1).split("\t").slice(2)), [["INFO", "node ada"]]);
});

await check("the hook is replaced: 200, the new timeout", async () => {
    const { status, data } = await call("PUT", `/api/2/hooks/${id}`, { ...hook, timeout: 8 });
    assert.deepEqual([status, data.id, data.timeout], [200, id, 8]);
});

await check("a wrong hook is a 422 with statusCode, name and message", async () => {
    const { status, data } = await call("POST", "/api/2/hooks", { ...hook, runtime: undefined, type: "user-migration" });
    assert.equal(status, 422);
    assert.deepEqual([data.statusCode, data.name, data.message], [422, "UnprocessableEntityError", 'instance requires property "runtime"']);
});

await check("everything is deleted: 202 and 204, both empty", async () => {
    const gone = await call("DELETE", `/api/2/hooks/${id}`);
    assert.deepEqual([gone.status, gone.data, gone.headers["content-type"]], [202, "", undefined]);
    const env_gone = await call("DELETE", `/api/2/hooks/envs/${env}`);
    assert.deepEqual([env_gone.status, env_gone.data], [204, ""]);
    assert.equal((await call("GET", `/api/2/hooks/${id}`)).status, 404);
});

print(`${count - failed} of ${count} checks passed: ${NAME}`);
process.exitCode = failed ? 1 : 0;
