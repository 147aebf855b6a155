/* Whether a module can be evaluated now: appended to quickjs.c. `require` of an ES module has to know, because QuickJS takes it for granted. */

static bool is_among(JSModuleDef **seen, int count, JSModuleDef *m)
{
    for (int i = 0; i < count; i++) {
        if (seen[i] == m)
            return true;
    }
    return false;
}

/* Whether a module, or one that it imports, is being loaded, linked or evaluated further up. */
bool JS_IsModuleUnderWay(JSContext *ctx, JSModuleDef *module)
{
    JSModuleDef **seen = NULL, **more;
    int count = 1, room = 16;
    bool under_way = false;

    seen = js_malloc(ctx, room * sizeof(*seen));
    if (!seen)
        return true;
    seen[0] = module;
    for (int i = 0; i < count && !under_way; i++) {
        JSModuleDef *m = seen[i];
        under_way = m->status == JS_MODULE_STATUS_LINKING || m->status == JS_MODULE_STATUS_EVALUATING;
        /* What is evaluated is complete, and what is not resolved yet will be. */
        if (!m->resolved || m->status == JS_MODULE_STATUS_EVALUATED)
            continue;
        for (int j = 0; j < m->req_module_entries_count && !under_way; j++) {
            JSModuleDef *next = m->req_module_entries[j].module;
            if (!next) {
                under_way = true;
            } else if (!is_among(seen, count, next)) {
                if (count == room) {
                    more = js_realloc(ctx, seen, 2 * room * sizeof(*seen));
                    if (!more) {
                        under_way = true;
                        break;
                    }
                    seen = more;
                    room *= 2;
                }
                seen[count++] = next;
            }
        }
    }
    js_free(ctx, seen);
    return under_way;
}
