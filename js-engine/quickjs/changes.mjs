// Writes a copy of QuickJS's source with three changes, and with plain.c and stack.c behind it: `node changes.mjs quickjs.c copy.c`.
//
// Promise reactions and other jobs keep the async context that they were made in, on which AsyncLocalStorage is built. The context
// is any one value. A reaction takes it when `then` or `await` is reached, every other job when it is queued; while a job runs, its
// value is the current one. QuickJS's own promise hooks cannot give that: `await` does not call them. Until somebody sets one, the
// value is the number 0, which costs nothing to keep.
//
// The parsers of source text and JSON, and JSON.stringify, stop sooner than other recursion: for each byte of QuickJS's stack they
// take several of the stack that compiled code has besides, whose end is a trap and not a RangeError that an author can catch.
//
// The calls that are under way can be written down by somebody who finds the interpreter stopped in the middle of anything: see
// stack.c. Nothing calls it, so that no compiled code changes for it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , from, to] = process.argv;

// How much of the stack they leave unused.
const PARSERS_LEAVE = '(224 * 1024)';

// Each text has to occur once, or as often as it says: another release of QuickJS fails the build here instead of losing a change.
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
  ['    if (js_check_stack_overflow(s->ctx->rt, 1000)) {\n', `    if (js_check_stack_overflow(s->ctx->rt, ${PARSERS_LEAVE})) {\n`, 2],
  ['    int ret;\n\n    if (js_check_stack_overflow(ctx->rt, 0)) {\n        return JS_Throw', `    int ret;

    if (js_check_stack_overflow(ctx->rt, ${PARSERS_LEAVE})) {
        return JS_Throw`],
  ['    prop = JS_UNDEFINED;\n\n    if (js_check_stack_overflow(ctx->rt, 0)) {\n', `    prop = JS_UNDEFINED;

    if (js_check_stack_overflow(ctx->rt, ${PARSERS_LEAVE})) {
`],
];

// Small blocks of a load or a call lie side by side, where they would otherwise fill holes all over the heap: an execution pays for each page that
// it writes. Such a block is not used again once it is freed; where there is no more room, there are arenas as ever.
const NURSERY = 0x80;
changes.push(
  ['static inline JSMallocBlockHeader *arena_zero_block(', `#define NURSERY_BLOCK ${NURSERY}

static uint8_t *nursery_next;
static size_t nursery_left;
static bool nursery_is_cleared;

/* Has small blocks lie in these bytes from now on, which must be aligned to JS_ARENA_ALIGN and stay where they are. What is freed there is
   zeroed if \`cleared\` says so. */
void JS_SetNursery(void *start, size_t len, bool cleared)
{
    nursery_next = start;
    nursery_left = len;
    nursery_is_cleared = cleared;
}

/* How much of it is left. */
size_t JS_GetNursery(void)
{
    return nursery_left;
}

static inline JSMallocBlockHeader *arena_zero_block(`],
  ['        block_size = arena_block_sizes[block_size_idx];\n        head =', `        block_size = arena_block_sizes[block_size_idx];
        if (likely(nursery_left >= block_size)) {
            b = (JSMallocBlockHeader *)nursery_next;
            nursery_next += block_size;
            nursery_left -= block_size;
            b->u.block_idx = 0;
            b->block_size_idx = block_size_idx | NURSERY_BLOCK;
            return b->user_data;
        }
        head =`],
  ['            rt->mf.js_free(rt->malloc_state.opaque, b);\n        }\n    } else {\n', `            rt->mf.js_free(rt->malloc_state.opaque, b);
        }
    } else if (b->block_size_idx & NURSERY_BLOCK) {
        if (nursery_is_cleared)
            memset(b, 0, arena_block_sizes[b->block_size_idx & ~NURSERY_BLOCK]);
    } else {
`],
  ['return arena_block_sizes[b->block_size_idx] -', 'return arena_block_sizes[b->block_size_idx & ~NURSERY_BLOCK] -'],
  ['unsigned int block_size = arena_block_sizes[b->block_size_idx];', 'unsigned int block_size = arena_block_sizes[b->block_size_idx & ~NURSERY_BLOCK];'],
);

let source = readFileSync(from, 'utf8');
for (const [text, replacement, times = 1] of changes) {
  const parts = source.split(text);
  if (parts.length !== times + 1) throw new Error(`${from} contains this ${parts.length - 1} times:\n${text}`);
  source = parts.join(replacement);
}
const behind = ['plain.c', 'stack.c'].map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'));
writeFileSync(to, [source, ...behind].join('\n'));
