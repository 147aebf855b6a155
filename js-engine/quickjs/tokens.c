/* The tokens of a function's source text around the place where something failed, for callee.c: appended to quickjs.c. The source was parsed
   before, so nothing is checked here; what is not understood makes the message poorer, no more. */

typedef enum SourceKind {
    SOURCE_END, SOURCE_NAME, SOURCE_PRIVATE, SOURCE_NUMBER, SOURCE_STRING, SOURCE_REGEXP, SOURCE_MARK,
    SOURCE_TEMPLATE,      /* a whole one without substitutions */
    SOURCE_TEMPLATE_HEAD, /* up to its first substitution */
    SOURCE_TEMPLATE_PART, /* between two of them */
    SOURCE_TEMPLATE_TAIL, /* behind the last */
} SourceKind;

typedef struct SourceToken {
    uint8_t kind;
    uint32_t start, end;
} SourceToken;

/* How many tokens are kept; of more, the later half is. */
#define SOURCE_TOKENS 4096
/* How many are read behind the place, and how deep templates lie in each other. */
#define SOURCE_BEHIND 512
#define SOURCE_TEMPLATES 16
/* From how many bytes on a text is not read from its beginning. */
#define SOURCE_LONG (32 * 1024)

typedef struct SourceText {
    const uint8_t *text;
    uint32_t len, at;
    SourceToken *tokens;
    int count;
    int place; /* the token at the place, or -1 */
    int braces, templates;
    int template_braces[SOURCE_TEMPLATES];
} SourceText;

static int source_peek(const SourceText *s, uint32_t ahead)
{
    return s->at + ahead < s->len ? s->text[s->at + ahead] : 0;
}

static bool token_is(const SourceText *s, int i, const char *text)
{
    size_t len = strlen(text);

    return i >= 0 && i < s->count && s->tokens[i].end - s->tokens[i].start == len &&
        !memcmp(s->text + s->tokens[i].start, text, len) &&
        (s->tokens[i].kind == SOURCE_NAME || s->tokens[i].kind == SOURCE_MARK);
}

static SourceKind token_kind(const SourceText *s, int i)
{
    return i >= 0 && i < s->count ? s->tokens[i].kind : SOURCE_END;
}

/* Words behind which an expression begins, unlike behind names. */
static bool token_is_operator_word(const SourceText *s, int i)
{
    static const char words[][12] = {
        "return", "typeof", "instanceof", "in", "of", "new", "delete", "void", "throw", "case", "do", "else", "await", "yield", "extends",
        "default", "if", "while", "for", "with", "switch", "let", "const", "var",
    };
    int n;

    if (token_kind(s, i) != SOURCE_NAME || token_is(s, i - 1, ".") || token_is(s, i - 1, "?."))
        return false;
    for (n = 0; n < countof(words); n++) {
        if (token_is(s, i, words[n]))
            return true;
    }
    return false;
}

/* Whether a token ends an operand, so that an operator, a call or a member may follow. */
static bool token_ends_operand(const SourceText *s, int i)
{
    switch (token_kind(s, i)) {
    case SOURCE_NAME:
        return !token_is_operator_word(s, i);
    case SOURCE_PRIVATE:
    case SOURCE_NUMBER:
    case SOURCE_STRING:
    case SOURCE_REGEXP:
    case SOURCE_TEMPLATE:
    case SOURCE_TEMPLATE_TAIL:
        return true;
    case SOURCE_MARK:
        return token_is(s, i, ")") || token_is(s, i, "]") || token_is(s, i, "}");
    default:
        return false;
    }
}

static bool is_name_byte(int c)
{
    return c >= 0x80 || c == '_' || c == '$' || c == '\\' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void skip_blank(SourceText *s)
{
    for (;;) {
        int c = source_peek(s, 0);
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            s->at++;
        } else if (c == 0xc2 && source_peek(s, 1) == 0xa0) {
            s->at += 2;
        } else if ((c == 0xe2 && source_peek(s, 1) == 0x80 && (source_peek(s, 2) & 0xfe) == 0xa8) ||
                   (c == 0xef && source_peek(s, 1) == 0xbb && source_peek(s, 2) == 0xbf)) {
            s->at += 3;
        } else if (c == '/' && source_peek(s, 1) == '/') {
            while (s->at < s->len && source_peek(s, 0) != '\n' && source_peek(s, 0) != '\r')
                s->at++;
        } else if (c == '/' && source_peek(s, 1) == '*') {
            s->at += 2;
            while (s->at < s->len && !(source_peek(s, 0) == '*' && source_peek(s, 1) == '/'))
                s->at++;
            s->at += 2;
        } else {
            return;
        }
    }
}

/* The rest of a template up to a substitution or its end. */
static bool scan_template(SourceText *s)
{
    while (s->at < s->len) {
        int c = s->text[s->at++];
        if (c == '\\') {
            s->at++;
        } else if (c == '`') {
            return true;
        } else if (c == '$' && source_peek(s, 0) == '{') {
            s->at++;
            return false;
        }
    }
    return true;
}

static void scan_quoted(SourceText *s, int quote)
{
    for (s->at++; s->at < s->len && source_peek(s, 0) != quote; s->at++) {
        if (source_peek(s, 0) == '\\')
            s->at++;
    }
    s->at++;
}

static void scan_regexp(SourceText *s)
{
    bool in_class = false;

    for (s->at++; s->at < s->len && (in_class || source_peek(s, 0) != '/') && source_peek(s, 0) != '\n'; s->at++) {
        int c = source_peek(s, 0);
        if (c == '\\')
            s->at++;
        else if (c == '[' || c == ']')
            in_class = c == '[';
    }
    s->at++;
    while (is_name_byte(source_peek(s, 0)))
        s->at++;
}

/* How many bytes the mark has that begins here. */
static int mark_length(const SourceText *s)
{
    int c = source_peek(s, 0), len = 1, most;

    switch (c) {
    case '.':
        return source_peek(s, 1) == '.' && source_peek(s, 2) == '.' ? 3 : 1;
    case '?':
        if (source_peek(s, 1) == '.')
            return is_digit(source_peek(s, 2)) ? 1 : 2;
        if (source_peek(s, 1) == '?')
            return source_peek(s, 2) == '=' ? 3 : 2;
        return 1;
    case '!':
        if (source_peek(s, 1) != '=')
            return 1;
        return source_peek(s, 2) == '=' ? 3 : 2;
    case '=':
        if (source_peek(s, 1) == '>')
            return 2;
        if (source_peek(s, 1) != '=')
            return 1;
        return source_peek(s, 2) == '=' ? 3 : 2;
    case '+':
    case '-':
        return source_peek(s, 1) == c || source_peek(s, 1) == '=' ? 2 : 1;
    case '<':
    case '>':
    case '&':
    case '|':
    case '*':
        for (most = c == '>' ? 3 : 2; len < most && source_peek(s, len) == c; len++)
            ;
        return source_peek(s, len) == '=' ? len + 1 : len;
    case '/':
    case '%':
    case '^':
        return source_peek(s, 1) == '=' ? 2 : 1;
    default:
        return 1;
    }
}

static SourceKind scan_token(SourceText *s)
{
    int c = source_peek(s, 0);

    if (c == '`') {
        s->at++;
        if (scan_template(s))
            return SOURCE_TEMPLATE;
        if (s->templates == SOURCE_TEMPLATES)
            return SOURCE_END;
        s->template_braces[s->templates++] = s->braces;
        return SOURCE_TEMPLATE_HEAD;
    }
    if (c == '}' && s->templates > 0 && s->braces == s->template_braces[s->templates - 1]) {
        s->at++;
        if (!scan_template(s))
            return SOURCE_TEMPLATE_PART;
        s->templates--;
        return SOURCE_TEMPLATE_TAIL;
    }
    if (c == '"' || c == '\'') {
        scan_quoted(s, c);
        return SOURCE_STRING;
    }
    if (is_digit(c) || (c == '.' && is_digit(source_peek(s, 1)))) {
        bool decimal = !(c == '0' && is_name_byte(source_peek(s, 1)) && !is_digit(source_peek(s, 1)));
        while (is_digit(source_peek(s, 0)) || source_peek(s, 0) == '_' || (!decimal && is_name_byte(source_peek(s, 0))))
            s->at++;
        if (decimal && source_peek(s, 0) == '.') {
            s->at++;
            while (is_digit(source_peek(s, 0)) || source_peek(s, 0) == '_')
                s->at++;
        }
        if (decimal && (source_peek(s, 0) | 32) == 'e') {
            s->at++;
            if (source_peek(s, 0) == '+' || source_peek(s, 0) == '-')
                s->at++;
            while (is_digit(source_peek(s, 0)))
                s->at++;
        }
        if (source_peek(s, 0) == 'n')
            s->at++;
        return SOURCE_NUMBER;
    }
    if (c == '#' || is_name_byte(c)) {
        s->at++;
        while (is_name_byte(source_peek(s, 0)) || (source_peek(s, 0) == '{' && s->text[s->at - 1] == 'u' && s->at > 1 && s->text[s->at - 2] == '\\'))
            s->at++;
        return c == '#' ? SOURCE_PRIVATE : SOURCE_NAME;
    }
    if (c == '/' && !token_ends_operand(s, s->count - 1)) {
        scan_regexp(s);
        return SOURCE_REGEXP;
    }
    if (c == '{' || c == '}')
        s->braces += c == '{' ? 1 : -1;
    s->at += mark_length(s);
    return SOURCE_MARK;
}

/* Where to begin in a long text: at a line, or behind a statement, some way before the place. Should that lie in a text or a comment, there
   is no token at the place, and no expression is shown. */
static uint32_t scan_start(const SourceText *s, uint32_t place)
{
    uint32_t at, from;

    if (place < SOURCE_LONG)
        return 0;
    from = place - SOURCE_LONG / 2;
    for (at = from; at < place && s->text[at] != '\n'; at++)
        ;
    if (at < place)
        return at;
    for (at = from; at < place && s->text[at] != ';'; at++)
        ;
    return at < place ? at + 1 : 0;
}

/* Reads the tokens before and behind a place, one of which must begin there. */
static bool scan_source(JSContext *ctx, SourceText *s, const char *text, uint32_t len, uint32_t place)
{
    int behind = 0;

    *s = (SourceText){ .text = (const uint8_t *)text, .len = len, .place = -1 };
    s->tokens = js_malloc(ctx, sizeof(*s->tokens) * SOURCE_TOKENS);
    if (!s->tokens)
        return false;
    s->at = scan_start(s, place);
    while (behind < SOURCE_BEHIND) {
        SourceToken token;
        skip_blank(s);
        token.start = s->at;
        if (s->at >= s->len)
            break;
        token.kind = scan_token(s);
        if (s->at > s->len)
            s->at = s->len;
        token.end = s->at;
        if (token.kind == SOURCE_END)
            break;
        if (s->count == SOURCE_TOKENS) {
            if (s->place >= 0)
                break;
            s->count /= 2;
            memmove(s->tokens, s->tokens + s->count, sizeof(*s->tokens) * s->count);
        }
        if (token.start == place)
            s->place = s->count;
        if (token.start > place) {
            if (s->place < 0)
                return false;
            behind++;
        }
        s->tokens[s->count++] = token;
    }
    return s->place >= 0;
}

static int bracket_of(const SourceText *s, int i)
{
    switch (token_kind(s, i)) {
    case SOURCE_TEMPLATE_HEAD:
        return 1;
    case SOURCE_TEMPLATE_TAIL:
        return -1;
    case SOURCE_MARK:
        if (token_is(s, i, "(") || token_is(s, i, "[") || token_is(s, i, "{"))
            return 1;
        if (token_is(s, i, ")") || token_is(s, i, "]") || token_is(s, i, "}"))
            return -1;
        /* fall thru */
    default:
        return 0;
    }
}

/* The bracket that belongs to the one at `i`, behind it or before it; -1 where there is none. */
static int matching_bracket(const SourceText *s, int i)
{
    int step = bracket_of(s, i), depth = 0;

    if (step == 0)
        return -1;
    for (; i >= 0 && i < s->count; i += step) {
        depth += bracket_of(s, i);
        if (depth == 0)
            return i;
    }
    return -1;
}
