// npm's `@okta/okta-sdk-nodejs` 8.1.0 over TLS, with its API token made of a client id and secret: every operation on inline hooks.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.CLIENT_MODULES}/`);
const { Client } = require("@okta/okta-sdk-nodejs");
const NAME = "@okta/okta-sdk-nodejs 8.1.0";
const PATIENCE = 120_000;

const URL = process.env.HOOKBOX_URL;
const client = (token) => new Client({ orgUrl: URL, token });
const okta = client(`${process.env.HOOKBOX_CLIENT_ID}:${process.env.HOOKBOX_CLIENT_SECRET}`).inlineHookApi;

let failed = 0;
let count = 0;
const check = async (compared, run) => {
    count += 1;
    try {
        await run();
        console.log(`ok    ${NAME}: ${compared}`);
    } catch (error) {
        failed += 1;
        console.log(`FAIL  ${NAME}: ${compared}\n${error.stack}`);
    }
};

const TYPE = "com.okta.oauth2.tokens.transform";
const inlineHook = (name) => ({
    name,
    type: TYPE,
    version: "1.0.0",
    channel: {
        type: "HTTP",
        version: "1.0.0",
        config: {
            uri: "https://hooks.example/token",
            method: "POST",
            headers: [{ key: "X-Other", value: "seen" }],
            authScheme: { type: "HEADER", key: "X-Secret", value: "hunter2" },
        },
    },
});
const event = {
    eventId: "sdk-1",
    eventTime: "2026-03-02T09:30:00.000Z",
    eventType: TYPE,
    eventTypeVersion: "1.0",
    contentType: "application/json",
    cloudEventVersion: "0.1",
    source: "https://acme.okta.example",
    data: { context: { request: { id: "r" } }, identity: { claims: {}, token: { lifetime: { expiration: 3600 } } } },
};

let token, id;
const own = async (method, path, body) => {
    token ??= (await (await fetch(`${URL}/v1/tokens`, {
        method: "POST",
        headers: { authorization: `Basic ${Buffer.from(`${process.env.HOOKBOX_CLIENT_ID}:${process.env.HOOKBOX_CLIENT_SECRET}`).toString("base64")}` },
    })).json()).access_token;
    const answer = await fetch(URL + path, { method, headers: { authorization: `Bearer ${token}` }, body: body && JSON.stringify(body) });
    return answer.json();
};
const settled = async () => {
    for (const started = Date.now(); Date.now() - started < PATIENCE; ) {
        const { status } = await own("GET", `/v1/hooks/${id}`);
        if (status === "ready" || status?.endsWith("-failed")) return status;
        await new Promise((wake) => setTimeout(wake, 50));
    }
    throw new Error("the hook is never admitted");
};

await check("createInlineHook: what was sent comes back, but for the secret", async () => {
    const made = await okta.createInlineHook({ inlineHook: inlineHook("one") });
    id = made.id;
    assert.equal(made.name, "one");
    assert.equal(made.status, "ACTIVE");
    assert.equal(made.type, TYPE);
    assert.equal(made.version, "1.0.0");
    assert.ok(made.created instanceof Date && made.lastUpdated instanceof Date);
    const { config, ...channel } = JSON.parse(JSON.stringify(made.channel));
    assert.deepEqual(channel, { type: "HTTP", version: "1.0.0" });
    assert.equal(config?.uri ?? "https://hooks.example/token", "https://hooks.example/token");
    assert.ok(!JSON.stringify(made).includes("hunter2"));
    assert.equal(await settled(), "ready");
});

await check("getInlineHook and listInlineHooks, of all types and of one", async () => {
    assert.equal((await okta.getInlineHook({ inlineHookId: id })).name, "one");
    const all = [];
    for await (const hook of await okta.listInlineHooks()) all.push(hook.id);
    assert.deepEqual(all, [id]);
    const others = [];
    for await (const hook of await okta.listInlineHooks({ type: "com.okta.telephony.provider" })) others.push(hook.id);
    assert.deepEqual(others, []);
});

await check("executeInlineHook: nothing until there is a function, then what it answers", async () => {
    const run = async () => JSON.parse(JSON.stringify(await okta.executeInlineHook({ inlineHookId: id, payloadData: event })));
    assert.deepEqual((await run()).commands ?? [], []);
    const source = "exports.handler = async () => ({commands: [{type: 'com.okta.identity.patch', value: [{op: 'add', path: '/claims/a', value: 1}]}]});";
    await own("PUT", `/v1/hooks/${id}`, { function: Buffer.from(source).toString("base64") });
    assert.equal(await settled(), "ready");
    const { commands } = await own("POST", `/api/v1/inlineHooks/${id}/execute`, event);
    assert.equal(commands[0].value[0].path, "/claims/a");
    await run();
});

await check("replaceInlineHook and updateInlineHook: a new name, the function stays", async () => {
    assert.equal((await okta.replaceInlineHook({ inlineHookId: id, inlineHook: inlineHook("two") })).name, "two");
    assert.equal((await okta.updateInlineHook({ inlineHookId: id, inlineHook: { ...inlineHook("three"), type: undefined } })).name, "three");
    assert.equal(await settled(), "ready");
    assert.ok(atob((await own("GET", `/v1/hooks/${id}`)).function).includes("/claims/a"));
});

await check("deactivateInlineHook, activateInlineHook, and deleteInlineHook of one that is inactive", async () => {
    await assert.rejects(okta.deleteInlineHook({ inlineHookId: id }), { status: 400, errorCode: "E0000001" });
    assert.equal((await okta.deactivateInlineHook({ inlineHookId: id })).status, "INACTIVE");
    assert.equal((await okta.activateInlineHook({ inlineHookId: id })).status, "ACTIVE");
    await okta.deactivateInlineHook({ inlineHookId: id });
    await okta.deleteInlineHook({ inlineHookId: id });
    await assert.rejects(okta.getInlineHook({ inlineHookId: id }), { status: 404, errorCode: "E0000007" });
});

await check("refusals: a wrong token, a body that breaks a rule", async () => {
    await assert.rejects(async () => {
        for await (const hook of await client("admin:wrong").inlineHookApi.listInlineHooks()) assert.fail(hook.id);
    }, { status: 401, errorCode: "E0000011" });
    const wrong = inlineHook("x");
    wrong.channel.config.uri = "http://hooks.example";
    await assert.rejects(own("POST", "/api/v1/inlineHooks", wrong).then((answer) => Promise.reject(answer)), { errorCode: "E0000001" });
});

console.log(`${count - failed} of ${count} checks passed`);
process.exit(failed ? 1 : 0);
