/* What the language has in V8 and lacks in QuickJS: appended to quickjs.c, and called from where language.mjs puts calls. */

#define LEGACY_INPUT 10
#define LEGACY_LAST_PAREN 11
#define LEGACY_LEFT 12
#define LEGACY_RIGHT 13

/* The last match of any regular expression: its text, and where the match and the first nine groups lie; -1 for none. */
static struct {
    JSValue input;
    bool matched;
    int count;
    int32_t at[20], last_paren[2];
} last_match;

static void keep_match(JSContext *ctx, JSValueConst input, uint8_t **capture, const uint8_t *start, int shift, int count)
{
    JSValue before = last_match.matched ? last_match.input : JS_UNDEFINED;
    int i, kept = count < 10 ? count : 10;

    for (i = 0; i < 2 * kept; i++)
        last_match.at[i] = capture[i] ? (int32_t)((capture[i] - start) >> shift) : -1;
    for (i = 0; i < 2; i++)
        last_match.last_paren[i] = count > 1 && capture[2 * count - 2 + i] ? (int32_t)((capture[2 * count - 2 + i] - start) >> shift) : -1;
    last_match.count = kept;
    last_match.matched = true;
    last_match.input = js_dup(input);
    JS_FreeValue(ctx, before);
}

static JSValue legacy_part(JSContext *ctx, int from, int to)
{
    if (from < 0 || to < from || !JS_IsString(last_match.input))
        return js_empty_string(ctx->rt);
    return js_sub_string(ctx, JS_VALUE_GET_STRING(last_match.input), from, to);
}

static JSValue js_regexp_legacy(JSContext *ctx, JSValueConst this_val, int magic)
{
    if (!last_match.matched)
        return js_empty_string(ctx->rt);
    switch (magic) {
    case LEGACY_INPUT:
        return js_dup(last_match.input);
    case LEGACY_LEFT:
        return legacy_part(ctx, 0, last_match.at[0]);
    case LEGACY_RIGHT:
        return legacy_part(ctx, last_match.at[1], JS_VALUE_GET_STRING(last_match.input)->len);
    case LEGACY_LAST_PAREN:
        return legacy_part(ctx, last_match.last_paren[0], last_match.last_paren[1]);
    }
    if (magic >= last_match.count)
        return js_empty_string(ctx->rt);
    return legacy_part(ctx, last_match.at[2 * magic], last_match.at[2 * magic + 1]);
}

/* Those that are set stay as they are. */
static JSValue js_regexp_set_input(JSContext *ctx, JSValueConst this_val, JSValueConst value, int magic)
{
    return JS_UNDEFINED;
}

/* Before the memory that it lies in becomes another interpreter's. */
static void forget_match(void)
{
    last_match.matched = false;
    last_match.input = JS_UNDEFINED;
    joined = NULL;
}

/* Runs that lie one behind the other, while an array is sorted. */
typedef struct SortRun {
    size_t start, len;
} SortRun;

/* More than the runs of any array can be. */
#define SORT_RUNS 85
#define SORT_ALL_AT_ONCE 64

/* How long the run is that begins here; one that falls is turned around. */
static size_t sort_run_at(ValueSlot *slots, size_t from, size_t to, struct array_sort_context *asc)
{
    size_t at = from + 1, i, j;
    bool falls;

    if (at >= to)
        return to - from;
    falls = js_array_cmp_generic(&slots[at], &slots[from], asc) < 0;
    for (at++; at < to; at++) {
        if ((js_array_cmp_generic(&slots[at], &slots[at - 1], asc) < 0) != falls)
            break;
    }
    for (i = from, j = at - 1; falls && i < j; i++, j--) {
        ValueSlot slot = slots[i];
        slots[i] = slots[j];
        slots[j] = slot;
    }
    return at - from;
}

/* Puts what lies behind the sorted slots in between them. */
static void sort_insert(ValueSlot *slots, size_t from, size_t at, size_t to, struct array_sort_context *asc)
{
    for (; at < to; at++) {
        ValueSlot slot = slots[at];
        size_t left = from, right = at, middle;
        while (left < right) {
            middle = left + (right - left) / 2;
            if (js_array_cmp_generic(&slot, &slots[middle], asc) < 0)
                right = middle;
            else
                left = middle + 1;
        }
        memmove(&slots[left + 1], &slots[left], (at - left) * sizeof(*slots));
        slots[left] = slot;
    }
}

static void sort_merge(ValueSlot *slots, const SortRun *left, const SortRun *right, ValueSlot *room, struct array_sort_context *asc)
{
    ValueSlot *to = &slots[left->start], *behind = &slots[right->start], *end = behind + right->len, *last = room + left->len;

    memcpy(room, to, left->len * sizeof(*room));
    while (room < last && behind < end)
        *to++ = js_array_cmp_generic(behind, room, asc) < 0 ? *behind++ : *room++;
    memcpy(to, room, (last - room) * sizeof(*room));
}

/* A merge sort of the runs that there are, made longer where they are short. */
static int sort_slots(JSContext *ctx, ValueSlot *slots, size_t count, struct array_sort_context *asc)
{
    SortRun runs[SORT_RUNS];
    ValueSlot *room = NULL;
    size_t least = count, from = 0, odd = 0, run, wanted;
    int n = 0;

    if (count < 2)
        return 0;
    while (least >= SORT_ALL_AT_ONCE) {
        odd |= least & 1;
        least >>= 1;
    }
    least += odd;
    if (count > least) {
        room = js_malloc(ctx, count * sizeof(*room));
        if (!room)
            return -1;
    }
    while (from < count && !asc->exception) {
        run = sort_run_at(slots, from, count, asc);
        if (run < least) {
            wanted = count - from < least ? count - from : least;
            sort_insert(slots, from, from + run, from + wanted, asc);
            run = wanted;
        }
        runs[n++] = (SortRun){ from, run };
        from += run;
        while (n > 1 && (from == count || runs[n - 2].len <= runs[n - 1].len || n == SORT_RUNS ||
                         (n > 2 && runs[n - 3].len <= runs[n - 2].len + runs[n - 1].len))) {
            int at = n > 2 && from != count && runs[n - 3].len < runs[n - 1].len ? n - 3 : n - 2;
            sort_merge(slots, &runs[at], &runs[at + 1], room, asc);
            runs[at].len += runs[at + 1].len;
            if (at == n - 3)
                runs[n - 2] = runs[n - 1];
            n--;
        }
    }
    js_free(ctx, room);
    return 0;
}
