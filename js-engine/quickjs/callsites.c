/* Call sites, which a prepareStackTrace of the author's is given: appended to quickjs.c behind frames.c. */

static void js_callsite_finalizer(JSRuntime *rt, JSValueConst val)
{
    JSCallSiteData *csd = JS_GetOpaque(val, JS_CLASS_CALL_SITE);

    if (csd) {
        JS_FreeValueRT(rt, csd->func);
        JS_FreeValueRT(rt, csd->self);
        JS_FreeValueRT(rt, csd->file);
        js_free_rt(rt, csd);
    }
}

static void js_callsite_mark(JSRuntime *rt, JSValueConst val, JS_MarkFunc *mark_func)
{
    JSCallSiteData *csd = JS_GetOpaque(val, JS_CLASS_CALL_SITE);

    if (csd) {
        JS_MarkValue(rt, csd->func, mark_func);
        JS_MarkValue(rt, csd->self, mark_func);
    }
}

static JSValue new_callsite(JSContext *ctx, JSValueConst trace, uint32_t i)
{
    JSValue obj = JS_NewObjectClass(ctx, JS_CLASS_CALL_SITE);
    JSCallSiteData *csd;

    if (JS_IsException(obj))
        return JS_EXCEPTION;
    csd = js_malloc(ctx, sizeof(*csd));
    if (!csd) {
        JS_FreeValue(ctx, obj);
        return JS_EXCEPTION;
    }
    read_frame(ctx, trace, i, csd);
    js_dup(csd->func);
    js_dup(csd->self);
    JS_SetOpaqueInternal(obj, csd);
    return obj;
}

static JSValue callsites(JSContext *ctx, JSValueConst trace)
{
    JSValue array = JS_NewArray(ctx), site;
    uint32_t i, count = trace_length(trace);

    for (i = 0; i < count && !JS_IsException(array); i++) {
        site = new_callsite(ctx, trace, i);
        if (JS_IsException(site) || JS_DefinePropertyValueUint32(ctx, array, i, site, JS_PROP_C_W_E) < 0) {
            JS_FreeValue(ctx, array);
            array = JS_EXCEPTION;
        }
    }
    return array;
}

enum {
    SITE_THIS, SITE_TYPE, SITE_FUNCTION, SITE_NAME, SITE_METHOD, SITE_FILE, SITE_LINE, SITE_COLUMN, SITE_ORIGIN, SITE_INDEX, SITE_HASH,
    SITE_TOPLEVEL, SITE_EVAL, SITE_NATIVE, SITE_CONSTRUCTOR, SITE_ASYNC, SITE_ALL, SITE_TEXT, SITE_POSITION,
};

static JSValue or_null(JSValue value)
{
    return JS_IsUndefined(value) ? JS_NULL : value;
}

static JSValue js_callsite_get(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv, int magic)
{
    JSCallSiteData *csd = JS_GetOpaque(this_val, JS_CLASS_CALL_SITE);
    JSFunctionBytecode *b;
    JSValue text;
    DynBuf out;

    if (!csd)
        return JS_ThrowTypeError(ctx, "CallSite method called on incompatible receiver");
    b = bytecode_of(csd->func);
    switch (magic) {
    case SITE_THIS:
        return b && b->is_strict_mode ? JS_UNDEFINED : js_dup(csd->self);
    case SITE_TYPE:
        if (JS_IsUndefined(csd->self) || JS_IsNull(csd->self))
            return JS_NULL;
        return class_name_of(ctx, csd->self);
    case SITE_FUNCTION:
        return b && b->is_strict_mode ? JS_UNDEFINED : js_dup(csd->func);
    case SITE_NAME:
        return or_null(frame_function_name(ctx, csd));
    case SITE_METHOD:
        return or_null(frame_method_name(ctx, csd));
    case SITE_FILE:
        return js_dup(or_null(csd->file));
    case SITE_LINE:
        return csd->line > 0 ? js_int32(csd->line) : JS_NULL;
    case SITE_COLUMN:
        return csd->line > 0 ? js_int32(csd->column) : JS_NULL;
    case SITE_INDEX:
        return csd->index >= 0 ? js_int32(csd->index) : JS_NULL;
    case SITE_HASH:
        return js_empty_string(ctx->rt);
    case SITE_POSITION:
        return js_int32(0);
    case SITE_TOPLEVEL:
        return js_bool(frame_is_toplevel(ctx, csd));
    case SITE_NATIVE:
    case SITE_EVAL:
        return JS_FALSE;
    case SITE_CONSTRUCTOR:
        return js_bool(csd->constructs);
    case SITE_ASYNC:
        return js_bool(csd->async);
    case SITE_ALL:
        return js_bool(csd->index >= 0);
    case SITE_TEXT:
        js_dbuf_init(ctx, &out);
        put_frame(ctx, &out, csd);
        text = dbuf_error(&out) ? JS_ThrowOutOfMemory(ctx) : JS_NewStringLen(ctx, (char *)out.buf, out.size);
        dbuf_free(&out);
        return text;
    default:
        return JS_UNDEFINED;
    }
}

static const JSCFunctionListEntry js_callsite_proto_funcs[] = {
    JS_CFUNC_MAGIC_DEF("getColumnNumber", 0, js_callsite_get, SITE_COLUMN),
    JS_CFUNC_MAGIC_DEF("getEnclosingColumnNumber", 0, js_callsite_get, SITE_COLUMN),
    JS_CFUNC_MAGIC_DEF("getEnclosingLineNumber", 0, js_callsite_get, SITE_LINE),
    JS_CFUNC_MAGIC_DEF("getEvalOrigin", 0, js_callsite_get, SITE_ORIGIN),
    JS_CFUNC_MAGIC_DEF("getFileName", 0, js_callsite_get, SITE_FILE),
    JS_CFUNC_MAGIC_DEF("getFunction", 0, js_callsite_get, SITE_FUNCTION),
    JS_CFUNC_MAGIC_DEF("getFunctionName", 0, js_callsite_get, SITE_NAME),
    JS_CFUNC_MAGIC_DEF("getLineNumber", 0, js_callsite_get, SITE_LINE),
    JS_CFUNC_MAGIC_DEF("getMethodName", 0, js_callsite_get, SITE_METHOD),
    JS_CFUNC_MAGIC_DEF("getPosition", 0, js_callsite_get, SITE_POSITION),
    JS_CFUNC_MAGIC_DEF("getPromiseIndex", 0, js_callsite_get, SITE_INDEX),
    JS_CFUNC_MAGIC_DEF("getScriptNameOrSourceURL", 0, js_callsite_get, SITE_FILE),
    JS_CFUNC_MAGIC_DEF("getScriptHash", 0, js_callsite_get, SITE_HASH),
    JS_CFUNC_MAGIC_DEF("getThis", 0, js_callsite_get, SITE_THIS),
    JS_CFUNC_MAGIC_DEF("getTypeName", 0, js_callsite_get, SITE_TYPE),
    JS_CFUNC_MAGIC_DEF("isAsync", 0, js_callsite_get, SITE_ASYNC),
    JS_CFUNC_MAGIC_DEF("isConstructor", 0, js_callsite_get, SITE_CONSTRUCTOR),
    JS_CFUNC_MAGIC_DEF("isEval", 0, js_callsite_get, SITE_EVAL),
    JS_CFUNC_MAGIC_DEF("isNative", 0, js_callsite_get, SITE_NATIVE),
    JS_CFUNC_MAGIC_DEF("isPromiseAll", 0, js_callsite_get, SITE_ALL),
    JS_CFUNC_MAGIC_DEF("isToplevel", 0, js_callsite_get, SITE_TOPLEVEL),
    JS_CFUNC_MAGIC_DEF("toString", 0, js_callsite_get, SITE_TEXT),
    JS_PROP_STRING_DEF("[Symbol.toStringTag]", "CallSite", JS_PROP_CONFIGURABLE ),
};

static JSValue js_callsite_new(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    return JS_ThrowTypeError(ctx, "Illegal constructor");
}

static const JSClassShortDef js_callsite_class_def[] = {
    { JS_ATOM_CallSite, js_callsite_finalizer, js_callsite_mark }, /* JS_CLASS_CALL_SITE */
};

static int _JS_AddIntrinsicCallSite(JSContext *ctx)
{
    if (!JS_IsRegisteredClass(ctx->rt, JS_CLASS_CALL_SITE) &&
        init_class_range(ctx->rt, js_callsite_class_def, JS_CLASS_CALL_SITE, countof(js_callsite_class_def)))
        return -1;
    ctx->class_proto[JS_CLASS_CALL_SITE] = JS_NewObject(ctx);
    if (JS_DefinePropertyValueStr(ctx, ctx->class_proto[JS_CLASS_CALL_SITE], "constructor", JS_NewCFunction(ctx, js_callsite_new, "CallSite", 0),
                                  JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE) < 0)
        return -1;
    return JS_SetPropertyFunctionList(ctx, ctx->class_proto[JS_CLASS_CALL_SITE], js_callsite_proto_funcs,
                                      countof(js_callsite_proto_funcs));
}
