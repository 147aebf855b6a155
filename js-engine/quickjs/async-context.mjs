// Writes a copy of QuickJS's source in which promise reactions and other jobs keep the async context that they were made in:
// `node async-context.mjs quickjs.c copy.c`. AsyncLocalStorage is built on it.
//
// The context is any one value. A reaction takes it when `then` or `await` is reached, every other job when it is queued; while a
// job runs, its value is the current one. QuickJS's own promise hooks cannot give that: `await` does not call them. Until somebody
// sets one, the value is the number 0, which costs nothing to keep.
import { readFileSync, writeFileSync } from 'node:fs';

const [, , from, to] = process.argv;

// Each text has to occur once: another release of QuickJS fails the build here instead of losing the context.
const changes = [
  ['typedef struct JSJobEntry {\n', `static JSValue async_context;

JSValue JS_GetAsyncContext(JSContext *ctx)
{
    return JS_DupValue(ctx, async_context);
}

void JS_SetAsyncContext(JSContext *ctx, JSValue value)
{
    JSValue before = async_context;
    async_context = value;
    JS_FreeValue(ctx, before);
}

typedef struct JSJobEntry {
    JSValue async_context;
`],
  ['    e->argc = argc;\n', `    e->argc = argc;
    e->async_context = js_dup(async_context);
`],
  ['    res = e->job_func(e->ctx, e->argc, vc(e->argv));\n', `    JSValue outside = async_context;
    async_context = e->async_context;
    res = e->job_func(e->ctx, e->argc, vc(e->argv));
    JS_SetAsyncContext(ctx, outside);
`],
  ['        for(i = 0; i < e->argc; i++)\n            JS_FreeValueRT(rt, e->argv[i]);\n', `        for(i = 0; i < e->argc; i++)
            JS_FreeValueRT(rt, e->argv[i]);
        JS_FreeValueRT(rt, e->async_context);
`],
  ['    JSValue handler;\n} JSPromiseReactionData;\n', `    JSValue handler;
    JSValue async_context;
} JSPromiseReactionData;
`],
  ['    JS_FreeValueRT(rt, rd->handler);\n', `    JS_FreeValueRT(rt, rd->handler);
    JS_FreeValueRT(rt, rd->async_context);
`],
  ['            JS_MarkValue(rt, rd->handler, mark_func);\n', `            JS_MarkValue(rt, rd->handler, mark_func);
            JS_MarkValue(rt, rd->async_context, mark_func);
`],
  ['        rd->handler = js_dup(handler);\n', `        rd->handler = js_dup(handler);
        rd->async_context = js_dup(async_context);
`],
  ['        args[4] = value;\n        JS_EnqueueJob(ctx, promise_reaction_job, 5, args);\n', `        args[4] = value;
        JSValue outside = async_context;
        async_context = rd->async_context;
        JS_EnqueueJob(ctx, promise_reaction_job, 5, args);
        async_context = outside;
`],
];

let source = readFileSync(from, 'utf8');
for (const [text, replacement] of changes) {
  if (source.split(text).length !== 2) throw new Error(`${from} does not contain this once:\n${text}`);
  source = source.replace(text, () => replacement);
}
writeFileSync(to, source);
