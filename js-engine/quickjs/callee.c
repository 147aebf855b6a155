/* What is called at the place where something failed: appended to quickjs.c behind expressions.c. */

/* Where the chain begins that ends with the token at `i`; -1 where that is not to be seen. */
static int chain_start(const SourceText *s, int i)
{
    for (;;) {
        int open = bracket_of(s, i) < 0 ? matching_bracket(s, i) : i;
        if (open < 0)
            return -1;
        if (open < i && token_is(s, i, "}"))
            return -1;
        if (token_is(s, open - 1, "?.") || token_is(s, open - 1, ".")) {
            i = open - 2;
        } else if (open < i && token_ends_operand(s, open - 1) && !token_is(s, open - 1, "}")) {
            i = open - 1;
        } else if (open == i && token_kind(s, i) == SOURCE_TEMPLATE && token_ends_operand(s, i - 1)) {
            i--;
        } else {
            return token_is(s, open - 1, "new") && !token_is(s, open - 2, ".") ? open - 1 : open;
        }
        if (i < 0)
            return -1;
    }
}

/* The byte of a function's text at a line and column of the author's, or -1. */
static int64_t source_offset(JSFunctionBytecode *b, int line, int column)
{
    const uint8_t *p = (const uint8_t *)b->source, *end = p + b->source_len;
    int l = b->source_line, c = b->source_column;

    while (p < end) {
        if (l == line && c == column)
            return p - (const uint8_t *)b->source;
        int lead = *p++;
        if (lead == '\n' || (lead == '\r' && (p == end || *p != '\n'))) {
            if (l++ == line)
                return -1;
            c = 1;
            continue;
        }
        while (p < end && (*p & 0xc0) == 0x80)
            p++;
        c += lead >= 0xf0 ? 2 : 1;
    }
    return -1;
}

/* The source at the place where the innermost call is, if that is a function of the author's. */
static bool source_here(JSContext *ctx, SourceText *s)
{
    JSStackFrame *sf = ctx->rt->current_stack_frame;
    JSFunctionBytecode *b = sf ? bytecode_of(sf->cur_func) : NULL;
    int line, column;
    int64_t offset;

    if (!b || !b->source || !sf->cur_pc || b->source_line == 0)
        return false;
    line = find_line_num(ctx, b, sf->cur_pc - b->byte_code_buf - 1, &column);
    offset = source_offset(b, line, column);
    if (offset < 0)
        return false;
    if (scan_source(ctx, s, b->source, b->source_len, offset))
        return true;
    js_free(ctx, s->tokens);
    return false;
}

static void show_begin(JSContext *ctx, Shown *w, const SourceText *s)
{
    *w = (Shown){ .ctx = ctx, .source = s, .stop = s->count, .simple = true };
    js_dbuf_init(ctx, &w->out);
}

/* Whether something was shown. */
static bool show_end(Shown *w, int i)
{
    dbuf_putc(&w->out, '\0');
    return i >= 0 && !dbuf_error(&w->out) && w->out.size > 1;
}

/* What is called at the place, which is where V8 puts a call: at the name of what is called, or at the parenthesis. */
static bool show_callee(Shown *w, bool constructs)
{
    const SourceText *s = w->source;
    int at = s->place, end, start;

    if (constructs && token_is(s, at, "new")) {
        int parenthesis;
        for (start = at + 1; token_is(s, start, "new"); start++)
            ;
        parenthesis = bracket_of(s, start) > 0 ? matching_bracket(s, start) + 1 : start + 1;
        while (parenthesis > 0 && (token_is(s, parenthesis, ".") || token_is(s, parenthesis, "[")))
            parenthesis = token_is(s, parenthesis, ".") ? parenthesis + 2 : matching_bracket(s, parenthesis) + 1;
        if (parenthesis <= start)
            return false;
        w->stop = parenthesis;
        return show_end(w, show_chain(w, start));
    }
    end = token_is(s, at, "(") || token_kind(s, at) == SOURCE_TEMPLATE || token_kind(s, at) == SOURCE_TEMPLATE_HEAD ? at - 1 : at;
    if (token_is(s, end, "?."))
        end--;
    start = chain_start(s, end);
    if (start < 0) {
        dbuf_putstr(&w->out, UNKNOWN);
        return show_end(w, 0);
    }
    w->stop = end + 1;
    return show_end(w, show_chain(w, start));
}
