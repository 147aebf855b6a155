/* Values as they stand in V8's messages, written without running anything of the author's: appended to quickjs.c behind frames.c, for
   messages.c and its neighbours. */

static void put_atom(JSContext *ctx, DynBuf *out, JSAtom atom)
{
    char buf[ATOM_GET_STR_BUF_SIZE];
    JSValue text;

    if (__JS_AtomIsTaggedInt(atom)) {
        dbuf_printf(out, "%u", __JS_AtomToUInt32(atom));
        return;
    }
    switch (JS_AtomGetKind(ctx, atom)) {
    case JS_ATOM_KIND_SYMBOL:
        dbuf_putstr(out, "Symbol(");
        dbuf_putstr(out, JS_AtomGetStr(ctx, buf, sizeof(buf), atom));
        dbuf_putc(out, ')');
        return;
    case JS_ATOM_KIND_PRIVATE:
        dbuf_putstr(out, JS_AtomGetStr(ctx, buf, sizeof(buf), atom));
        return;
    default:
        text = JS_AtomToString(ctx, atom);
        put_text(ctx, out, text);
        JS_FreeValue(ctx, text);
    }
}

static void put_object(JSContext *ctx, DynBuf *out, JSValueConst value)
{
    JSObject *p = JS_VALUE_GET_OBJ(value);
    JSValueConst to_string, tag;
    JSCFunctionType own;
    JSValue text;

    if (p->class_id == JS_CLASS_PROXY) {
        JSProxyData *proxy = p->u.proxy_data;
        if (JS_IsFunction(ctx, value) || proxy->is_revoked || JS_IsProxy(proxy->target))
            dbuf_putstr(out, JS_IsFunction(ctx, value) ? "function () { [native code] }" : "#<Object>");
        else
            put_object(ctx, out, proxy->target);
        return;
    }
    if (JS_IsFunction(ctx, value)) {
        text = js_function_toString(ctx, value, 0, NULL);
        if (JS_IsException(text))
            JS_FreeValue(ctx, JS_GetException(ctx));
        else
            put_text(ctx, out, text);
        JS_FreeValue(ctx, text);
        return;
    }
    to_string = plain_inherited(p, JS_ATOM_toString);
    own.generic = js_error_toString;
    if (p->class_id == JS_CLASS_ERROR && JS_IsCFunction(ctx, to_string, own.generic, 0)) {
        JSValueConst name = plain_inherited(p, JS_ATOM_name), message = plain_inherited(p, JS_ATOM_message);
        if (JS_VALUE_GET_TAG(name) == JS_TAG_STRING)
            put_text(ctx, out, name);
        if (JS_VALUE_GET_TAG(message) == JS_TAG_STRING && !JS_IsEmptyString(message)) {
            dbuf_putstr(out, ": ");
            put_text(ctx, out, message);
        }
        return;
    }
    own.generic = js_object_toString;
    if (JS_IsCFunction(ctx, to_string, own.generic, 0)) {
        JSValueConst constructor = plain_inherited(p, JS_ATOM_constructor);
        JSValue name;
        if (JS_IsFunction(ctx, constructor) && frame_own_name(ctx, constructor, &name)) {
            dbuf_putstr(out, "#<");
            put_text(ctx, out, name);
            dbuf_putc(out, '>');
            return;
        }
    }
    tag = plain_inherited(p, JS_ATOM_Symbol_toStringTag);
    dbuf_putstr(out, "[object ");
    if (JS_VALUE_GET_TAG(tag) == JS_TAG_STRING)
        put_text(ctx, out, tag);
    else if (p->class_id == JS_CLASS_ARRAY)
        dbuf_putstr(out, "Array");
    else if (p->class_id == JS_CLASS_DATE)
        dbuf_putstr(out, "Date");
    else if (p->class_id == JS_CLASS_REGEXP)
        dbuf_putstr(out, "RegExp");
    else if (p->class_id == JS_CLASS_ERROR)
        dbuf_putstr(out, "Error");
    else
        dbuf_putstr(out, "Object");
    dbuf_putc(out, ']');
}

/* A value as it stands in most messages. */
static void put_value(JSContext *ctx, DynBuf *out, JSValueConst value)
{
    JSValue text;
    JSAtom atom;

    switch (JS_VALUE_GET_NORM_TAG(value)) {
    case JS_TAG_OBJECT:
        put_object(ctx, out, value);
        return;
    case JS_TAG_SYMBOL:
        atom = js_symbol_to_atom(ctx, value);
        put_atom(ctx, out, atom);
        return;
    default:
        text = JS_ToString(ctx, value);
        if (JS_IsException(text))
            JS_FreeValue(ctx, JS_GetException(ctx));
        else
            put_text(ctx, out, text);
        JS_FreeValue(ctx, text);
    }
}

static const char *type_name_of(JSContext *ctx, JSValueConst value)
{
    switch (JS_VALUE_GET_NORM_TAG(value)) {
    case JS_TAG_STRING:
    case JS_TAG_STRING_ROPE:
        return "string";
    case JS_TAG_INT:
    case JS_TAG_FLOAT64:
        return "number";
    case JS_TAG_BOOL:
        return "boolean";
    case JS_TAG_SYMBOL:
        return "symbol";
    case JS_TAG_BIG_INT:
    case JS_TAG_SHORT_BIG_INT:
        return "bigint";
    case JS_TAG_UNDEFINED:
        return "undefined";
    default:
        return JS_IsFunction(ctx, value) ? "function" : "object";
    }
}

/* A value that no expression is known of. */
static void put_anonymous(JSContext *ctx, DynBuf *out, JSValueConst value)
{
    dbuf_putstr(out, type_name_of(ctx, value));
    switch (JS_VALUE_GET_NORM_TAG(value)) {
    case JS_TAG_STRING:
    case JS_TAG_STRING_ROPE:
        dbuf_putstr(out, " \"");
        put_value(ctx, out, value);
        dbuf_putc(out, '"');
        return;
    case JS_TAG_INT:
    case JS_TAG_FLOAT64:
    case JS_TAG_BOOL:
    case JS_TAG_NULL:
        dbuf_putc(out, ' ');
        put_value(ctx, out, value);
        return;
    }
}
