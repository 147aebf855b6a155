/* Writes down the calls that are under way, for src/stack.rs, which says how the text looks. The interpreter may have been stopped
   anywhere: this only reads, follows no getter, allocates nothing and calls nothing of QuickJS's but what is inlined anyway. */

/* The most calls that are written from either end of the stack, and the most bytes of a name. */
#define WRITE_STACK_CALLS 256
#define WRITE_STACK_NAME 100

typedef struct WrittenStack {
    uint8_t *at;
    uint8_t *end;
} WrittenStack;

static void write_stack_byte(WrittenStack *out, int byte)
{
    if (out->at < out->end)
        *out->at++ = byte;
}

static void write_stack_text(WrittenStack *out, const char *text)
{
    while (*text)
        write_stack_byte(out, *text++);
}

static void write_stack_number(WrittenStack *out, int number)
{
    char digits[12];
    int count = 0;
    unsigned rest = number < 0 ? -(unsigned)number : (unsigned)number;

    if (number < 0)
        write_stack_byte(out, '-');
    do {
        digits[count++] = '0' + rest % 10;
        rest /= 10;
    } while (rest != 0);
    while (count > 0)
        write_stack_byte(out, digits[--count]);
}

/* A string of QuickJS's in UTF-8. Half of a pair and what would end a field become a question mark. */
static void write_stack_string(WrittenStack *out, JSString *p)
{
    uint32_t i, len = p->len < WRITE_STACK_NAME ? p->len : WRITE_STACK_NAME;

    for (i = 0; i < len; i++) {
        uint32_t c = p->is_wide_char ? str16(p)[i] : str8(p)[i];
        if (c < 0x20 || (c >= 0xd800 && c <= 0xdfff))
            c = '?';
        if (c < 0x80) {
            write_stack_byte(out, c);
        } else if (c < 0x800) {
            write_stack_byte(out, 0xc0 | (c >> 6));
            write_stack_byte(out, 0x80 | (c & 0x3f));
        } else {
            write_stack_byte(out, 0xe0 | (c >> 12));
            write_stack_byte(out, 0x80 | ((c >> 6) & 0x3f));
            write_stack_byte(out, 0x80 | (c & 0x3f));
        }
    }
}

/* Symbols are not told from strings: their text is their description. */
static void write_stack_atom(JSRuntime *rt, WrittenStack *out, JSAtom atom)
{
    if (atom & JS_ATOM_TAG_INT)
        write_stack_number(out, atom & ~JS_ATOM_TAG_INT);
    else if (atom < rt->atom_size)
        write_stack_string(out, rt->atom_array[atom]);
}

/* The object that an own property has for a value; a getter has none, nor has what was not made yet. */
static JSObject *write_stack_object_at(JSObject *p, int i)
{
    JSShapeProperty *prs = &get_shape_prop(p->shape)[i];

    if (prs->atom == JS_ATOM_NULL || (prs->flags & JS_PROP_TMASK) != JS_PROP_NORMAL)
        return NULL;
    if (JS_VALUE_GET_TAG(p->prop[i].u.value) != JS_TAG_OBJECT)
        return NULL;
    return JS_VALUE_GET_OBJ(p->prop[i].u.value);
}

static JSAtom write_stack_name_of(JSObject *p, JSObject *value)
{
    int i;

    for (i = 0; i < p->shape->prop_count; i++) {
        if (write_stack_object_at(p, i) == value)
            return get_shape_prop(p->shape)[i].atom;
    }
    return JS_ATOM_NULL;
}

/* What a function is called by whoever calls it, if it is a global or lies in one: `JSON.parse`, `Array.prototype.map`. There is one
   context. */
static bool write_stack_global(JSRuntime *rt, WrittenStack *out, JSObject *func)
{
    JSContext *ctx = list_entry(rt->context_list.next, JSContext, link);
    JSObject *global, *p, *prototype;
    JSAtom name;
    int i, j;

    if (list_empty(&rt->context_list) || JS_VALUE_GET_TAG(ctx->global_obj) != JS_TAG_OBJECT)
        return false;
    global = JS_VALUE_GET_OBJ(ctx->global_obj);
    name = write_stack_name_of(global, func);
    if (name != JS_ATOM_NULL) {
        write_stack_atom(rt, out, name);
        return true;
    }
    for (i = 0; i < global->shape->prop_count; i++) {
        p = write_stack_object_at(global, i);
        if (!p || p == global)
            continue;
        name = write_stack_name_of(p, func);
        prototype = NULL;
        for (j = 0; name == JS_ATOM_NULL && j < p->shape->prop_count; j++) {
            if (get_shape_prop(p->shape)[j].atom == JS_ATOM_prototype)
                prototype = write_stack_object_at(p, j);
        }
        if (prototype)
            name = write_stack_name_of(prototype, func);
        if (name == JS_ATOM_NULL)
            continue;
        write_stack_atom(rt, out, get_shape_prop(global->shape)[i].atom);
        write_stack_text(out, prototype ? ".prototype." : ".");
        write_stack_atom(rt, out, name);
        return true;
    }
    return false;
}

/* The name that a function has of its own. */
static void write_stack_own_name(WrittenStack *out, JSObject *func)
{
    JSShapeProperty *prs = get_shape_prop(func->shape);
    int i;

    for (i = 0; i < func->shape->prop_count; i++) {
        if (prs[i].atom != JS_ATOM_name)
            continue;
        if ((prs[i].flags & JS_PROP_TMASK) == JS_PROP_NORMAL && JS_VALUE_GET_TAG(func->prop[i].u.value) == JS_TAG_STRING)
            write_stack_string(out, JS_VALUE_GET_STRING(func->prop[i].u.value));
        return;
    }
}

static void write_stack_call(JSRuntime *rt, WrittenStack *out, JSStackFrame *sf)
{
    JSObject *func;
    JSFunctionBytecode *b = NULL;

    if (JS_VALUE_GET_TAG(sf->cur_func) != JS_TAG_OBJECT) {
        write_stack_byte(out, '\n');
        return;
    }
    func = JS_VALUE_GET_OBJ(sf->cur_func);
    switch (func->class_id) {
    case JS_CLASS_BYTECODE_FUNCTION:
    case JS_CLASS_GENERATOR_FUNCTION:
    case JS_CLASS_ASYNC_FUNCTION:
    case JS_CLASS_ASYNC_GENERATOR_FUNCTION:
        b = func->u.func.function_bytecode;
        break;
    }
    if (b && b->filename != JS_ATOM_NULL) {
        write_stack_own_name(out, func);
        write_stack_byte(out, '\t');
        write_stack_atom(rt, out, b->filename);
        write_stack_byte(out, '\t');
        write_stack_number(out, b->line_num);
        write_stack_byte(out, '\t');
        write_stack_number(out, b->col_num);
    } else if (!write_stack_global(rt, out, func)) {
        write_stack_own_name(out, func);
    }
    write_stack_byte(out, '\n');
}

uint32_t JS_WriteStack(JSRuntime *rt, uint8_t *buffer, uint32_t size)
{
    WrittenStack out = { buffer, buffer + size };
    JSStackFrame *sf;
    uint32_t depth = 0, at = 0;

    for (sf = rt->current_stack_frame; sf != NULL; sf = sf->prev_frame)
        depth++;
    for (sf = rt->current_stack_frame; sf != NULL; sf = sf->prev_frame, at++) {
        if (at >= WRITE_STACK_CALLS && depth - at > WRITE_STACK_CALLS) {
            if (at == WRITE_STACK_CALLS)
                write_stack_text(&out, "...\n");
            continue;
        }
        write_stack_call(rt, &out, sf);
    }
    return out.at - buffer;
}

/* Whether the innermost call of somebody's source is one of a package's file. */
bool JS_IsInPackage(JSRuntime *rt)
{
    static const char packages[] = "/node_modules/";
    JSStackFrame *sf;

    for (sf = rt->current_stack_frame; sf != NULL; sf = sf->prev_frame) {
        JSObject *func;
        JSString *file;

        if (JS_VALUE_GET_TAG(sf->cur_func) != JS_TAG_OBJECT)
            continue;
        func = JS_VALUE_GET_OBJ(sf->cur_func);
        if (!js_class_has_bytecode(func->class_id) || func->u.func.function_bytecode->filename == JS_ATOM_NULL)
            continue;
        file = rt->atom_array[func->u.func.function_bytecode->filename];
        return !file->is_wide_char && file->len >= sizeof(packages) - 1 && !memcmp(str8(file), packages, sizeof(packages) - 1);
    }
    return false;
}
