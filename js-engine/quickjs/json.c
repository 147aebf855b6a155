/* JSON as V8 reads it and complains about it: appended to quickjs.c. Text that nests deeply takes memory and no stack; what is wrong with a
   text is looked for once it was refused. */

/* One array or object that is being read. */
typedef struct OpenJSON {
    JSValue value;
    JSAtom name;
    uint32_t length;
} OpenJSON;

static JSValue json_parse_scalar(JSParseState *s)
{
    switch (s->token.val) {
    case TOK_STRING:
        return js_dup(s->token.u.str.str);
    case TOK_NUMBER:
        return s->token.u.num.val;
    case TOK_IDENT:
        if (s->token.u.ident.atom == JS_ATOM_true || s->token.u.ident.atom == JS_ATOM_false)
            return js_bool(s->token.u.ident.atom == JS_ATOM_true);
        if (s->token.u.ident.atom == JS_ATOM_null)
            return JS_NULL;
        /* fall thru */
    default:
        js_parse_error(s, "Unexpected token");
        return JS_EXCEPTION;
    }
}

/* Reads `"name":`, the string being the current token. */
static int json_parse_name(JSParseState *s, OpenJSON *open)
{
    if (s->token.val != TOK_STRING)
        return js_parse_error(s, "Expected property name");
    open->name = JS_ValueToAtom(s->ctx, s->token.u.str.str);
    if (open->name == JS_ATOM_NULL || json_next_token(s))
        return -1;
    if (s->token.val != ':')
        return js_parse_error(s, "Expected ':'");
    return json_next_token(s);
}

static int json_put(JSContext *ctx, OpenJSON *open, JSValue value)
{
    int ret;

    if (open->name == JS_ATOM_NULL)
        return JS_DefinePropertyValueUint32(ctx, open->value, open->length++, value, JS_PROP_C_W_E);
    ret = JS_DefinePropertyValue(ctx, open->value, open->name, value, JS_PROP_C_W_E);
    JS_FreeAtom(ctx, open->name);
    open->name = JS_ATOM_NULL;
    return ret;
}

static JSValue json_parse_flat(JSParseState *s)
{
    JSContext *ctx = s->ctx;
    OpenJSON inline_stack[16], *stack = inline_stack, *more;
    int depth = 0, size = countof(inline_stack), close;
    JSValue value;

    for (;;) {
        if (s->token.val == '{' || s->token.val == '[') {
            close = s->token.val == '{' ? '}' : ']';
            if (depth == size) {
                more = js_realloc(ctx, stack == inline_stack ? NULL : stack, sizeof(*stack) * size * 2);
                if (!more)
                    goto fail;
                if (stack == inline_stack)
                    memcpy(more, inline_stack, sizeof(inline_stack));
                stack = more;
                size *= 2;
            }
            value = close == '}' ? JS_NewObject(ctx) : JS_NewArray(ctx);
            if (JS_IsException(value))
                goto fail;
            if (json_next_token(s)) {
                JS_FreeValue(ctx, value);
                goto fail;
            }
            if (s->token.val != close) {
                stack[depth++] = (OpenJSON){ .value = value, .name = JS_ATOM_NULL };
                if (close == '}' && json_parse_name(s, &stack[depth - 1]))
                    goto fail;
                continue;
            }
        } else {
            value = json_parse_scalar(s);
            if (JS_IsException(value))
                goto fail;
        }
        /* a value is complete, and maybe those that it is the last of */
        for (;;) {
            bool is_object;
            if (json_next_token(s)) {
                JS_FreeValue(ctx, value);
                goto fail;
            }
            if (depth == 0)
                goto done;
            is_object = stack[depth - 1].name != JS_ATOM_NULL;
            if (json_put(ctx, &stack[depth - 1], value) < 0)
                goto fail;
            if (s->token.val == ',') {
                if (json_next_token(s) || (is_object && json_parse_name(s, &stack[depth - 1])))
                    goto fail;
                break;
            }
            if (s->token.val != (is_object ? '}' : ']')) {
                js_parse_error(s, "Expected ','");
                goto fail;
            }
            value = stack[--depth].value;
        }
    }
 fail:
    while (depth > 0) {
        depth--;
        JS_FreeAtom(ctx, stack[depth].name);
        JS_FreeValue(ctx, stack[depth].value);
    }
    value = JS_EXCEPTION;
 done:
    if (stack != inline_stack)
        js_free(ctx, stack);
    return value;
}

/* Looks for what is wrong with a text. */
typedef struct JSONComplaint {
    const uint8_t *text;
    uint32_t len, at;
    const char *what; /* or NULL when it is the token */
} JSONComplaint;

static int json_peek(const JSONComplaint *c)
{
    return c->at < c->len ? c->text[c->at] : -1;
}

static bool json_wrong(JSONComplaint *c, const char *what)
{
    c->what = what;
    return false;
}

static void json_skip_blank(JSONComplaint *c)
{
    while (json_peek(c) == ' ' || json_peek(c) == '\t' || json_peek(c) == '\n' || json_peek(c) == '\r')
        c->at++;
}

static bool json_check_string(JSONComplaint *c)
{
    int i, ch;

    for (c->at++; (ch = json_peek(c)) != '"'; c->at++) {
        if (ch < 0)
            return json_wrong(c, "Unterminated string");
        if (ch < 0x20)
            return json_wrong(c, "Bad control character in string literal");
        if (ch != '\\')
            continue;
        c->at++;
        ch = json_peek(c);
        if (ch < 0)
            return json_wrong(c, NULL);
        if (ch != 'u') {
            if (!strchr("\"\\/bfnrt", ch))
                return json_wrong(c, "Bad escaped character");
            continue;
        }
        for (i = 0; i < 4; i++) {
            c->at++;
            if (hex_of(json_peek(c)) < 0)
                return json_wrong(c, json_peek(c) < 0 ? "Unterminated string" : "Bad Unicode escape");
        }
    }
    c->at++;
    return true;
}

static bool json_check_number(JSONComplaint *c)
{
    if (json_peek(c) == '-') {
        c->at++;
        if (!is_digit(json_peek(c)))
            return json_wrong(c, "No number after minus sign");
    }
    if (json_peek(c) == '0') {
        c->at++;
        if (is_digit(json_peek(c)))
            return json_wrong(c, "Unexpected number");
    }
    while (is_digit(json_peek(c)))
        c->at++;
    if (json_peek(c) == '.') {
        c->at++;
        if (!is_digit(json_peek(c)))
            return json_wrong(c, "Unterminated fractional number");
        while (is_digit(json_peek(c)))
            c->at++;
    }
    if ((json_peek(c) | 32) == 'e' && json_peek(c) > 0) {
        c->at++;
        if (json_peek(c) == '+' || json_peek(c) == '-')
            c->at++;
        if (!is_digit(json_peek(c)))
            return json_wrong(c, "Exponent part is missing a number");
        while (is_digit(json_peek(c)))
            c->at++;
    }
    return true;
}

static bool json_check_word(JSONComplaint *c, const char *word)
{
    for (; *word; word++, c->at++) {
        if (json_peek(c) != *word)
            return json_wrong(c, NULL);
    }
    return true;
}

static bool json_check_scalar(JSONComplaint *c)
{
    int ch = json_peek(c);

    if (ch == '"')
        return json_check_string(c);
    if (ch == '-' || is_digit(ch))
        return json_check_number(c);
    if (ch == 't' || ch == 'f' || ch == 'n')
        return json_check_word(c, ch == 't' ? "true" : ch == 'f' ? "false" : "null");
    return json_wrong(c, NULL);
}

static bool json_check_name(JSONComplaint *c, const char *what, const char *colon)
{
    json_skip_blank(c);
    if (json_peek(c) != '"')
        return json_wrong(c, what);
    if (!json_check_string(c))
        return false;
    json_skip_blank(c);
    if (json_peek(c) != ':')
        return json_wrong(c, colon);
    c->at++;
    return true;
}

/* True when nothing is wrong. `open` holds a byte for each bracket that is open. */
static bool json_check(JSONComplaint *c, DynBuf *open)
{
    for (;;) {
        int ch;
        json_skip_blank(c);
        ch = json_peek(c);
        if (ch == '{' || ch == '[') {
            c->at++;
            json_skip_blank(c);
            if (json_peek(c) == (ch == '{' ? '}' : ']')) {
                c->at++;
            } else {
                dbuf_putc(open, ch);
                if (dbuf_error(open))
                    return true;
                if (ch == '{' && !json_check_name(c, "Expected property name or '}'", "Expected ':' after property name"))
                    return false;
                continue;
            }
        } else if (!json_check_scalar(c)) {
            return false;
        }
        for (;;) {
            json_skip_blank(c);
            ch = json_peek(c);
            if (open->size == 0)
                return ch < 0 || json_wrong(c, "Unexpected non-whitespace character after JSON");
            if (ch == ',') {
                c->at++;
                if (open->buf[open->size - 1] == '{' && !json_check_name(c, "Expected double-quoted property name", NULL))
                    return false;
                break;
            }
            if (open->buf[open->size - 1] == '{') {
                if (ch != '}')
                    return json_wrong(c, "Expected ',' or '}' after property value");
            } else if (ch != ']') {
                return json_wrong(c, "Expected ',' or ']' after array element");
            }
            c->at++;
            open->size--;
        }
    }
}

/* From a place in UTF-8 so many UTF-16 units on, or back, whole characters only. */
static uint32_t json_move(const JSONComplaint *c, uint32_t at, int units)
{
    bool on = units > 0;

    for (units = on ? units : -units; units > 0 && (on ? at < c->len : at > 0); units--) {
        if (on && c->text[at] >= 0xf0)
            units--;
        do {
            at += on ? 1 : -1;
        } while (at > 0 && at < c->len && (c->text[at] & 0xc0) == 0x80);
        if (!on && c->text[at] >= 0xf0)
            units--;
    }
    return at;
}

static void json_put_token(DynBuf *out, const JSONComplaint *c)
{
    static const char words[][16] = { "undefined", "NaN", "Infinity", "[object Object]" };
    uint32_t from = 0, to = c->len, units = count_units(c->text, c->text + c->len), position = count_units(c->text, c->text + c->at), i;
    bool begins = true, ends = true;

    for (i = 0; i < countof(words); i++) {
        if (c->len == strlen(words[i]) && !memcmp(c->text, words[i], c->len)) {
            dbuf_printf(out, "\"%s\" is not valid JSON", words[i]);
            return;
        }
    }
    if (units > 20) {
        begins = position < 10;
        ends = position >= units - 10;
        if (begins)
            ends = false;
        if (!begins)
            from = json_move(c, c->at, -10);
        if (!ends)
            to = json_move(c, c->at, 10);
    }
    dbuf_putstr(out, "Unexpected token '");
    if (json_peek(c) >= 0xf0)
        dbuf_putstr(out, "\xef\xbf\xbd");
    else
        dbuf_put(out, c->text + c->at, json_move(c, c->at, 1) - c->at);
    dbuf_printf(out, "', %s\"", begins ? "" : "...");
    dbuf_put(out, c->text + from, to - from);
    dbuf_printf(out, "\"%s is not valid JSON", ends ? "" : "...");
}

/* Replaces the error that a text was refused with. */
static void complain_about_json(JSContext *ctx, const char *text, size_t len)
{
    JSONComplaint c = { .text = (const uint8_t *)text, .len = len };
    DynBuf out, open;
    uint32_t at, line = 1, start = 0;

    if (JS_VALUE_GET_TAG(ctx->rt->current_exception) != JS_TAG_OBJECT ||
        JS_VALUE_GET_OBJ(ctx->rt->current_exception)->shape->proto != JS_VALUE_GET_OBJ(ctx->native_error_proto[JS_SYNTAX_ERROR]))
        return;
    js_dbuf_init(ctx, &open);
    if (json_check(&c, &open)) {
        dbuf_free(&open);
        return;
    }
    dbuf_free(&open);
    JS_FreeValue(ctx, JS_GetException(ctx));
    js_dbuf_init(ctx, &out);
    if (!c.what && c.at < c.len && !is_digit(json_peek(&c)) && json_peek(&c) != '"') {
        json_put_token(&out, &c);
    } else if (c.at >= c.len && !c.what) {
        dbuf_putstr(&out, "Unexpected end of JSON input");
    } else {
        if (!c.what)
            c.what = json_peek(&c) == '"' ? "Unexpected string" : "Unexpected number";
        for (at = 0; at < c.at; at++) {
            if (c.text[at] == '\n' || (c.text[at] == '\r' && c.text[at + 1] != '\n')) {
                line++;
                start = at + 1;
            }
        }
        dbuf_printf(&out, strstr(c.what, "JSON") ? "%s at position %d" : "%s in JSON at position %d", c.what, count_units(c.text, c.text + c.at));
        if (node_major >= 22)
            dbuf_printf(&out, " (line %u column %u)", line, count_units(c.text + start, c.text + c.at) + 1);
    }
    throw_built(ctx, JS_SYNTAX_ERROR, &out);
}
