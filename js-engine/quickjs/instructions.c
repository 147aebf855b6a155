/* What V8 says where an instruction fails that calls, iterates or takes apart: it names the expression. Appended to quickjs.c behind
   messages.c and callee.c. */

/* The instruction that the innermost call has come to. */
static int current_opcode(JSContext *ctx)
{
    JSStackFrame *sf = ctx->rt->current_stack_frame;
    JSFunctionBytecode *b = sf ? bytecode_of(sf->cur_func) : NULL;
    uint32_t pos, next, at;

    if (!b || !sf->cur_pc)
        return OP_invalid;
    at = sf->cur_pc - b->byte_code_buf - 1;
    for (pos = 0; pos < b->byte_code_len; pos = next) {
        next = pos + short_opcode_info(b->byte_code_buf[pos]).size;
        if (at < next)
            return b->byte_code_buf[pos];
    }
    return OP_invalid;
}

/* What is called, where an instruction calls it; %s of a value else. */
static JSValue throw_not_callable(JSContext *ctx, JSValueConst value, bool called, bool constructs)
{
    const char *what = constructs ? " is not a constructor" : " is not a function";
    SourceText source;
    Shown shown;
    DynBuf out;

    js_dbuf_init(ctx, &out);
    if (called && source_here(ctx, &source)) {
        show_begin(ctx, &shown, &source);
        if (show_callee(&shown, constructs))
            dbuf_putstr(&out, (char *)shown.out.buf);
        dbuf_free(&shown.out);
        js_free(ctx, source.tokens);
    }
    if (out.size == 0) {
        if (called || (node_major >= 22 && !constructs))
            put_anonymous(ctx, &out, value);
        else
            put_value(ctx, &out, value);
    }
    dbuf_putstr(&out, what);
    return throw_built(ctx, JS_TYPE_ERROR, &out);
}

static JSValue throw_not_function(JSContext *ctx, JSValueConst value)
{
    return throw_not_callable(ctx, value, false, false);
}

/* Shows what was to be iterated over, where an instruction does it and V8 shows it. */
static bool show_iterated(Shown *w, int opcode)
{
    const SourceText *s = w->source;
    int at = s->place;
    bool in_head = token_is(s, at - 1, "of"), is_member;

    if (opcode == OP_for_of_start && token_is(s, at, "[") && !in_head) {
        if (!token_is(s, matching_bracket(s, at) + 1, "of"))
            return false;
        dbuf_putstr(&w->out, ".for");
        return show_end(w, 0);
    }
    if (token_is(s, at, "new")) {
        w->called = show_callee(w, true);
        return w->called;
    }
    if (!show_end(w, show_expression(w, at, 1)))
        return false;
    is_member = !w->simple;
    if (in_head)
        return !w->logical;
    return opcode == OP_append || !is_member;
}

static JSValue throw_not_iterable(JSContext *ctx, JSValueConst value)
{
    int opcode = current_opcode(ctx);
    SourceText source;
    Shown shown;
    DynBuf out;

    if (opcode == OP_append || opcode == OP_for_of_start || opcode == OP_for_await_of_start) {
        js_dbuf_init(ctx, &out);
        if (source_here(ctx, &source)) {
            show_begin(ctx, &shown, &source);
            if (opcode == OP_append && !token_is(&source, source.place - 1, "...")) {
                if (JS_IsUndefined(value) || JS_IsNull(value)) {
                    put_value(ctx, &out, value);
                    dbuf_putstr(&out, " is not iterable (cannot read property ");
                    put_value(ctx, &out, value);
                    dbuf_putc(&out, ')');
                } else {
                    dbuf_putstr(&out, "Spread syntax requires ...iterable[Symbol.iterator] to be a function");
                }
            } else if (show_iterated(&shown, opcode)) {
                if (shown.called) {
                    const char *text = (char *)shown.out.buf;
                    size_t len = strlen(text);
                    bool call = len > 5 && !strcmp(text + len - 5, "(...)");
                    dbuf_put(&out, shown.out.buf, call ? len - 5 : len);
                    dbuf_putstr(&out, " is not a function or its return value is not iterable");
                } else {
                    dbuf_putstr(&out, (char *)shown.out.buf);
                    dbuf_putstr(&out, opcode == OP_for_await_of_start ? " is not async iterable" : " is not iterable");
                }
            }
            dbuf_free(&shown.out);
            js_free(ctx, source.tokens);
        }
        if (out.size > 0)
            return throw_built(ctx, JS_TYPE_ERROR, &out);
        dbuf_free(&out);
    }
    if ((JS_IsUndefined(value) || JS_IsNull(value)) && own_frame(ctx) && is_text(plain_property(own_frame(ctx)->cur_func, JS_ATOM_name), "fromEntries"))
        return JS_ThrowTypeError(ctx, "undefined is not iterable");
    return throw_value(ctx, JS_TYPE_ERROR, "%a is not iterable (cannot read property Symbol(Symbol.iterator))", value);
}

/* The pattern around a place: where it begins, or -1. */
static int pattern_around(const SourceText *s, int i)
{
    if (token_is(s, i, "{"))
        return i;
    for (i--; i >= 0; i--) {
        if (bracket_of(s, i) < 0)
            i = matching_bracket(s, i);
        else if (bracket_of(s, i) > 0)
            return token_is(s, i, "{") ? i : -1;
    }
    return -1;
}

static void put_destructured(JSContext *ctx, DynBuf *out, Shown *w, int open, JSValueConst value)
{
    const SourceText *s = w->source;
    int close = matching_bracket(s, open);
    bool parameter = false;

    if (token_is(s, close + 1, "of") || token_is(s, close + 1, "in")) {
        dbuf_putstr(out, ".for");
        return;
    }
    if (token_is(s, open - 1, "(") || token_is(s, open - 1, ",")) {
        int end = close;
        while (end >= 0 && end < s->count && !token_is(s, end, ")"))
            end = bracket_of(s, end + 1) > 0 ? matching_bracket(s, end + 1) : end + 1;
        parameter = end > 0 && (token_is(s, end + 1, "{") || token_is(s, end + 1, "=>"));
    }
    if (close > 0 && token_is(s, close + 1, "=")) {
        if (parameter)
            dbuf_putstr(out, UNKNOWN UNKNOWN UNKNOWN);
        else if (show_end(w, show_expression(w, close + 2, 1)))
            dbuf_putstr(out, (char *)w->out.buf);
    }
    if (out->size == 0)
        put_anonymous(ctx, out, value);
}

/* Throws for an object pattern what V8 throws for its first property, or for the whole. */
static JSValue throw_not_destructurable(JSContext *ctx, JSValueConst value)
{
    SourceText source;
    Shown shown;
    DynBuf what, out;
    int open, at;
    bool plain = false;

    if (!source_here(ctx, &source))
        return throw_value(ctx, JS_TYPE_ERROR, "Cannot destructure '%v' as it is undefined.", value);
    js_dbuf_init(ctx, &out);
    js_dbuf_init(ctx, &what);
    show_begin(ctx, &shown, &source);
    at = source.place;
    open = pattern_around(&source, at);
    if (open >= 0 && at != open) {
        int behind = at + 1;
        if (token_is(&source, behind, ":"))
            for (behind++; behind < source.count && !token_is(&source, behind, ",") && !token_is(&source, behind, "}") &&
                 !token_is(&source, behind, "="); behind++) {
                if (bracket_of(&source, behind) > 0)
                    behind = max_int(matching_bracket(&source, behind), behind);
            }
        plain = token_is(&source, behind, "=") || token_is(&source, open - 1, ":") || token_is(&source, open - 1, "[") ||
            (token_is(&source, open - 1, ",") && token_is(&source, matching_bracket(&source, open) + 1, "]"));
    }
    if (plain) {
        dbuf_putstr(&out, "Cannot read properties of ");
        put_value(ctx, &out, value);
        dbuf_putstr(&out, " (reading '");
    } else {
        dbuf_putstr(&out, "Cannot destructure ");
        if (open >= 0 && at != open)
            dbuf_putstr(&out, "property '");
    }
    if (open >= 0 && at != open) {
        if (token_kind(&source, at) == SOURCE_STRING) {
            size_t since = shown.out.size;
            show_string(&shown, at);
            dbuf_put(&out, shown.out.buf + since, shown.out.size - since);
            shown.out.size = since;
        } else {
            dbuf_put(&out, source.text + source.tokens[at].start, source.tokens[at].end - source.tokens[at].start);
        }
        dbuf_putstr(&out, plain ? "')" : "' of ");
    }
    if (!plain) {
        if (open >= 0)
            put_destructured(ctx, &what, &shown, open, value);
        else
            put_anonymous(ctx, &what, value);
        dbuf_putc(&out, '\'');
        dbuf_put(&out, what.buf, what.size);
        dbuf_putstr(&out, "' as it is ");
        put_value(ctx, &out, value);
        dbuf_putc(&out, '.');
    }
    dbuf_free(&what);
    dbuf_free(&shown.out);
    js_free(ctx, source.tokens);
    return throw_built(ctx, JS_TYPE_ERROR, &out);
}
