/* The calls of a trace as V8 names and writes them, one by one: appended to quickjs.c behind trace.c, which says what a trace is. */

/* What is known of one call. */
struct JSCallSiteData {
    JSValue func;
    JSValue self;
    JSValue file;  /* a text, or undefined for what is not of the author's */
    int line, column;
    int index;     /* of a promise in Promise.all, or -1 */
    bool constructs, async, native;
};

static bool is_text(JSValueConst value, const char *text)
{
    JSString *string = JS_VALUE_GET_TAG(value) == JS_TAG_STRING ? JS_VALUE_GET_STRING(value) : NULL;

    return string && !string->is_wide_char && string->len == strlen(text) && !memcmp(str8(string), text, string->len);
}

/* Whether the call is of code that was made out of a text, which has no file. */
static bool is_evaluated(const JSCallSiteData *csd)
{
    return is_text(csd->file, "<input>");
}

static bool frame_own_name(JSContext *ctx, JSValueConst func, JSValue *name)
{
    *name = plain_property(func, JS_ATOM_name);
    return JS_VALUE_GET_TAG(*name) == JS_TAG_STRING && !JS_IsEmptyString(*name);
}

/* What a call is called after, or undefined: the function's own name, or what it was assigned to. */
static JSValue frame_function_name(JSContext *ctx, const JSCallSiteData *csd)
{
    JSFunctionBytecode *b = bytecode_of(csd->func);
    JSValue name;

    if (b && is_evaluated(csd) && (b->func_name == JS_ATOM__eval_ || (frame_own_name(ctx, csd->func, &name) && is_text(name, "anonymous"))))
        return js_new_string8(ctx, "eval");
    if (frame_own_name(ctx, csd->func, &name))
        return js_dup(name);
    if (b && b->func_name == JS_ATOM_class_fields_init)
        return js_new_string8(ctx, "<instance_members_initializer>");
    if (b && b->inferred_name != JS_ATOM_NULL)
        return JS_AtomToString(ctx, b->inferred_name);
    return JS_UNDEFINED;
}

static bool frame_is_toplevel(JSContext *ctx, const JSCallSiteData *csd)
{
    return JS_IsUndefined(csd->self) || JS_IsNull(csd->self) || js_same_value(ctx, csd->self, ctx->global_obj);
}

/* The first data property of this name in a chain of prototypes, without running anything. */
static JSValueConst plain_inherited(JSObject *p, JSAtom name)
{
    int depth;

    for (depth = 0; p && depth < 100 && p->class_id != JS_CLASS_PROXY; depth++, p = p->shape->proto) {
        JSValueConst value = plain_property(JS_MKPTR(JS_TAG_OBJECT, p), name);
        if (!JS_IsUndefined(value))
            return value;
    }
    return JS_UNDEFINED;
}

/* The name of the class that a value is of; never an exception. */
static JSValue class_name_of(JSContext *ctx, JSValueConst value)
{
    JSValueConst found;
    JSValue name;
    JSObject *p;

    switch (JS_VALUE_GET_NORM_TAG(value)) {
    case JS_TAG_OBJECT:
        break;
    case JS_TAG_STRING:
    case JS_TAG_STRING_ROPE:
        return js_new_string8(ctx, "String");
    case JS_TAG_INT:
    case JS_TAG_FLOAT64:
        return js_new_string8(ctx, "Number");
    case JS_TAG_BOOL:
        return js_new_string8(ctx, "Boolean");
    case JS_TAG_SYMBOL:
        return js_new_string8(ctx, "Symbol");
    case JS_TAG_BIG_INT:
    case JS_TAG_SHORT_BIG_INT:
        return js_new_string8(ctx, "BigInt");
    default:
        return js_new_string8(ctx, "Object");
    }
    p = JS_VALUE_GET_OBJ(value);
    if (p->class_id == JS_CLASS_PROXY)
        return js_new_string8(ctx, JS_IsFunction(ctx, value) ? "Function" : "Object");
    if (JS_IsFunction(ctx, value)) {
        JSFunctionBytecode *b = bytecode_of(value);
        if (b && b->source && !strncmp(b->source, "class", 5) && frame_own_name(ctx, value, &name))
            return js_dup(name);
        return js_new_string8(ctx, "Function");
    }
    found = plain_inherited(p, JS_ATOM_constructor);
    if (frame_own_name(ctx, found, &name) && !js_same_value(ctx, found, plain_property(ctx->global_obj, JS_ATOM_Object)))
        return js_dup(name);
    found = plain_inherited(p, JS_ATOM_Symbol_toStringTag);
    if (JS_VALUE_GET_TAG(found) == JS_TAG_STRING)
        return js_dup(found);
    return js_new_string8(ctx, "Object");
}

/* The property of the receiver that holds the function, or undefined. */
static JSValue frame_method_name(JSContext *ctx, const JSCallSiteData *csd)
{
    JSObject *p, *func;
    JSValue own;
    int depth, i;

    if (JS_VALUE_GET_TAG(csd->self) != JS_TAG_OBJECT || JS_VALUE_GET_TAG(csd->func) != JS_TAG_OBJECT)
        return JS_UNDEFINED;
    func = JS_VALUE_GET_OBJ(csd->func);
    p = JS_VALUE_GET_OBJ(csd->self);
    if (frame_own_name(ctx, csd->func, &own)) {
        JSAtom atom = JS_ValueToAtom(ctx, own);
        bool found = atom != JS_ATOM_NULL && JS_VALUE_GET_TAG(plain_inherited(p, atom)) == JS_TAG_OBJECT &&
            JS_VALUE_GET_OBJ(plain_inherited(p, atom)) == func;
        JS_FreeAtom(ctx, atom);
        if (found)
            return js_dup(own);
    }
    for (depth = 0; p && depth < 100 && p->class_id != JS_CLASS_PROXY; depth++, p = p->shape->proto) {
        for (i = 0; i < p->shape->prop_count; i++) {
            JSShapeProperty *prs = &get_shape_prop(p->shape)[i];
            bool holds = false;
            if (prs->atom == JS_ATOM_NULL)
                continue;
            if ((prs->flags & JS_PROP_TMASK) == JS_PROP_NORMAL)
                holds = JS_VALUE_GET_TAG(p->prop[i].u.value) == JS_TAG_OBJECT && JS_VALUE_GET_OBJ(p->prop[i].u.value) == func;
            else if ((prs->flags & JS_PROP_TMASK) == JS_PROP_GETSET)
                holds = p->prop[i].u.getset.getter == func || p->prop[i].u.getset.setter == func;
            if (holds)
                return JS_AtomToString(ctx, prs->atom);
        }
    }
    return JS_UNDEFINED;
}

static void put_text(JSContext *ctx, DynBuf *out, JSValueConst text)
{
    size_t len;
    const char *utf8 = JS_ToCStringLen(ctx, &len, text);

    if (utf8) {
        dbuf_put(out, (const uint8_t *)utf8, len);
        JS_FreeCString(ctx, utf8);
    } else {
        JS_FreeValue(ctx, JS_GetException(ctx));
    }
}

static void put_location(JSContext *ctx, DynBuf *out, const JSCallSiteData *csd)
{
    if (!JS_IsString(csd->file)) {
        dbuf_putstr(out, csd->native ? "<anonymous>" : "native");
        return;
    }
    if (is_evaluated(csd))
        dbuf_putstr(out, "<anonymous>");
    else
        put_text(ctx, out, csd->file);
    if (csd->line > 0)
        dbuf_printf(out, ":%d:%d", csd->line, csd->column);
}

static bool ends_with_method(JSContext *ctx, JSValueConst function, JSValueConst method)
{
    size_t len, end;
    const char *f = JS_ToCStringLen(ctx, &len, function), *m = JS_ToCStringLen(ctx, &end, method);
    bool ends = f && m && end <= len && !memcmp(f + len - end, m, end) &&
        (end == len || f[len - end - 1] == '.');

    JS_FreeCString(ctx, f);
    JS_FreeCString(ctx, m);
    return ends;
}

static bool starts_with_type(JSContext *ctx, JSValueConst function, JSValueConst type)
{
    size_t len, start;
    const char *f = JS_ToCStringLen(ctx, &len, function), *t = JS_ToCStringLen(ctx, &start, type);
    bool starts = f && t && ((start <= len && !memcmp(f, t, start)) || !strncmp(f, "get ", 4) || !strncmp(f, "set ", 4));

    JS_FreeCString(ctx, f);
    JS_FreeCString(ctx, t);
    return starts;
}

static bool is_symbol_name(JSValueConst name)
{
    JSString *text = JS_VALUE_GET_TAG(name) == JS_TAG_STRING ? JS_VALUE_GET_STRING(name) : NULL;

    return text && text->len > 0 && !text->is_wide_char && str8(text)[0] == '[';
}

/* Whether a name says already what the function belongs to, as that of a member which it was assigned to does. */
static bool names_its_owner(JSContext *ctx, JSValueConst name)
{
    const char *text = JS_ToCString(ctx, name);
    bool owned = text && (text[0] == '[' || text[0] == '<' || strchr(text, '.'));

    JS_FreeCString(ctx, text);
    return owned;
}

static void put_method_call(JSContext *ctx, DynBuf *out, const JSCallSiteData *csd, JSValueConst name)
{
    JSValue type = class_name_of(ctx, csd->self), method = frame_method_name(ctx, csd);

    if (JS_IsString(name)) {
        if (!names_its_owner(ctx, name) && !starts_with_type(ctx, name, type)) {
            put_text(ctx, out, type);
            dbuf_putc(out, '.');
        }
        put_text(ctx, out, name);
        if (JS_IsString(method) && !JS_IsEmptyString(method) && !is_symbol_name(name) && !ends_with_method(ctx, name, method)) {
            dbuf_putstr(out, " [as ");
            put_text(ctx, out, method);
            dbuf_putc(out, ']');
        }
    } else {
        put_text(ctx, out, type);
        dbuf_putc(out, '.');
        if (JS_IsString(method) && !JS_IsEmptyString(method))
            put_text(ctx, out, method);
        else
            dbuf_putstr(out, "<anonymous>");
    }
    JS_FreeValue(ctx, type);
    JS_FreeValue(ctx, method);
}

/* One call, without the "at" before it. */
static void put_frame(JSContext *ctx, DynBuf *out, const JSCallSiteData *csd)
{
    JSValue name = frame_function_name(ctx, csd);

    if (csd->async)
        dbuf_putstr(out, "async ");
    if (csd->index >= 0) {
        dbuf_printf(out, "Promise.all (index %d)", csd->index);
    } else if (csd->constructs) {
        dbuf_putstr(out, "new ");
        if (JS_IsString(name))
            put_text(ctx, out, name);
        else
            dbuf_putstr(out, "<anonymous>");
    } else if (!frame_is_toplevel(ctx, csd)) {
        put_method_call(ctx, out, csd, name);
    } else if (JS_IsString(name)) {
        put_text(ctx, out, name);
    } else {
        put_location(ctx, out, csd);
        return;
    }
    if (csd->index < 0) {
        dbuf_putstr(out, " (");
        put_location(ctx, out, csd);
        dbuf_putc(out, ')');
    }
    JS_FreeValue(ctx, name);
}

/* What the entry at `i` of a trace says. All of it is borrowed from the trace, but the file. */
static void read_frame(JSContext *ctx, JSValueConst trace, uint32_t i, JSCallSiteData *csd)
{
    JSValue *values = JS_VALUE_GET_OBJ(trace)->u.array.u.values + 3 * i;
    uint32_t number = JS_VALUE_GET_INT(values[2]);
    JSFunctionBytecode *b = bytecode_of(values[0]);

    *csd = (JSCallSiteData){ .func = values[0], .self = values[1], .file = JS_UNDEFINED, .line = -1, .column = -1, .index = -1,
                             .constructs = (number & TRACE_CONSTRUCTS) != 0, .async = (number & TRACE_ASYNC) != 0 };
    if (number & TRACE_PLACE) {
        csd->func = JS_UNDEFINED;
        csd->self = JS_UNDEFINED;
        csd->file = js_dup(values[0]);
        csd->line = JS_VALUE_GET_INT(values[1]);
        csd->column = number >> TRACE_BITS;
    } else if (JS_VALUE_GET_TAG(values[0]) == JS_TAG_INT) {
        csd->index = JS_VALUE_GET_INT(values[0]);
        csd->func = JS_UNDEFINED;
    } else if (b) {
        csd->line = find_line_num(ctx, b, number >> TRACE_BITS ? (number >> TRACE_BITS) - 1 : 0, &csd->column);
        csd->file = JS_AtomToString(ctx, b->filename);
        if (JS_IsException(csd->file)) {
            JS_FreeValue(ctx, JS_GetException(ctx));
            csd->file = JS_UNDEFINED;
        }
    } else {
        csd->native = true;
    }
}

static uint32_t trace_length(JSValueConst trace)
{
    JSObject *p;

    if (JS_VALUE_GET_TAG(trace) != JS_TAG_OBJECT)
        return 0;
    p = JS_VALUE_GET_OBJ(trace);
    return p->class_id == JS_CLASS_ARRAY && p->fast_array ? p->u.array.count / 3 : 0;
}

/* The text of an error as it heads its stack. What goes wrong with it is not told. */
static void put_header(JSContext *ctx, DynBuf *out, JSValueConst error)
{
    JSValue header = js_error_toString(ctx, error, 0, NULL);

    if (JS_IsException(header)) {
        JS_FreeValue(ctx, JS_GetException(ctx));
        dbuf_putstr(out, "<error>");
    } else {
        put_text(ctx, out, header);
        JS_FreeValue(ctx, header);
    }
}

static JSValue callsites(JSContext *ctx, JSValueConst trace);

static JSValue trace_to_stack(JSContext *ctx, JSValueConst error, JSValueConst trace)
{
    JSValueConst prepare = plain_property(ctx->error_ctor, prepare_stack_trace_atom);
    uint32_t i, count = trace_length(trace);
    JSValue stack, args[2];
    DynBuf out;

    if (JS_IsFunction(ctx, prepare)) {
        args[0] = unsafe_unconst(error);
        args[1] = callsites(ctx, trace);
        if (JS_IsException(args[1]))
            return JS_EXCEPTION;
        stack = JS_Call(ctx, prepare, ctx->error_ctor, 2, vc(args));
        JS_FreeValue(ctx, args[1]);
        return stack;
    }
    js_dbuf_init(ctx, &out);
    put_header(ctx, &out, error);
    for (i = 0; i < count; i++) {
        JSCallSiteData csd;
        read_frame(ctx, trace, i, &csd);
        dbuf_putstr(&out, "\n    at ");
        put_frame(ctx, &out, &csd);
        JS_FreeValue(ctx, csd.file);
    }
    stack = dbuf_error(&out) ? JS_ThrowOutOfMemory(ctx) : JS_NewStringLen(ctx, (char *)out.buf, out.size);
    dbuf_free(&out);
    return stack;
}
