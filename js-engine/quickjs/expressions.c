/* Expressions as V8 names them in its messages, such as `context.user.getName` or `f(...)`: appended to quickjs.c behind literals.c. They are
   read from the source text when something has failed, so that nothing is kept for them. What is no name, member, call or literal is
   shown as "(intermediate value)". */

static int show_expression(Shown *w, int i, int level);

/* Behind a function's or class's body, or behind an arrow's. */
static int skip_function(Shown *w, int i)
{
    const SourceText *s = w->source;

    while (i < s->count && !token_is(s, i, "{") && !token_is(s, i, "(")) {
        if (token_is(s, i, "extends")) {
            size_t since = w->out.size;
            i = show_expression(w, i + 1, 14);
            w->out.size = since;
            if (i < 0)
                return -1;
        } else {
            i++;
        }
    }
    if (token_is(s, i, "(")) {
        i = matching_bracket(s, i);
        if (i < 0)
            return -1;
        i++;
    }
    i = matching_bracket(s, i);
    return i < 0 ? -1 : i + 1;
}

/* Behind an arrow function whose arrow is at `i`. */
static int skip_arrow(Shown *w, int i, size_t since)
{
    if (token_is(w->source, i + 1, "{")) {
        i = matching_bracket(w->source, i + 1);
        i = i < 0 ? -1 : i + 1;
    } else {
        i = show_expression(w, i + 1, 1);
    }
    show_instead(w, since, UNKNOWN);
    return i;
}

static int show_array(Shown *w, int i)
{
    const SourceText *s = w->source;
    bool first = true;

    dbuf_putc(&w->out, '[');
    for (i++; i >= 0 && i < s->count && !token_is(s, i, "]"); ) {
        if (!first)
            dbuf_putc(&w->out, ',');
        first = false;
        if (token_is(s, i, ",")) {
            dbuf_putstr(&w->out, UNKNOWN);
        } else if (token_is(s, i, "...")) {
            dbuf_putstr(&w->out, "(...");
            i = show_expression(w, i + 1, 1);
            dbuf_putc(&w->out, ')');
        } else {
            i = show_expression(w, i, 1);
        }
        if (i >= 0 && token_is(s, i, ","))
            i++;
    }
    dbuf_putc(&w->out, ']');
    return i < 0 || i >= s->count ? -1 : i + 1;
}

static int show_object(Shown *w, int i)
{
    const SourceText *s = w->source;
    int end = matching_bracket(s, i);

    if (end < 0)
        return -1;
    dbuf_putc(&w->out, '{');
    while (++i < end) {
        int close;
        dbuf_putstr(&w->out, UNKNOWN);
        for (; i < end && !token_is(s, i, ","); i++) {
            close = bracket_of(s, i) > 0 ? matching_bracket(s, i) : i;
            if (close < 0)
                return -1;
            i = close;
        }
    }
    dbuf_putc(&w->out, '}');
    return end + 1;
}

static int show_template(Shown *w, int i)
{
    do {
        i = show_expression(w, i + 1, 0);
    } while (i >= 0 && token_kind(w->source, i) == SOURCE_TEMPLATE_PART);
    return i >= 0 && token_kind(w->source, i) == SOURCE_TEMPLATE_TAIL ? i + 1 : -1;
}

static int show_parenthesis(Shown *w, int i)
{
    const SourceText *s = w->source;
    int end = matching_bracket(s, i);
    size_t since = w->out.size;

    if (end < 0)
        return -1;
    if (token_is(s, end + 1, "=>"))
        return skip_arrow(w, end + 1, since);
    i = show_expression(w, i + 1, 0);
    return i == end ? end + 1 : -1;
}

static int show_new(Shown *w, int i)
{
    const SourceText *s = w->source;
    size_t since = w->out.size;
    int depth = 1;

    if (token_is(s, i + 1, ".")) {
        dbuf_putstr(&w->out, ".new.target");
        return i + 3;
    }
    for (i++; token_is(s, i, "new"); i++)
        depth++;
    if (bracket_of(s, i) > 0)
        i = matching_bracket(s, i) + 1;
    else
        i++;
    for (; i > 0; ) {
        if (token_is(s, i, "."))
            i += 2;
        else if (token_is(s, i, "["))
            i = matching_bracket(s, i) + 1;
        else if (token_is(s, i, "("))
            i = matching_bracket(s, i) + 1, depth--;
        else
            break;
        if (depth == 0)
            break;
    }
    show_instead(w, since, UNKNOWN);
    return i > 0 ? i : -1;
}

static int show_primary(Shown *w, int i)
{
    const SourceText *s = w->source;
    size_t since = w->out.size;

    switch (token_kind(s, i)) {
    case SOURCE_NAME:
        if (token_is(s, i, "function") || token_is(s, i, "class") || (token_is(s, i, "async") && token_is(s, i + 1, "function"))) {
            dbuf_putstr(&w->out, UNKNOWN);
            return skip_function(w, i + 1);
        }
        if (token_is(s, i, "new"))
            return show_new(w, i);
        if (token_is(s, i, "super") || token_is(s, i, "import")) {
            dbuf_putstr(&w->out, UNKNOWN);
            return i + 1;
        }
        if (token_is(s, i, "async") && token_is(s, i + 1, "(") && token_is(s, matching_bracket(s, i + 1) + 1, "=>"))
            return skip_arrow(w, matching_bracket(s, i + 1) + 1, since);
        if (token_is(s, i, "async") && token_is(s, i + 2, "=>"))
            return skip_arrow(w, i + 2, since);
        if (token_is(s, i + 1, "=>"))
            return skip_arrow(w, i + 1, since);
        show_token(w, i);
        return i + 1;
    case SOURCE_NUMBER:
        show_number(w, i);
        return i + 1;
    case SOURCE_STRING:
    case SOURCE_TEMPLATE:
        dbuf_putc(&w->out, '"');
        show_string(w, i);
        dbuf_putc(&w->out, '"');
        return i + 1;
    case SOURCE_REGEXP:
        show_token(w, i);
        return i + 1;
    case SOURCE_TEMPLATE_HEAD:
        return show_template(w, i);
    case SOURCE_MARK:
        if (token_is(s, i, "["))
            return show_array(w, i);
        if (token_is(s, i, "{"))
            return show_object(w, i);
        if (token_is(s, i, "("))
            return show_parenthesis(w, i);
        /* fall thru */
    default:
        return -1;
    }
}

/* One member of a chain, its dot at `i - 1` or `[` at `i`. */
static int show_key(Shown *w, int i, bool optional)
{
    const SourceText *s = w->source;
    bool simple = w->simple, called = w->called, was_optional = w->optional;

    if (!token_is(s, i, "[")) {
        dbuf_putstr(&w->out, optional ? "?." : ".");
        show_token(w, i);
        return i + 1;
    }
    if ((token_kind(s, i + 1) == SOURCE_STRING || token_kind(s, i + 1) == SOURCE_TEMPLATE) && token_is(s, i + 2, "]")) {
        dbuf_putstr(&w->out, optional ? "?." : ".");
        show_string(w, i + 1);
        return i + 3;
    }
    dbuf_putstr(&w->out, optional ? "?.[" : "[");
    i = show_expression(w, i + 1, 0);
    dbuf_putc(&w->out, ']');
    w->simple = simple;
    w->called = called;
    w->optional = was_optional;
    return i >= 0 && token_is(s, i, "]") ? i + 1 : -1;
}

/* A name or literal and the members and calls behind it. */
static int show_chain(Shown *w, int i)
{
    const SourceText *s = w->source;
    size_t since = w->out.size;
    bool optional = false;

    w->called = token_is(s, i, "new");
    i = show_primary(w, i);
    while (i >= 0 && i < w->stop) {
        bool now = token_is(s, i, "?.");
        int at = now || token_is(s, i, ".") ? i + 1 : i;
        if (now)
            optional = true;
        if (token_is(s, at, "(") && (now || at == i)) {
            i = matching_bracket(s, at) + 1;
            dbuf_putstr(&w->out, "(...)");
            w->called = true;
        } else if (at == i && (token_kind(s, i) == SOURCE_TEMPLATE || token_kind(s, i) == SOURCE_TEMPLATE_HEAD)) {
            i = token_kind(s, i) == SOURCE_TEMPLATE ? i + 1 : matching_bracket(s, i) + 1;
            dbuf_putstr(&w->out, "(...)");
            w->called = true;
        } else if (at > i || token_is(s, i, "[")) {
            i = show_key(w, at, now);
            w->called = false;
            w->simple = false;
        } else {
            break;
        }
        if (i == 0)
            i = -1;
    }
    if (optional && i >= 0 && i < w->stop)
        show_instead(w, since, UNKNOWN);
    return i;
}

static int show_unary(Shown *w, int i)
{
    const SourceText *s = w->source;
    size_t since = w->out.size;
    bool word = token_is(s, i, "typeof") || token_is(s, i, "void") || token_is(s, i, "delete");

    if (token_is(s, i, "await") || token_is(s, i, "yield")) {
        i = show_unary(w, i + 1);
        show_instead(w, since, UNKNOWN);
        return i;
    }
    if (token_is(s, i, "-") && token_kind(s, i + 1) == SOURCE_NUMBER) {
        dbuf_putc(&w->out, '-');
        show_number(w, i + 1);
        return i + 2;
    }
    if (word || token_is(s, i, "!") || token_is(s, i, "~") || token_is(s, i, "+") || token_is(s, i, "-") || token_is(s, i, "++") ||
        token_is(s, i, "--")) {
        dbuf_putc(&w->out, '(');
        show_token(w, i);
        if (word)
            dbuf_putc(&w->out, ' ');
        i = show_unary(w, i + 1);
        dbuf_putc(&w->out, ')');
        w->simple = w->called = false;
        return i;
    }
    i = show_chain(w, i);
    if (i >= 0 && i < w->stop && (token_is(s, i, "++") || token_is(s, i, "--"))) {
        show_in_front(w, since, "(");
        show_token(w, i);
        dbuf_putc(&w->out, ')');
        w->simple = w->called = false;
        i++;
    }
    return i;
}

/* How strongly a binary operator binds; 0 for what is none. */
static int binding_of(const SourceText *s, int i)
{
    static const struct { char text[11]; uint8_t binding; } operators[] = {
        {"?" "?", 3}, {"||", 3}, {"&&", 4}, {"|", 5}, {"^", 6}, {"&", 7}, {"==", 8}, {"!=", 8}, {"===", 8}, {"!==", 8}, {"<", 9}, {">", 9},
        {"<=", 9}, {">=", 9}, {"instanceof", 9}, {"in", 9}, {"<<", 10}, {">>", 10}, {">>>", 10}, {"+", 11}, {"-", 11}, {"*", 12}, {"/", 12},
        {"%", 12}, {"**", 13},
    };
    int n;

    for (n = 0; n < countof(operators); n++) {
        if (token_is(s, i, operators[n].text))
            return operators[n].binding;
    }
    return 0;
}

static bool is_assignment(const SourceText *s, int i)
{
    const SourceToken *token = i >= 0 && i < s->count ? &s->tokens[i] : NULL;

    return token && token->kind == SOURCE_MARK && s->text[token->end - 1] == '=' && binding_of(s, i) == 0;
}

static bool same_token(const SourceText *s, int i, int j)
{
    uint32_t len = s->tokens[i].end - s->tokens[i].start;

    return len == s->tokens[j].end - s->tokens[j].start && !memcmp(s->text + s->tokens[i].start, s->text + s->tokens[j].start, len);
}

/* An expression of operators that bind at least so strongly: 0 with commas, 1 without, 2 without assignments. */
static int show_expression(Shown *w, int i, int level)
{
    const SourceText *s = w->source;
    size_t since = w->out.size;
    int last = -1, binding;

    if (i < 0 || w->depth >= SHOWN_DEPTH)
        return -1;
    w->depth++;
    i = show_unary(w, i);
    while (i >= 0 && i < w->stop && i < s->count) {
        bool comma = level == 0 && token_is(s, i, ",");
        binding = comma ? 1 : binding_of(s, i);
        if (level <= 1 && is_assignment(s, i)) {
            size_t end = w->out.size;
            i = show_expression(w, i + 1, 1);
            w->out.size = end;
            continue;
        }
        if (level <= 2 && token_is(s, i, "?")) {
            i = show_expression(w, i + 1, 1);
            if (i >= 0 && token_is(s, i, ":"))
                i = show_expression(w, i + 1, 1);
            show_instead(w, since, UNKNOWN UNKNOWN UNKNOWN);
            w->called = false;
            continue;
        }
        if (binding == 0 || binding < level)
            break;
        w->logical = binding == 3 || binding == 4;
        if (last >= 0 && same_token(s, last, i))
            w->out.size--;
        else
            show_in_front(w, since, "(");
        last = i;
        dbuf_putc(&w->out, ' ');
        show_token(w, i);
        dbuf_putc(&w->out, ' ');
        i = show_expression(w, i + 1, binding + 1);
        dbuf_putc(&w->out, ')');
        w->simple = w->called = false;
    }
    w->depth--;
    return i;
}
