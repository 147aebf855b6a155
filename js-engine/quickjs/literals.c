/* What is written of an expression for a message, names and literals first: appended to quickjs.c behind tokens.c. How expressions are made
   of them is expressions.c. */

typedef struct Shown {
    JSContext *ctx;
    const SourceText *source;
    DynBuf out;
    int stop;  /* the token that is not read any more */
    int depth;
    bool optional; /* the last chain has a `?.` in it */
    bool simple;   /* nothing but a name, a literal or a call of a name */
    bool logical;
    bool called;   /* the whole is a call, or `new` */
} Shown;

#define SHOWN_DEPTH 50
#define UNKNOWN "(intermediate value)"

static void show_text(Shown *w, uint32_t start, uint32_t end)
{
    dbuf_put(&w->out, w->source->text + start, end - start);
}

static void show_token(Shown *w, int i)
{
    show_text(w, w->source->tokens[i].start, w->source->tokens[i].end);
}

/* Replaces what was shown since. */
static void show_instead(Shown *w, size_t since, const char *text)
{
    w->out.size = since;
    dbuf_putstr(&w->out, text);
}

static void show_in_front(Shown *w, size_t at, const char *text)
{
    size_t len = strlen(text), rest = w->out.size - at;

    dbuf_putstr(&w->out, text);
    if (dbuf_error(&w->out))
        return;
    memmove(w->out.buf + at + len, w->out.buf + at, rest);
    memcpy(w->out.buf + at, text, len);
}

static int hex_of(int c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* What a literal means, without its quotes. */
static void show_string(Shown *w, int i)
{
    static const char escapes[] = "n\nr\rt\tb\bf\fv\v0\0";
    const uint8_t *p = w->source->text + w->source->tokens[i].start + 1, *end = w->source->text + w->source->tokens[i].end - 1;
    uint8_t utf8[UTF8_CHAR_LEN_MAX + 1];

    while (p < end) {
        int n, digits, c = *p++;
        uint32_t code = 0;
        if (c != '\\' || p >= end) {
            dbuf_putc(&w->out, c);
            continue;
        }
        c = *p++;
        if (c == '\n')
            continue;
        if (c == 'x' || c == 'u') {
            bool braces = c == 'u' && p < end && *p == '{';
            digits = c == 'x' ? 2 : 4;
            if (braces) {
                p++;
                digits = 8;
            }
            for (; digits > 0 && p < end && hex_of(*p) >= 0; digits--)
                code = code * 16 + hex_of(*p++);
            if (braces && p < end)
                p++;
            dbuf_put(&w->out, utf8, utf8_encode(utf8, code > 0x10ffff ? 0xfffd : code));
            continue;
        }
        for (n = 0; n < (int)sizeof(escapes) - 2; n += 2) {
            if (c == escapes[n]) {
                c = (uint8_t)escapes[n + 1];
                break;
            }
        }
        dbuf_putc(&w->out, c);
    }
}

static void show_number(Shown *w, int i)
{
    const SourceToken *token = &w->source->tokens[i];
    char text[64];
    uint32_t at, len = 0;
    JSValue number;

    if (w->source->text[token->end - 1] == 'n' || token->end - token->start >= sizeof(text)) {
        dbuf_putstr(&w->out, UNKNOWN);
        return;
    }
    for (at = token->start; at < token->end; at++) {
        if (w->source->text[at] != '_')
            text[len++] = w->source->text[at];
    }
    text[len] = '\0';
    number = JS_ToNumberFree(w->ctx, JS_NewStringLen(w->ctx, text, len));
    if (JS_IsException(number))
        JS_FreeValue(w->ctx, JS_GetException(w->ctx));
    else
        put_text(w->ctx, &w->out, number);
    JS_FreeValue(w->ctx, number);
}
