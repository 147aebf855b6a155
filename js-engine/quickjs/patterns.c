/* What is wrong with a regular expression, in V8's words: appended to quickjs.c. */

static const char *pattern_complaint(const char *pattern, size_t len, bool unicode, const char *error)
{
    static const struct { const char *ours, *theirs; } words[] = {
        { "expecting ')'", "Unterminated group" },
        { "duplicate group name", "Duplicate capture group name" },
        { "invalid repetition count", "numbers out of order in {} quantifier" },
        { "invalid group name", "Invalid capture group name" },
        { "expecting group name", "Invalid named reference" },
        { "group name not defined", "Invalid named capture referenced" },
        { "extraneous characters at the end", "Unmatched ')'" },
        { "expecting '}'", "Incomplete quantifier" },
        { "syntax error", "Lone quantifier brackets" },
        { "invalid group", "Invalid group" },
        { "invalid modifiers", "Invalid group" },
        { "duplicate modifier", "Invalid group" },
        { "expecting '{' after \\p", "Invalid property name" },
        { "back reference out of range", "Invalid escape" },
        { "invalid decimal escape", "Invalid decimal escape" },
        { "malformed unicode char", "Invalid Unicode escape" },
        { "invalid character in class", "Invalid character in character class" },
        { "invalid class set operation", "Invalid set operation in character class" },
        { "invalid operation", "Invalid set operation in character class" },
        { "negated character class with strings", "Negated character class may contain strings" },
        { "too many captures", "Too many captures" },
        { "too many named groups", "Too many captures" },
        { "stack overflow", "Regular expression too large" },
        { "out of memory", "Regular expression too large" },
    };
    size_t i, slashes = 0;

    while (slashes < len && pattern[len - 1 - slashes] == '\\')
        slashes++;
    if (!strncmp(error, "unexpected end", 14))
        return slashes & 1 ? "\\ at end of pattern" : "Unterminated character class";
    if (!strncmp(error, "nothing to repeat", 17)) {
        bool around = strstr(pattern, "(?=") || strstr(pattern, "(?!") || strstr(pattern, "(?<=") || strstr(pattern, "(?<!");
        return around && !strchr("*+?{", pattern[0]) && !strstr(pattern, "**") && !strstr(pattern, "(*") ? "Invalid quantifier" : "Nothing to repeat";
    }
    if (!strncmp(error, "invalid class range", 19))
        return unicode && (strstr(pattern, "\\d") || strstr(pattern, "\\w") || strstr(pattern, "\\s") || strstr(pattern, "\\p") ||
                           strstr(pattern, "\\D") || strstr(pattern, "\\W") || strstr(pattern, "\\S")) ?
            "Invalid character class" : "Range out of order in character class";
    if (!strncmp(error, "unknown unicode", 15))
        return strchr(pattern, '[') && strchr(pattern, '[') < strstr(pattern, "\\p") ? "Invalid property name in character class" : "Invalid property name";
    if (!strncmp(error, "invalid escape sequence", 23))
        return strstr(pattern, "\\u") || strstr(pattern, "\\c") ? "Invalid Unicode escape" : "Invalid escape";
    for (i = 0; i < countof(words); i++) {
        if (!strncmp(error, words[i].ours, strlen(words[i].ours)))
            return words[i].theirs;
    }
    return error;
}

static void throw_pattern(JSContext *ctx, const char *pattern, size_t len, JSValueConst flags, const char *error)
{
    DynBuf out;
    bool unicode = false;
    const char *text = JS_IsUndefined(flags) ? NULL : JS_ToCString(ctx, flags);

    if (text)
        unicode = strchr(text, 'u') || strchr(text, 'v');
    js_dbuf_init(ctx, &out);
    dbuf_putstr(&out, "Invalid regular expression: /");
    dbuf_put(&out, (const uint8_t *)pattern, len);
    dbuf_printf(&out, "/%s: %s", text ? text : "", pattern_complaint(pattern, len, unicode, error));
    JS_FreeCString(ctx, text);
    throw_built(ctx, JS_SYNTAX_ERROR, &out);
}

/* Whether a group's name occurs twice, which is for alternatives from version 23 on. */
static bool has_twice_named(const uint8_t *code)
{
    const char *names = lre_get_groupnames(code), *a, *b;
    int groups = lre_get_capture_count(code), i, j;

    if (!names || node_major >= 23)
        return false;
    for (i = 1, a = names; i < groups; i++, a += strlen(a) + LRE_GROUP_NAME_TRAILER_LEN) {
        if (!*a)
            continue;
        for (j = i + 1, b = a + strlen(a) + LRE_GROUP_NAME_TRAILER_LEN; j < groups; j++, b += strlen(b) + LRE_GROUP_NAME_TRAILER_LEN) {
            if (!strcmp(a, b))
                return true;
        }
    }
    return false;
}
