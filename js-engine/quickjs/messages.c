/* Errors whose text says what V8's says: appended to quickjs.c behind values.c, and called from where messages.mjs and texts.mjs put calls.
   What names an expression is in instructions.c. */

/* The author's Node.js: a few texts became others in version 22. */
static uint32_t node_major = 22;

void JS_SetNodeMajor(uint32_t major)
{
    node_major = major;
}

/* The receiver and the name of the built-in function that runs. */
static JSStackFrame *own_frame(JSContext *ctx)
{
    JSStackFrame *sf = ctx->rt->current_stack_frame;

    return sf && !bytecode_of(sf->cur_func) ? sf : NULL;
}

/* `Map.prototype.get`, `Reflect.ownKeys`: the running function with the class that it is of, or what it is called on. */
static void put_own_name(JSContext *ctx, DynBuf *out, const char *class)
{
    JSStackFrame *sf = own_frame(ctx);
    JSValue name;
    const char *text = NULL;

    if (sf && frame_own_name(ctx, sf->cur_func, &name))
        text = JS_ToCString(ctx, name);
    if (text && (!strncmp(text, "get ", 4) || !strncmp(text, "set ", 4)))
        dbuf_put(out, (const uint8_t *)text, 4);
    if (class) {
        dbuf_printf(out, "%s.prototype.", class);
    } else if (sf && JS_VALUE_GET_TAG(sf->this_val) == JS_TAG_OBJECT) {
        JSValue holder = JS_UNDEFINED;
        if (!JS_IsFunction(ctx, sf->this_val) || !frame_own_name(ctx, sf->this_val, &name))
            holder = name = class_name_of(ctx, sf->this_val);
        put_text(ctx, out, name);
        dbuf_putc(out, '.');
        JS_FreeValue(ctx, holder);
    }
    if (text)
        dbuf_putstr(out, !strncmp(text, "get ", 4) || !strncmp(text, "set ", 4) ? text + 4 : text);
    JS_FreeCString(ctx, text);
}

static JSValue throw_built(JSContext *ctx, JSErrorEnum kind, DynBuf *out)
{
    JSStackFrame *sf = ctx->rt->current_stack_frame;
    JSValue error;

    error = JS_MakeError2(ctx, kind, !sf || !bytecode_of(sf->cur_func), "");
    if (!JS_IsException(error) && !dbuf_error(out))
        JS_DefinePropertyValue(ctx, error, JS_ATOM_message, JS_NewStringLen(ctx, (char *)out->buf, out->size),
                               JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
    dbuf_free(out);
    return JS_Throw(ctx, JS_IsException(error) ? JS_NULL : error);
}

/* Throws a text in which %n stands for a name, %v for a value, %a for a value without an expression, %t for a value's type, %f for the
   running function with what it belongs to and %m for its name alone. */
static JSValue throw_about(JSContext *ctx, JSErrorEnum kind, const char *text, JSAtom name, JSValueConst value)
{
    DynBuf out;

    js_dbuf_init(ctx, &out);
    for (; *text; text++) {
        if (*text != '%') {
            dbuf_putc(&out, *text);
            continue;
        }
        switch (*++text) {
        case 'n':
            put_atom(ctx, &out, name);
            break;
        case 'v':
            put_value(ctx, &out, value);
            break;
        case 'a':
            put_anonymous(ctx, &out, value);
            break;
        case 't':
            dbuf_putstr(&out, type_name_of(ctx, value));
            break;
        case 'f':
            put_own_name(ctx, &out, NULL);
            break;
        case 'm':
            if (own_frame(ctx))
                put_value(ctx, &out, plain_property(own_frame(ctx)->cur_func, JS_ATOM_name));
            break;
        default:
            dbuf_putc(&out, '%');
        }
    }
    return throw_built(ctx, kind, &out);
}

static JSValue throw_value(JSContext *ctx, JSErrorEnum kind, const char *text, JSValueConst value)
{
    return throw_about(ctx, kind, text, JS_ATOM_NULL, value);
}

/* The same where a failure may be silent: in sloppy code, and for those who look at the answer. */
static int refuse(JSContext *ctx, int flags, const char *text, JSAtom name, JSValueConst value)
{
    if (!(flags & JS_PROP_THROW) && !((flags & JS_PROP_THROW_STRICT) && is_strict_mode(ctx)))
        return false;
    throw_about(ctx, JS_TYPE_ERROR, text, name, value);
    return -1;
}

static int refuse_read_only(JSContext *ctx, int flags, JSAtom name, JSValueConst object)
{
    if (JS_IsUndefined(object)) {
        char buf[ATOM_GET_STR_BUF_SIZE];
        bool is_private = JS_AtomGetStr(ctx, buf, sizeof(buf), name)[0] == '#';
        return refuse(ctx, flags, is_private ? "Private method '%n' is not writable" : "Assignment to constant variable.", name, object);
    }
    if (JS_VALUE_GET_TAG(object) == JS_TAG_OBJECT && JS_VALUE_GET_OBJ(object) == JS_VALUE_GET_OBJ(ctx->global_obj))
        return refuse(ctx, flags, "Cannot assign to read only property '%n' of object '#<Object>'", name, object);
    return refuse(ctx, flags, "Cannot assign to read only property '%n' of %t '%v'", name, object);
}

/* A property that a value which is no object cannot be given. */
static int refuse_primitive(JSContext *ctx, int flags, JSAtom name, JSValueConst value)
{
    if (JS_IsString(value) && (name == JS_ATOM_length || __JS_AtomIsTaggedInt(name)))
        return refuse_read_only(ctx, flags, name, value);
    return refuse(ctx, flags, "Cannot create property '%n' on %t '%v'", name, value);
}

static JSValue throw_nullish(JSContext *ctx, bool sets, JSAtom name, JSValueConst value)
{
    if (name == JS_ATOM_Symbol_iterator && !sets)
        return throw_value(ctx, JS_TYPE_ERROR, "%v is not iterable (cannot read property Symbol(Symbol.iterator))", value);
    return throw_about(ctx, JS_TYPE_ERROR, sets ? "Cannot set properties of %v (setting '%n')" : "Cannot read properties of %v (reading '%n')",
                       name, value);
}

static JSValue throw_incompatible(JSContext *ctx, const char *class, JSValueConst receiver)
{
    DynBuf out;

    if (!strcmp(class, "Date"))
        return JS_ThrowTypeError(ctx, "this is not a Date object.");
    js_dbuf_init(ctx, &out);
    dbuf_putstr(&out, "Method ");
    put_own_name(ctx, &out, class);
    dbuf_putstr(&out, " called on incompatible receiver ");
    put_value(ctx, &out, receiver);
    return throw_built(ctx, JS_TYPE_ERROR, &out);
}

/* A built-in function on a receiver of another class. */
static JSValue JS_ThrowTypeErrorInvalidClass(JSContext *ctx, int class_id)
{
    char name[ATOM_GET_STR_BUF_SIZE];
    JSStackFrame *sf = own_frame(ctx);

    JS_AtomGetStr(ctx, name, sizeof(name), ctx->rt->class_array[class_id].class_name);
    return throw_incompatible(ctx, !strcmp(name, "Generator") ? "[Generator]" : name, sf ? sf->this_val : JS_UNDEFINED);
}

/* `Number.prototype.toString requires that 'this' be a Number` */
static JSValue throw_requires(JSContext *ctx, const char *class)
{
    DynBuf out;

    js_dbuf_init(ctx, &out);
    put_own_name(ctx, &out, class);
    dbuf_printf(&out, " requires that 'this' be a %s", class);
    return throw_built(ctx, JS_TYPE_ERROR, &out);
}

static JSValue throw_called_on_nullish(JSContext *ctx, const char *class)
{
    DynBuf out;

    js_dbuf_init(ctx, &out);
    put_own_name(ctx, &out, class);
    dbuf_putstr(&out, " called on null or undefined");
    return throw_built(ctx, JS_TYPE_ERROR, &out);
}

/* `Constructor Map requires 'new'` */
static JSValue throw_requires_new(JSContext *ctx)
{
    JSStackFrame *sf = own_frame(ctx);
    JSValue name;

    if (!sf || !frame_own_name(ctx, sf->cur_func, &name))
        return JS_ThrowTypeError(ctx, "Constructor requires 'new'");
    if (JS_VALUE_GET_OBJ(sf->cur_func)->u.cfunc.c_function.generic == js_promise_constructor)
        return JS_ThrowTypeError(ctx, "Promise constructor cannot be invoked without 'new'");
    return throw_value(ctx, JS_TYPE_ERROR, "Constructor %v requires 'new'", name);
}

static JSValue JS_ThrowTypeErrorNotAnObject(JSContext *ctx)
{
    if (own_frame(ctx))
        return throw_value(ctx, JS_TYPE_ERROR, "%f called on non-object", JS_UNDEFINED);
    return JS_ThrowTypeError(ctx, "not an object");
}

static JSValue throw_class_without_new(JSContext *ctx, JSValueConst func)
{
    JSValue name;

    if (frame_own_name(ctx, func, &name))
        return throw_value(ctx, JS_TYPE_ERROR, "Class constructor %v cannot be invoked without 'new'", name);
    return JS_ThrowTypeError(ctx, "Class constructors cannot be invoked without 'new'");
}

/* What an index out of bounds is complained about with, by the function that was given it. */
static const char *index_complaint(JSContext *ctx)
{
    JSStackFrame *sf = own_frame(ctx);
    JSValue name;
    const char *text, *complaint = "Invalid index : %v";

    if (!sf || !frame_own_name(ctx, sf->cur_func, &name))
        return complaint;
    text = JS_ToCString(ctx, name);
    if (!text)
        return complaint;
    if (strstr(text, "ArrayBuffer"))
        complaint = "Invalid array buffer length";
    else if (!strcmp(text, "DataView"))
        complaint = "Start offset %v is outside the bounds of the buffer";
    else if (strstr(text, "Array"))
        complaint = "Invalid typed array length: %v";
    else if (JS_VALUE_GET_TAG(sf->this_val) == JS_TAG_OBJECT && JS_VALUE_GET_OBJ(sf->this_val)->class_id == JS_CLASS_DATAVIEW)
        complaint = "Offset is outside the bounds of the DataView";
    JS_FreeCString(ctx, text);
    return complaint;
}

/* -1 */
static int throw_comparison(JSContext *ctx, JSValueConst value)
{
    throw_value(ctx, JS_TYPE_ERROR, node_major >= 22 ? "The comparison function must be either a function or undefined: %v" :
                "The comparison function must be either a function or undefined", value);
    return -1;
}

/* `start offset of Uint32Array should be a multiple of 4` */
static JSValue throw_typed(JSContext *ctx, const char *what, int size)
{
    JSStackFrame *sf = own_frame(ctx);
    JSValue name = JS_UNDEFINED;
    DynBuf out;

    js_dbuf_init(ctx, &out);
    dbuf_printf(&out, "%s of ", what);
    if (sf && frame_own_name(ctx, sf->cur_func, &name))
        put_text(ctx, &out, name);
    dbuf_printf(&out, " should be a multiple of %d", size);
    return throw_built(ctx, JS_RANGE_ERROR, &out);
}

/* A method of arrays, or another function, for which there is no object. */
static JSValue throw_no_object(JSContext *ctx)
{
    static const char names[][15] = {
        "concat", "find", "findIndex", "findLast", "findLastIndex", "indexOf", "forEach", "filter", "map", "every", "some", "reduce",
        "reduceRight",
    };
    JSStackFrame *sf = own_frame(ctx);
    JSValue name;
    int i;

    if (sf && (JS_IsUndefined(sf->this_val) || JS_IsNull(sf->this_val)) && frame_own_name(ctx, sf->cur_func, &name)) {
        for (i = 0; i < countof(names); i++) {
            if (is_text(name, names[i]))
                return throw_called_on_nullish(ctx, "Array");
        }
    }
    return JS_ThrowTypeError(ctx, "Cannot convert undefined or null to object");
}
