/* Plain data, looked at and made without the detours that JavaScript's own rules would take: appended to quickjs.c, and called from
   src/plain.rs. Plain is an ordinary object with named data properties that all enumerate, an array without holes, and what is no object. */

/* How the entries of an object or array are walked; names are null for an array. */
typedef struct JSPlain {
    JSShapeProperty *names;
    JSValue *values;
    uint32_t left;
} JSPlain;

/* One of them; the value is borrowed. */
typedef struct JSPlainEntry {
    JSValue value;
    const uint8_t *name;
    uint32_t name_len;
} JSPlainEntry;

_Static_assert(sizeof(JSProperty) == sizeof(JSValue), "a data property is its value and nothing else");

/* The characters of a string that is one piece of Latin-1. */
bool JS_PlainText(JSValueConst value, const uint8_t **text, uint32_t *len)
{
    if (JS_VALUE_GET_TAG(value) != JS_TAG_STRING)
        return false;
    JSString *string = JS_VALUE_GET_STRING(value);
    if (string->is_wide_char)
        return false;
    *text = str8(string);
    *len = string->len;
    return true;
}

/* 1 for an object and 2 for an array that may be plain, else 0. */
int JS_PlainBegin(JSContext *ctx, JSValueConst value, JSPlain *plain)
{
    if (JS_VALUE_GET_TAG(value) != JS_TAG_OBJECT)
        return 0;
    JSObject *object = JS_VALUE_GET_OBJ(value);
    JSShape *shape = object->shape;
    if (object->class_id == JS_CLASS_OBJECT) {
        if (object->is_exotic || shape->proto != JS_VALUE_GET_OBJ(ctx->class_proto[JS_CLASS_OBJECT]))
            return 0;
        plain->names = get_shape_prop(shape);
        plain->values = (JSValue *)object->prop;
        plain->left = shape->prop_count;
        return 1;
    }
    if (object->class_id != JS_CLASS_ARRAY || !object->fast_array || shape != ctx->array_shape ||
        JS_VALUE_GET_TAG(object->prop[0].u.value) != JS_TAG_INT ||
        (uint32_t)JS_VALUE_GET_INT(object->prop[0].u.value) != object->u.array.count)
        return 0;
    plain->names = NULL;
    plain->values = object->u.array.u.values;
    plain->left = object->u.array.count;
    return 2;
}

/* 1 when there was an entry, 0 behind the last, -1 when the object is not plain after all. */
int JS_PlainNext(JSContext *ctx, JSPlain *plain, JSPlainEntry *entry)
{
    while (plain->left > 0) {
        plain->left--;
        entry->value = *plain->values++;
        if (!plain->names)
            return 1;
        JSShapeProperty *name = plain->names++;
        if (name->atom == JS_ATOM_NULL)
            continue;
        /* Numbers come first in an object, wherever they were set. */
        if ((name->flags & (JS_PROP_TMASK | JS_PROP_ENUMERABLE)) != JS_PROP_ENUMERABLE || __JS_AtomIsTaggedInt(name->atom))
            return -1;
        JSString *text = ctx->rt->atom_array[name->atom];
        if (text->atom_type != JS_ATOM_TYPE_STRING || text->is_wide_char)
            return -1;
        entry->name = str8(text);
        entry->name_len = text->len;
        if (entry->name_len > 0 && is_digit(entry->name[0]))
            return -1;
        return 1;
    }
    return 0;
}

/* Whether plain objects and arrays may have a `toJSON` that they inherit. */
bool JS_PlainHasToJSON(JSContext *ctx)
{
    JSObject *object = JS_VALUE_GET_OBJ(ctx->class_proto[JS_CLASS_OBJECT]);
    JSObject *array = JS_VALUE_GET_OBJ(ctx->class_proto[JS_CLASS_ARRAY]);
    JSProperty *found;
    return array->shape->proto != object || find_own_property(&found, object, JS_ATOM_toJSON) != NULL ||
        find_own_property(&found, array, JS_ATOM_toJSON) != NULL;
}

/* A string of ASCII. */
JSValue JS_PlainNewText(JSContext *ctx, const char *text, uint32_t len)
{
    return len == 0 ? js_empty_string(ctx->rt) : js_new_string8_len(ctx, text, len);
}

/* The number that a text begins with, which is of JSON's form. */
JSValue JS_PlainNewNumber(const char *text)
{
    return js_number(strtod(text, NULL));
}

/* A shape with just these names, if there is one. */
static JSShape *find_plain_shape(JSContext *ctx, uint32_t count, const JSAtom *names)
{
    JSRuntime *rt = ctx->rt;
    JSObject *proto = JS_VALUE_GET_OBJ(ctx->class_proto[JS_CLASS_OBJECT]);
    uint32_t hash = shape_initial_hash(proto);
    for (uint32_t i = 0; i < count; i++)
        hash = shape_hash(shape_hash(hash, names[i]), JS_PROP_C_W_E);
    JSShape *shape = rt->shape_hash[get_shape_hash(hash, rt->shape_hash_bits)];
    for (; shape; shape = shape->shape_hash_next) {
        if (shape->hash != hash || shape->proto != proto || (uint32_t)shape->prop_count != count)
            continue;
        JSShapeProperty *property = get_shape_prop(shape);
        uint32_t i = 0;
        while (i < count && property[i].atom == names[i] && property[i].flags == JS_PROP_C_W_E)
            i++;
        if (i == count)
            return shape;
    }
    return NULL;
}

/* An object with these properties; takes the names and the values. */
JSValue JS_PlainNewObject(JSContext *ctx, uint32_t count, const JSAtom *names, JSValue *values)
{
    JSShape *shape = find_plain_shape(ctx, count, names);
    JSValue object;
    if (shape) {
        object = JS_NewObjectFromShape(ctx, js_dup_shape(shape), JS_CLASS_OBJECT, (JSProperty *)values);
    } else {
        object = JS_NewObject(ctx);
        for (uint32_t i = 0; i < count; i++) {
            if (JS_IsException(object)) {
                JS_FreeValue(ctx, values[i]);
            } else if (JS_DefinePropertyValue(ctx, object, names[i], values[i], JS_PROP_C_W_E) < 0) {
                JS_FreeValue(ctx, object);
                object = JS_EXCEPTION;
            }
        }
    }
    for (uint32_t i = 0; i < count; i++)
        JS_FreeAtom(ctx, names[i]);
    return object;
}
