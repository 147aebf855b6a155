/* What a value is underneath, whatever its prototype says, and what an iterator has not given out yet. JavaScript cannot find out either by
   itself, and Node's inspection shows both. Nothing of an author's runs here. Compiled behind the source that changes.mjs makes. */

/* The name of an object's class; undefined for what is no object. Functions of C and of bytecode are told apart. */
JSValue JS_Kind(JSContext *ctx, JSValueConst value)
{
    JSClassID id = JS_GetClassID(value);

    switch(id) {
    case JS_INVALID_CLASS_ID:
        return JS_UNDEFINED;
    case JS_CLASS_MODULE_NS:
        return JS_NewString(ctx, "Module");
    case JS_CLASS_C_FUNCTION:
    case JS_CLASS_C_FUNCTION_DATA:
    case JS_CLASS_C_CLOSURE:
        return JS_NewString(ctx, "NativeFunction");
    case JS_CLASS_PROXY:
        return JS_NewString(ctx, "Proxy");
    case JS_CLASS_ASYNC_GENERATOR:
        return JS_NewString(ctx, "AsyncGenerator");
    default:
        return JS_AtomToString(ctx, ctx->rt->class_array[id].class_name);
    }
}

/* Appends what an iterator of this kind gives for the records from `el` on. */
static int each_record(JSContext *ctx, JSMapState *s, struct list_head *el, JSValueConst list, JSIteratorKindEnum kind, bool is_set)
{
    uint32_t at = 0;

    for(; el != &s->records; el = el->next) {
        JSMapRecord *mr = list_entry(el, JSMapRecord, link);
        if (mr->empty)
            continue;
        if (kind != JS_ITERATOR_KIND_VALUE &&
            JS_DefinePropertyValueUint32(ctx, list, at++, js_dup(mr->key), JS_PROP_C_W_E) < 0)
            return -1;
        if (kind != JS_ITERATOR_KIND_KEY &&
            JS_DefinePropertyValueUint32(ctx, list, at++, js_dup(is_set ? mr->key : mr->value), JS_PROP_C_W_E) < 0)
            return -1;
    }
    return 0;
}

/* The entries that an iterator of a Map or a Set has ahead, or those of a WeakMap (keys and values in turn) or a WeakSet, as an array. For
   an iterator of entries, the array's property `pairs` is true. Undefined for anything else. */
JSValue JS_Preview(JSContext *ctx, JSValueConst value)
{
    JSClassID id = JS_GetClassID(value);
    JSIteratorKindEnum kind = JS_ITERATOR_KIND_KEY;
    JSMapState *s = NULL;
    struct list_head *el = NULL;
    bool is_set = id == JS_CLASS_SET_ITERATOR || id == JS_CLASS_WEAKSET;
    JSValue list;

    if (id == JS_CLASS_MAP_ITERATOR || id == JS_CLASS_SET_ITERATOR) {
        JSMapIteratorData *it = JS_GetOpaque(value, id);
        if (!it)
            return JS_UNDEFINED;
        kind = it->kind;
        if (!JS_IsUndefined(it->obj)) {
            s = JS_GetOpaque(it->obj, is_set ? JS_CLASS_SET : JS_CLASS_MAP);
            el = it->cur_record ? it->cur_record->link.next : s->records.next;
        }
    } else if (id == JS_CLASS_WEAKMAP || id == JS_CLASS_WEAKSET) {
        s = JS_GetOpaque(value, id);
        if (!s)
            return JS_UNDEFINED;
        el = s->records.next;
        if (!is_set)
            kind = JS_ITERATOR_KIND_KEY_AND_VALUE;
    } else {
        return JS_UNDEFINED;
    }
    list = JS_NewArray(ctx);
    if (JS_IsException(list))
        return list;
    if ((s && each_record(ctx, s, el, list, kind, is_set) < 0) ||
        JS_DefinePropertyValueStr(ctx, list, "pairs", js_bool(kind == JS_ITERATOR_KIND_KEY_AND_VALUE), 0) < 0) {
        JS_FreeValue(ctx, list);
        return JS_EXCEPTION;
    }
    return list;
}
