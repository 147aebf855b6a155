/* The characters of strings as they lie in memory, so that text becomes bytes without a copy in between: appended to quickjs.c, and called
   from src/text/units.rs. */

/* A value as a string in one piece, which the caller frees, and where its units are. An exception if it has none. */
JSValue JS_TextUnits(JSContext *ctx, JSValueConst value, const void **units, uint32_t *len, bool *wide)
{
    JSValue string = js_force_tostring(ctx, value);
    if (JS_IsException(string))
        return string;
    JSString *text = JS_VALUE_GET_STRING(string);
    *units = strv(text);
    *len = text->len;
    *wide = text->is_wide_char;
    return string;
}
