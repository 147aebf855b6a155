/* Freezes what there is: nobody counts references to it, frees it or looks through it for garbage from then on. Nothing becomes read-only by that;
   a function may change what it finds, on its own copy of the memory. What counts and frees is changed by changes.mjs, behind whose copy of
   QuickJS's source this is compiled. */

static struct list_head frozen_objects = { &frozen_objects, &frozen_objects };

static void freeze_arenas(JSArenaState *s)
{
    struct list_head *el;

    for (int i = 0; i < JS_ARENA_BLOCK_SIZE_COUNT; i++) {
        list_for_each(el, &s->arena_list[i]) {
            JSArena *ar = list_entry(el, JSArena, link);
            for (int j = 0; j < ar->n_blocks; j++) {
                JSMallocBlockHeader *b = arena_get_block(ar, j, arena_block_sizes[i]);
                b->block_size_idx |= FROZEN_BLOCK;
                /* What has no count of references has no use for this field. */
                b->ref_count = FROZEN_REF_COUNT;
            }
        }
        /* Nothing more is put into these arenas, and they are never given back. */
        init_list_head(&s->arena_list[i]);
        init_list_head(&s->free_arena_list[i]);
    }
}

/* Freezes everything that was allocated until now and is not frozen yet. To be called while no function is under way. */
void JS_Freeze(JSRuntime *rt)
{
    struct list_head *el, *el1;

    freeze_arenas(&rt->arena_state);
    for (int i = 1; i < rt->atom_size; i++) {
        if (!atom_is_free(rt->atom_array[i]))
            JS_REF_COUNT(rt->atom_array[i]) = FROZEN_REF_COUNT;
    }
    list_for_each_safe(el, el1, &rt->gc_obj_list) {
        JSGCObjectHeader *p = list_entry(el, JSGCObjectHeader, link);
        /* A shape that one object has for itself is changed in place, which is only done where its count is 1. */
        bool changes = JS_GC_TYPE(p) == JS_GC_OBJ_TYPE_SHAPE && !((JSShape *)p)->is_hashed;
        JS_REF_COUNT(p) = changes ? 1 : FROZEN_REF_COUNT;
        list_del(&p->link);
        list_add_tail(&p->link, &frozen_objects);
    }
}
