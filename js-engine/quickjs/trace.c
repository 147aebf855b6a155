/* What an error keeps of the calls that were under way when it was made, and what `stack` makes of it once somebody looks: appended to
   quickjs.c. A trace is an array of three values a call: the function, its receiver, and a number that says where it was; for what has no
   function, a text stands for it. `stack` is an own property of the error whose value is made when it is first asked for, so that an error
   that nobody looks at costs no more than the array. How frames are named and written is next door, in frames.c. */

/* The most calls that a trace has, whatever Error.stackTraceLimit says. */
#define TRACE_CALLS 200

/* The lowest bits of an entry's number; above them is the position in the bytecode and 1, or a column. */
#define TRACE_CONSTRUCTS 1
#define TRACE_ASYNC      2
#define TRACE_PLACE      4 /* a place in a source that did not parse */
#define TRACE_BITS       3

static JSValue trace_of(JSContext *ctx, JSObject *p);
static JSValue trace_to_stack(JSContext *ctx, JSValueConst error, JSValueConst trace);

/* The name that objects which are no errors keep their trace under. Nobody sees it. */
static int trace_init(JSContext *ctx)
{
    JSValue symbol = JS_NewSymbolFromAtom(ctx, JS_ATOM_stack, JS_ATOM_TYPE_PRIVATE);

    if (JS_IsException(symbol))
        return -1;
    trace_atom = js_symbol_to_atom(ctx, symbol);
    trace_current_promise = JS_UNDEFINED;
    forget_match();
    stack_trace_limit_atom = JS_NewAtom(ctx, "stackTraceLimit");
    prepare_stack_trace_atom = JS_NewAtom(ctx, "prepareStackTrace");
    return 0;
}

static bool has_lazy_stack(JSObject *p)
{
    JSProperty *pr;
    JSShapeProperty *prs = find_own_property(&pr, p, JS_ATOM_stack);

    return prs && (prs->flags & JS_PROP_TMASK) == JS_PROP_AUTOINIT && pr->u.init.opaque == stack_is_lazy;
}

/* Whether this error still lacks the calls that it was thrown from. */
static bool needs_trace(JSValueConst value)
{
    JSObject *p;

    if (JS_VALUE_GET_TAG(value) != JS_TAG_OBJECT)
        return false;
    p = JS_VALUE_GET_OBJ(value);
    return p->class_id == JS_CLASS_ERROR && JS_IsUndefined(p->u.object_data) && has_lazy_stack(p);
}

/* An own data property, without running anything of the author's. */
static JSValueConst plain_property(JSValueConst object, JSAtom name)
{
    JSProperty *pr;
    JSShapeProperty *prs;

    if (JS_VALUE_GET_TAG(object) != JS_TAG_OBJECT)
        return JS_UNDEFINED;
    prs = find_own_property(&pr, JS_VALUE_GET_OBJ(object), name);
    if (prs && (prs->flags & JS_PROP_TMASK) == JS_PROP_AUTOINIT && pr->u.init.opaque != stack_is_lazy) {
        if (JS_AutoInitProperty(js_autoinit_get_realm(pr), JS_VALUE_GET_OBJ(object), name, pr, prs) < 0)
            return JS_UNDEFINED;
        prs = find_own_property(&pr, JS_VALUE_GET_OBJ(object), name);
    }
    if (!prs || (prs->flags & JS_PROP_TMASK) != JS_PROP_NORMAL)
        return JS_UNDEFINED;
    return pr->u.value;
}

/* How many calls a trace may have; less than none when there is to be no stack at all. */
static int trace_limit(JSContext *ctx)
{
    JSValueConst limit = plain_property(ctx->error_ctor, stack_trace_limit_atom);
    double number;

    if (JS_VALUE_GET_TAG(limit) == JS_TAG_INT)
        number = JS_VALUE_GET_INT(limit);
    else if (JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(limit)))
        number = JS_VALUE_GET_FLOAT64(limit);
    else
        return JS_IsNull(ctx->error_ctor) ? 10 : -1;
    if (!(number > 0))
        return 0;
    return number < TRACE_CALLS ? (int)number : TRACE_CALLS;
}

typedef struct Trace {
    JSValueConst values[3 * TRACE_CALLS];
    int count, limit;
} Trace;

static void trace_push(Trace *trace, JSValueConst what, JSValueConst self, uint32_t number)
{
    if (trace->count < trace->limit) {
        JSValueConst *entry = &trace->values[3 * trace->count++];
        entry[0] = what;
        entry[1] = self;
        entry[2] = js_int32((int32_t)number);
    }
}

static JSFunctionBytecode *bytecode_of(JSValueConst func)
{
    JSObject *p;

    if (JS_VALUE_GET_TAG(func) != JS_TAG_OBJECT)
        return NULL;
    p = JS_VALUE_GET_OBJ(func);
    return js_class_has_bytecode(p->class_id) ? p->u.func.function_bytecode : NULL;
}

/* Functions that only pass a call on, which no stack of V8's shows. */
static bool passes_on(JSContext *ctx, JSObject *p)
{
    JSCFunctionType func;
    JSValueConst name;

    if (p->class_id != JS_CLASS_C_FUNCTION)
        return p->class_id != JS_CLASS_BYTECODE_FUNCTION && !js_class_has_bytecode(p->class_id);
    func = p->u.cfunc.c_function;
    name = plain_property(JS_MKPTR(JS_TAG_OBJECT, p), JS_ATOM_name);
    if (JS_VALUE_GET_TAG(name) == JS_TAG_STRING && JS_VALUE_GET_STRING(name)->len > 0 && !JS_VALUE_GET_STRING(name)->is_wide_char &&
        str8(JS_VALUE_GET_STRING(name))[0] == '[')
        return true;
    if (func.generic == js_array_constructor || func.generic == js_string_concat || func.generic == js_reflect_construct)
        return true;
    return func.generic == js_function_call || func.generic_magic == js_function_apply || func.generic == js_reflect_apply;
}

/* One call, unless it is one of the engine's own functions in JavaScript. */
static void trace_push_frame(JSContext *ctx, Trace *trace, JSStackFrame *sf, uint32_t flags)
{
    JSFunctionBytecode *b = bytecode_of(sf->cur_func);
    uint32_t at = 0;

    if (JS_VALUE_GET_TAG(sf->cur_func) != JS_TAG_OBJECT)
        return;
    if (b) {
        if (b->filename == JS_ATOM_NULL)
            return;
        if (sf->cur_pc > b->byte_code_buf)
            at = sf->cur_pc - b->byte_code_buf;
    } else if (passes_on(ctx, JS_VALUE_GET_OBJ(sf->cur_func))) {
        return;
    }
    if (sf->is_constructor)
        flags |= TRACE_CONSTRUCTS;
    trace_push(trace, sf->cur_func, sf->is_constructor ? JS_UNDEFINED : sf->this_val, at << TRACE_BITS | flags);
}

/* The promise that a resolving function settles. */
static JSValueConst promise_of(JSValueConst resolve)
{
    JSObject *p;

    if (JS_VALUE_GET_TAG(resolve) != JS_TAG_OBJECT)
        return JS_UNDEFINED;
    p = JS_VALUE_GET_OBJ(resolve);
    if (p->class_id != JS_CLASS_PROMISE_RESOLVE_FUNCTION && p->class_id != JS_CLASS_PROMISE_REJECT_FUNCTION)
        return JS_UNDEFINED;
    return p->u.promise_function_data ? p->u.promise_function_data->promise : JS_UNDEFINED;
}

/* Those who await a promise, as long as it is one after the other. */
static void trace_push_awaiting(JSContext *ctx, Trace *trace, JSValueConst promise)
{
    int steps = 4 * TRACE_CALLS;

    while (steps-- > 0 && trace->count < trace->limit) {
        JSPromiseData *s = JS_GetOpaque(promise, JS_CLASS_PROMISE);
        JSPromiseReactionData *rd;
        JSObject *handler;

        if (!s || list_empty(&s->promise_reactions[0]) || s->promise_reactions[0].next->next != &s->promise_reactions[0])
            return;
        rd = list_entry(s->promise_reactions[0].next, JSPromiseReactionData, link);
        promise = promise_of(rd->resolving_funcs[0]);
        if (JS_VALUE_GET_TAG(rd->handler) != JS_TAG_OBJECT)
            continue;
        handler = JS_VALUE_GET_OBJ(rd->handler);
        if (handler->class_id == JS_CLASS_ASYNC_FUNCTION_RESOLVE) {
            JSAsyncFunctionData *waiting = handler->u.async_function_data;
            if (!waiting || !waiting->is_active)
                return;
            trace_push_frame(ctx, trace, &waiting->func_state.frame, TRACE_ASYNC);
            promise = promise_of(waiting->resolving_funcs[0]);
        } else if (handler->class_id == JS_CLASS_C_FUNCTION_DATA) {
            JSCFunctionDataRecord *record = handler->u.c_function_data_record;
            if (!record || record->func != js_promise_all_resolve_element)
                return;
            if ((record->magic & 3) == PROMISE_MAGIC_all)
                trace_push(trace, record->data[1], JS_UNDEFINED, TRACE_ASYNC);
            promise = promise_of(record->data[3]);
        }
    }
}

/* The promise that what runs at the bottom of the stack will settle. */
static JSValueConst promise_behind(JSStackFrame *bottom)
{
    JSFunctionBytecode *b = bytecode_of(bottom->cur_func);

    if (b && b->func_kind == JS_FUNC_ASYNC && bottom->cur_gc_obj)
        return promise_of(((JSAsyncFunctionData *)bottom->cur_gc_obj)->resolving_funcs[0]);
    return trace_current_promise;
}

/* The calls under way, but those that are above, or are, the last call of `above`. */
static void trace_take(JSContext *ctx, Trace *trace, JSValueConst above, bool skip_first)
{
    JSStackFrame *sf = ctx->rt->current_stack_frame, *bottom = NULL, *f;

    if (skip_first && sf)
        sf = sf->prev_frame;
    if (!JS_IsUndefined(above)) {
        for (f = sf; f && !js_same_value(ctx, f->cur_func, above); f = f->prev_frame)
            ;
        sf = f ? f->prev_frame : NULL;
        if (!f)
            return;
    }
    for (; sf && trace->count < trace->limit; sf = sf->prev_frame) {
        JSFunctionBytecode *b = bytecode_of(sf->cur_func);
        trace_push_frame(ctx, trace, sf, 0);
        bottom = sf;
        if (b && b->backtrace_barrier)
            return;
    }
    if (bottom && !sf)
        trace_push_awaiting(ctx, trace, promise_behind(bottom));
}

/* Gives an object a `stack` that is made of the trace when it is asked for. */
static int attach_trace(JSContext *ctx, JSObject *p, JSValue trace)
{
    JSValue object = JS_MKPTR(JS_TAG_OBJECT, p);

    if (p->class_id == JS_CLASS_ERROR) {
        JS_FreeValue(ctx, p->u.object_data);
        p->u.object_data = trace;
    } else if (JS_DefinePropertyValue(ctx, object, trace_atom, trace, JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE) < 0) {
        return -1;
    }
    if (has_lazy_stack(p))
        return 0;
    if (find_own_property1(p, JS_ATOM_stack) && JS_DeleteProperty(ctx, object, JS_ATOM_stack, JS_PROP_THROW) < 0)
        return -1;
    if (JS_DefineAutoInitProperty(ctx, object, JS_ATOM_stack, JS_AUTOINIT_ID_PROP, (void *)stack_is_lazy,
                                  JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE) < 0)
        return -1;
    return 0;
}

/* An error begins with its stack, which comes before its message. Nothing is left behind when there is no memory. */
static void begin_error(JSContext *ctx, JSValueConst error)
{
    if (trace_limit(ctx) < 0)
        JS_DefinePropertyValue(ctx, error, JS_ATOM_stack, JS_UNDEFINED, JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
    else
        JS_DefineAutoInitProperty(ctx, error, JS_ATOM_stack, JS_AUTOINIT_ID_PROP, (void *)stack_is_lazy,
                                  JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
}

/* Keeps the calls under way with an error; of a source that did not parse, the place as well. */
static void keep_trace(JSContext *ctx, JSValueConst error, JSValueConst above, const char *filename, int line, int column, int flags)
{
    Trace trace;
    JSValue file = JS_UNDEFINED, array, pending;
    JSObject *p = JS_VALUE_GET_OBJ(error);

    trace.count = 0;
    trace.limit = trace_limit(ctx);
    if (trace.limit < 0)
        return;
    pending = ctx->rt->current_exception;
    ctx->rt->current_exception = JS_UNINITIALIZED;
    if (filename && (!ctx->rt->current_stack_frame || trace.limit <= 0)) {
        file = JS_NewString(ctx, filename);
        if (trace.limit <= 0)
            trace.limit = 1;
        trace_push(&trace, file, js_int32(line), (uint32_t)column << TRACE_BITS | TRACE_PLACE);
    }
    trace_take(ctx, &trace, above, (flags & JS_BACKTRACE_FLAG_SKIP_FIRST_LEVEL) != 0);
    array = js_create_array(ctx, 3 * trace.count, trace.values);
    JS_FreeValue(ctx, file);
    if (JS_IsException(array) || attach_trace(ctx, p, array) < 0) {
        JS_FreeValue(ctx, ctx->rt->current_exception);
        ctx->rt->current_exception = JS_UNINITIALIZED;
    }
    ctx->rt->current_exception = pending;
}

static JSValue js_error_capture_stack_trace(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    JSObject *p;

    if (JS_VALUE_GET_TAG(argv[0]) != JS_TAG_OBJECT)
        return JS_ThrowTypeError(ctx, "Invalid argument");
    p = JS_VALUE_GET_OBJ(argv[0]);
    if (!p->extensible && !find_own_property1(p, JS_ATOM_stack))
        return JS_ThrowTypeError(ctx, "Cannot define property stack, object is not extensible");
    if (trace_limit(ctx) < 0 || p->class_id == JS_CLASS_PROXY)
        return JS_UNDEFINED;
    keep_trace(ctx, argv[0], argc > 1 && JS_IsFunction(ctx, argv[1]) ? argv[1] : JS_UNDEFINED, NULL, 0, 0,
               JS_BACKTRACE_FLAG_SKIP_FIRST_LEVEL);
    return JS_UNDEFINED;
}

/* Takes the trace away from an object. */
static JSValue trace_of(JSContext *ctx, JSObject *p)
{
    JSValue object = JS_MKPTR(JS_TAG_OBJECT, p), trace;

    if (p->class_id == JS_CLASS_ERROR) {
        trace = p->u.object_data;
        p->u.object_data = JS_NULL;
        return trace;
    }
    trace = js_dup(plain_property(object, trace_atom));
    JS_DeleteProperty(ctx, object, trace_atom, 0);
    return trace;
}

/* Makes a `stack` that somebody asks for. The property is undefined meanwhile: what is called to make it may look at it. */
static int make_stack(JSContext *ctx, JSObject *p, JSProperty *pr, JSShapeProperty *prs)
{
    JSValue error = js_dup(JS_MKPTR(JS_TAG_OBJECT, p)), trace, stack;

    js_autoinit_free(ctx->rt, pr);
    prs->flags &= ~JS_PROP_TMASK;
    pr->u.value = JS_UNDEFINED;
    trace = trace_of(ctx, p);
    stack = trace_to_stack(ctx, error, trace);
    JS_FreeValue(ctx, trace);
    if (!JS_IsException(stack)) {
        prs = find_own_property(&pr, p, JS_ATOM_stack);
        if (prs && (prs->flags & JS_PROP_TMASK) == JS_PROP_NORMAL && JS_IsUndefined(pr->u.value)) {
            pr->u.value = stack;
        } else {
            JS_FreeValue(ctx, stack);
        }
        stack = JS_UNDEFINED;
    }
    JS_FreeValue(ctx, error);
    return JS_IsException(stack) ? -1 : 0;
}
