// Writes a copy of a file of QuickJS's with changes, and with our own C behind it: `node changes.mjs quickjs.c copy.c`. What errors say, where
// they say that it happened, and what they keep of the calls under way is changed in messages.mjs, positions.mjs and traces.mjs.
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
import { basename, join } from 'node:path';
import { language } from './language.mjs';
import { messages } from './messages.mjs';
import { positions } from './positions.mjs';
import { regexps } from './regexps.mjs';
import { texts } from './texts.mjs';
import { traces } from './traces.mjs';

const [, , from, to] = process.argv;

// How much of the stack they leave unused.
const PARSERS_LEAVE = '(3776 * 1024)';
const STRINGIFY_LEAVES = '(3872 * 1024)';

// Each text has to occur once, or as often as it says: another release of QuickJS fails the build here instead of losing a change.
const changes = [
  // What only a debugger of QuickJS wants: a list of all strings, which every string is put into and taken out of.
  ['#ifndef NDEBUG\n#define ENABLE_DUMPS\n#endif\n', ''],
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

    if (js_check_stack_overflow(ctx->rt, ${STRINGIFY_LEAVES})) {
`],
];

// Small blocks of a load or a call lie side by side, where they would otherwise fill holes all over the heap: an execution pays for each page that
// it writes. Such a block is not used again once it is freed; where there is no more room, there are arenas as ever.
//
// For the same reason, what was made before any hook was loaded can be frozen: from then on nobody counts its references, frees it or
// looks through it for garbage. Whatever happens to it besides, such as a property that is set, happens as ever.
const NURSERY = 0x80;
const FROZEN = 0x40;
changes.push(
  ['#define JS_GC_MARK(p)   (js_rc(p)->mark)\n', `#define JS_GC_MARK(p)   (js_rc(p)->mark)

/* The reference count of what is frozen, which is more than memory has room for references. It stays as it is. */
#define FROZEN_REF_COUNT (1 << 30)

static inline void js_ref_inc(const void *p)
{
    int count = JS_REF_COUNT(p);
    if (likely(count < FROZEN_REF_COUNT))
        JS_REF_COUNT(p) = count + 1;
}

/* The count afterwards. */
static inline int js_ref_dec(const void *p)
{
    int count = JS_REF_COUNT(p);
    if (likely(count < FROZEN_REF_COUNT))
        JS_REF_COUNT(p) = --count;
    return count;
}
`],
  ['static inline JSMallocBlockHeader *arena_zero_block(', `#define NURSERY_BLOCK ${NURSERY}
#define FROZEN_BLOCK ${FROZEN}
#define BLOCK_SIZE_IDX(b) ((b)->block_size_idx & ~(NURSERY_BLOCK | FROZEN_BLOCK))

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
    } else if (b->block_size_idx & (NURSERY_BLOCK | FROZEN_BLOCK)) {
        if (nursery_is_cleared && !(b->block_size_idx & FROZEN_BLOCK))
            memset(b, 0, arena_block_sizes[BLOCK_SIZE_IDX(b)]);
    } else {
`],
  // The last arena of a size that has room is kept when it becomes empty, or a loop that makes one object after the other would make an arena
  // for each.
  ['        if (unlikely(ar->n_used_blocks == 0)) {\n', '        if (unlikely(ar->n_used_blocks == 0) && ar->free_link.next != ar->free_link.prev) {\n'],
  ['return arena_block_sizes[b->block_size_idx] -', 'return arena_block_sizes[BLOCK_SIZE_IDX(b)] -'],
  ['unsigned int block_size = arena_block_sizes[b->block_size_idx];', 'unsigned int block_size = arena_block_sizes[BLOCK_SIZE_IDX(b)];'],
  [/JS_REF_COUNT\(([\w>.-]+)\)\+\+/g, 'js_ref_inc($1)', 19],
  [/--JS_REF_COUNT\(([\w>.-]+)\)/g, 'js_ref_dec($1)', 7],
  [/JS_REF_COUNT\(([\w>.-]+)\)--/g, 'js_ref_dec($1)', 2],
);

changes.push(...traces, ...positions, ...messages, ...texts, ...language);

// Dates are read as V8 reads them, by src/dates.
changes.push(
  [/\/\* Date string parsing \*\/\n[^]*?\n(?=static JSValue js_Date_now\()/g, `double hookbox_parse_date(const void *characters, uint32_t len, bool wide);

static JSValue js_Date_parse(JSContext *ctx, JSValueConst this_val,
                             int argc, JSValueConst *argv)
{
    JSValue text = JS_ToString(ctx, argv[0]);
    if (JS_IsException(text))
        return JS_EXCEPTION;
    JSString *string = JS_VALUE_GET_STRING(text);
    bool wide = string->is_wide_char;
    double instant = hookbox_parse_date(wide ? (const void *)str16(string) : (const void *)str8(string), string->len, wide);
    JS_FreeValue(ctx, text);
    return js_float64(instant);
}

`],
);

// What lies between two texts, with them, becomes another.
function cut(source, change) {
  const start = source.indexOf(change.from);
  const end = source.indexOf(change.to, start);
  if (start < 0 || end < 0 || source.indexOf(change.from, start + 1) >= 0) throw new Error(`${from} does not contain this once:\n${change.from}`);
  return source.slice(0, start) + change.put + source.slice(end + change.to.length);
}

const [made, parts] = {
  'quickjs.c': [changes, ['freeze.c', 'kinds.c', 'plain.c', 'stack.c', 'text.c', 'trace.c', 'frames.c', 'callsites.c', 'values.c', 'tokens.c',
    'literals.c', 'expressions.c', 'callee.c', 'messages.c', 'instructions.c', 'json.c', 'circles.c', 'patterns.c', 'language.c', 'modules.c']],
  'libregexp.c': [regexps, []],
}[basename(from)];

let source = readFileSync(from, 'utf8');
for (const change of made) {
  if (!Array.isArray(change)) {
    source = cut(source, change);
    continue;
  }
  const [text, replacement, times = 1] = change;
  const found = text instanceof RegExp ? [...source.matchAll(text)].length : source.split(text).length - 1;
  if (found !== times) throw new Error(`${from} contains this ${found} times:\n${text}`);
  source = source.replaceAll(text, text instanceof RegExp ? replacement : () => replacement);
}
const behind = parts.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'));
writeFileSync(to, [source, ...behind].join('\n'));
