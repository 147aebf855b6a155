// Changes of QuickJS's source for trace.c and frames.c: what an error keeps of the calls under way, and its property `stack`.

export const traces = [
  // Calls say what they are called on, for the names of methods.
  ['    JSValue cur_func; /* current function, JS_UNDEFINED if the frame is detached */\n', `    JSValue cur_func; /* current function, JS_UNDEFINED if the frame is detached */
    JSValue this_val; /* borrowed */
`],
  ['    sf->cur_func = unsafe_unconst(func_obj);\n    sf->arg_count = argc;\n    arg_buf = argv;\n', `    sf->cur_func = unsafe_unconst(func_obj);
    sf->this_val = unsafe_unconst(this_obj);
    sf->arg_count = argc;
    arg_buf = argv;
`],
  ['    sf->cur_func = unsafe_unconst(func_obj);\n    var_refs = p->u.func.var_refs;\n', `    sf->cur_func = unsafe_unconst(func_obj);
    sf->this_val = unsafe_unconst(this_obj);
    var_refs = p->u.func.var_refs;
`],
  ['    s->this_val = js_dup(this_obj);\n    s->argc = argc;\n', `    s->this_val = js_dup(this_obj);
    sf->this_val = s->this_val;
    s->argc = argc;
`],
  // What a function without a name was assigned to, and where its text begins.
  ['    int pc2line_len;\n    uint8_t *pc2line_buf;\n    char *source;\n} JSFunctionBytecode;\n', `    int pc2line_len;
    uint8_t *pc2line_buf;
    char *source;
    JSAtom inferred_name;
    int source_line, source_column;
} JSFunctionBytecode;
`],
  ['    /* pc2line table */\n', '    JSAtom inferred_name;\n    int source_line, source_column;\n    /* pc2line table */\n'],
  ['    b->source = fd->source;\n', `    b->source = fd->source;
    b->inferred_name = fd->inferred_name;
    b->source_line = fd->source_line;
    b->source_column = fd->source_column;
`],
  ['    js_free_rt(rt, b->source);\n', '    js_free_rt(rt, b->source);\n    JS_FreeAtomRT(rt, b->inferred_name);\n'],
  ['    js_free(ctx, fd->source);\n', '    js_free(ctx, fd->source);\n    JS_FreeAtom(ctx, fd->inferred_name);\n'],
  // The traces themselves.
  { from: 'typedef struct JSCallSiteData {\n', to: '} JSCallSiteData;\n', put: 'typedef struct JSCallSiteData JSCallSiteData;\n' },
  { from: 'static JSValue js_new_callsite(JSContext *ctx, JSCallSiteData *csd);\n',
    to: 'static void js_new_callsite_data2(JSContext *ctx, JSCallSiteData *csd, const char *filename, int line_num, int col_num);\n',
    put: `static const char stack_is_lazy[] = "stack";
static JSAtom trace_atom, stack_trace_limit_atom, prepare_stack_trace_atom;
static JSValueConst trace_current_promise;
static int trace_init(JSContext *ctx);
static void forget_match(void);
static bool needs_trace(JSValueConst value);
static void begin_error(JSContext *ctx, JSValueConst error);
static void keep_trace(JSContext *ctx, JSValueConst error, JSValueConst above, const char *filename, int line, int column, int flags);
static int make_stack(JSContext *ctx, JSObject *p, JSProperty *pr, JSShapeProperty *prs);
static JSValue js_error_capture_stack_trace(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv);
static JSValueConst promise_of(JSValueConst resolve);
` },
  { from: '/* in order to avoid executing arbitrary code during the stack trace\n', to: '#define JS_BACKTRACE_FLAG_FILTER_FUNC      (1 << 2)\n',
    put: `#define JS_BACKTRACE_FLAG_SKIP_FIRST_LEVEL (1 << 0)
#define JS_BACKTRACE_FLAG_SINGLE_LEVEL     (1 << 1)
` },
  { from: 'static void build_backtrace(JSContext *ctx, JSValueConst error_val,\n', to: '    rt->in_build_stack_trace = false;\n}\n',
    put: `static void build_backtrace(JSContext *ctx, JSValueConst error_val,
                            JSValueConst filter_func, const char *filename,
                            int line_num, int col_num, int backtrace_flags)
{
    keep_trace(ctx, error_val, filter_func, filename, line_num, col_num, backtrace_flags);
}
` },
  ['    if (JS_IsException(obj))\n        return JS_EXCEPTION;\n    msg = JS_NewString(ctx, message);\n', `    if (JS_IsException(obj))
        return JS_EXCEPTION;
    begin_error(ctx, obj);
    msg = JS_NewString(ctx, message);
`],
  ['    JS_FreeValue(ctx, proto);\n    if (JS_IsException(obj))\n        return obj;\n    switch (magic) {\n', `    JS_FreeValue(ctx, proto);
    if (JS_IsException(obj))
        return obj;
    begin_error(ctx, obj);
    switch (magic) {
`],
  ['    if (js_shape_prepare_update(ctx, p, &prs))\n        return -1;\n\n    realm = js_autoinit_get_realm(pr);\n', `    if (js_shape_prepare_update(ctx, p, &prs))
        return -1;
    if (pr->u.init.opaque == stack_is_lazy)
        return make_stack(ctx, p, pr, prs);

    realm = js_autoinit_get_realm(pr);
`],
  ['    return can_store_error_stack(exc) || can_add_backtrace(exc);\n', '    return needs_trace(exc);\n'],
  ['    if (needs_backtrace(rt->current_exception)\n    || JS_IsUndefined(ctx->error_back_trace)) {\n', '    if (needs_backtrace(rt->current_exception)) {\n'],
  { from: 'static JSValue js_error_get_stack(JSContext *ctx, JSValueConst this_val)\n', to: 'static const JSCFunctionListEntry js_error_proto_funcs[] = {\n',
    put: 'static const JSCFunctionListEntry js_error_proto_funcs[] = {\n' },
  ['    JS_CGETSET_DEF("stack", js_error_get_stack, js_error_set_stack ),\n', ''],
  { from: 'static JSValue js_error_get_stackTraceLimit(', to: 'static const JSCFunctionListEntry js_error_funcs[] = {\n',
    put: 'static const JSCFunctionListEntry js_error_funcs[] = {\n' },
  ['    JS_CGETSET_DEF("stackTraceLimit", js_error_get_stackTraceLimit, js_error_set_stackTraceLimit ),\n', '    JS_PROP_INT32_DEF("stackTraceLimit", 10, JS_PROP_C_W_E ),\n'],
  ['    JS_CGETSET_DEF("prepareStackTrace", js_error_get_prepareStackTrace, js_error_set_prepareStackTrace ),\n', ''],
  ['    /* CallSite */\n    if (_JS_AddIntrinsicCallSite(ctx))\n', '    /* CallSite */\n    if (trace_init(ctx) || _JS_AddIntrinsicCallSite(ctx))\n'],
  { from: '/* CallSite */\n\nstatic void js_callsite_finalizer(', to: '/* DOMException */\ntypedef struct', put: '/* DOMException */\ntypedef struct' },
  // What a reaction runs settles this promise, which others may await.
  ['        res = JS_Call(ctx, handler, JS_UNDEFINED, 1, &arg);\n    }\n    is_reject = JS_IsException(res);\n', `        trace_current_promise = promise_of(argv[0]);
        res = JS_Call(ctx, handler, JS_UNDEFINED, 1, &arg);
        trace_current_promise = JS_UNDEFINED;
    }
    is_reject = JS_IsException(res);
`],
];
