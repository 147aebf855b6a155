/* What JSON.stringify says of a value that lies in itself: appended to quickjs.c. */

/* The property that holds a value, or an index; JS_ATOM_NULL where none is seen to. */
static JSAtom key_of(JSValueConst holder, JSValueConst value)
{
    JSObject *p = JS_VALUE_GET_OBJ(holder), *wanted = JS_VALUE_GET_OBJ(value);
    uint32_t i;

    if (p->class_id == JS_CLASS_ARRAY && p->fast_array) {
        for (i = 0; i < p->u.array.count; i++) {
            JSValue element = p->u.array.u.values[i];
            if (JS_VALUE_GET_TAG(element) == JS_TAG_OBJECT && JS_VALUE_GET_OBJ(element) == wanted)
                return __JS_AtomFromUInt32(i);
        }
        return JS_ATOM_NULL;
    }
    for (i = 0; i < p->shape->prop_count; i++) {
        JSShapeProperty *prs = &get_shape_prop(p->shape)[i];
        if (prs->atom != JS_ATOM_NULL && (prs->flags & (JS_PROP_TMASK | JS_PROP_ENUMERABLE)) == JS_PROP_ENUMERABLE &&
            JS_VALUE_GET_TAG(p->prop[i].u.value) == JS_TAG_OBJECT && JS_VALUE_GET_OBJ(p->prop[i].u.value) == wanted)
            return prs->atom;
    }
    return JS_ATOM_NULL;
}

static void put_key(JSContext *ctx, DynBuf *out, JSAtom key)
{
    if (key == JS_ATOM_NULL || !__JS_AtomIsTaggedInt(key)) {
        dbuf_putstr(out, "property '");
        if (key != JS_ATOM_NULL)
            put_atom(ctx, out, key);
        dbuf_putc(out, '\'');
    } else {
        dbuf_printf(out, "index %u", __JS_AtomToUInt32(key));
    }
}

static void put_class_of(JSContext *ctx, DynBuf *out, JSValueConst value)
{
    JSValue name = class_name_of(ctx, value);

    dbuf_putstr(out, "object with constructor '");
    put_text(ctx, out, name);
    dbuf_putc(out, '\'');
    JS_FreeValue(ctx, name);
}

/* Whether an object is among those that are being written; the array is ours, and fast. */
static bool is_being_written(JSValueConst stack, JSValueConst value)
{
    JSObject *array = JS_VALUE_GET_OBJ(stack), *object = JS_VALUE_GET_OBJ(value);
    JSValue *values = array->u.array.u.values;
    uint32_t i;

    for (i = 0; i < array->u.array.count; i++) {
        if (JS_VALUE_GET_OBJ(values[i]) == object)
            return true;
    }
    return false;
}

/* Throws for a value that lies in itself; `stack` has what is being written, outermost first. */
static void throw_circular(JSContext *ctx, JSValueConst stack, JSValueConst value)
{
    JSObject *array = JS_VALUE_GET_OBJ(stack);
    JSValue *values = array->u.array.u.values;
    uint32_t i, first = 0, count = array->u.array.count;
    DynBuf out;

    while (first < count && !js_same_value(ctx, values[first], value))
        first++;
    js_dbuf_init(ctx, &out);
    dbuf_putstr(&out, "Converting circular structure to JSON\n    --> starting at ");
    put_class_of(ctx, &out, value);
    for (i = first + 1; i < count; i++) {
        if (i > first + 2 && i < count - 1) {
            if (i == first + 3)
                dbuf_putstr(&out, "\n    |     ...");
            continue;
        }
        dbuf_putstr(&out, "\n    |     ");
        put_key(ctx, &out, key_of(values[i - 1], values[i]));
        dbuf_putstr(&out, " -> ");
        put_class_of(ctx, &out, values[i]);
    }
    dbuf_putstr(&out, "\n    --- ");
    put_key(ctx, &out, count > 0 ? key_of(values[count - 1], value) : JS_ATOM_NULL);
    dbuf_putstr(&out, " closes the circle");
    throw_built(ctx, JS_TYPE_ERROR, &out);
}
