// Changes of QuickJS's source where the language itself differs from V8's: see language.c.

export const language = [
  // A string that is spread into an object gives its characters.
  ['    if (JS_VALUE_GET_TAG(source) != JS_TAG_OBJECT)\n        return 0;\n\n    if (JS_VALUE_GET_TAG(excluded) == JS_TAG_OBJECT)\n', `    if (JS_IsString(source)) {
        JSValue boxed = JS_ToObject(ctx, source);
        if (JS_IsException(boxed))
            return -1;
        ret = JS_CopyDataProperties(ctx, target, boxed, excluded, setprop);
        JS_FreeValue(ctx, boxed);
        return ret;
    }
    if (JS_VALUE_GET_TAG(source) != JS_TAG_OBJECT)
        return 0;

    if (JS_VALUE_GET_TAG(excluded) == JS_TAG_OBJECT)
`],
  // An array that is joined within itself is empty there.
  ['static JSValue js_array_join(JSContext *ctx, JSValueConst this_val,\n', `static JSValue js_array_join_once(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv, int toLocaleString);
static void keep_match(JSContext *ctx, JSValueConst input, uint8_t **capture, const uint8_t *start, int shift, int count);
static JSValue js_regexp_legacy(JSContext *ctx, JSValueConst this_val, int magic);
static JSValue js_regexp_set_input(JSContext *ctx, JSValueConst this_val, JSValueConst value, int magic);

typedef struct JoinedArray {
    struct JoinedArray *outside;
    JSObject *array;
} JoinedArray;

static JoinedArray *joined;

static JSValue js_array_join(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv, int toLocaleString)
{
    JoinedArray now = { joined, JS_VALUE_GET_TAG(this_val) == JS_TAG_OBJECT ? JS_VALUE_GET_OBJ(this_val) : NULL };
    JoinedArray *outer;
    JSValue ret;

    for (outer = joined; outer; outer = outer->outside) {
        if (outer->array && outer->array == now.array)
            return js_empty_string(ctx->rt);
    }
    joined = &now;
    ret = js_array_join_once(ctx, this_val, argc, argv, toLocaleString);
    joined = now.outside;
    return ret;
}

static JSValue js_array_join_once(JSContext *ctx, JSValueConst this_val,
`],
  // An array is sorted as V8 sorts it, which shows where a comparison contradicts itself.
  ['    rqsort(array, pos, sizeof(*array), js_array_cmp_generic, &asc);\n', `    if (sort_slots(ctx, array, pos, &asc))
        goto exception;
`],
  ['static int js_array_cmp_generic(const void *a, const void *b, void *opaque) {\n', `static int sort_slots(JSContext *ctx, ValueSlot *slots, size_t count, struct array_sort_context *asc);

static int js_array_cmp_generic(const void *a, const void *b, void *opaque) {
`],
  // The last match, as RegExp's old static properties give it.
  ['    if (rc != 1) {\n        if (rc >= 0) {\n            if (rc == 2 ||', `    if (rc == 1)
        keep_match(ctx, str_val, capture, str_buf, shift, capture_count);
    if (rc != 1) {
        if (rc >= 0) {
            if (rc == 2 ||`],
  ['        start = (capture[0] - str_buf) >> shift;\n        end = (capture[1] - str_buf) >> shift;\n        last_index = end;\n', `        keep_match(ctx, str_val, capture, str_buf, shift, lre_get_capture_count(re_bytecode));
        start = (capture[0] - str_buf) >> shift;
        end = (capture[1] - str_buf) >> shift;
        last_index = end;
`],
  ['    JS_CGETSET_DEF("[Symbol.species]", js_get_this, NULL ),\n};\n\nstatic const JSCFunctionListEntry js_regexp_proto_funcs[] = {\n', `    JS_CGETSET_DEF("[Symbol.species]", js_get_this, NULL ),
#define LEGACY(name, magic) JS_CGETSET_MAGIC_DEF(name, js_regexp_legacy, js_regexp_set_input, magic)
    LEGACY("$1", 1), LEGACY("$2", 2), LEGACY("$3", 3), LEGACY("$4", 4), LEGACY("$5", 5), LEGACY("$6", 6), LEGACY("$7", 7),
    LEGACY("$8", 8), LEGACY("$9", 9), LEGACY("lastMatch", 0), LEGACY("$&", 0), LEGACY("input", 10), LEGACY("$_", 10),
    LEGACY("lastParen", 11), LEGACY("$+", 11), LEGACY("leftContext", 12), LEGACY("$\`", 12), LEGACY("rightContext", 13), LEGACY("$'", 13),
#undef LEGACY
};

static const JSCFunctionListEntry js_regexp_proto_funcs[] = {
`],
  // What Promise.any rejects with says so.
  ['    JS_DefinePropertyValueConst(ctx, obj, JS_ATOM_errors, errors,\n                               JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);\n    return obj;\n', `    JS_DefinePropertyValue(ctx, obj, JS_ATOM_message, JS_NewString(ctx, "All promises were rejected"),
                           JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
    JS_DefinePropertyValueConst(ctx, obj, JS_ATOM_errors, errors,
                               JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
    return obj;
`],
];
