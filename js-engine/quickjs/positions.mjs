// Changes of QuickJS's parser: an instruction that can fail has the place that V8 gives it, also when the expression spans lines. A call is at
// the name of what is called, or else at its parenthesis; a member at its name or bracket; an operator at itself; `new` at the word.
// Columns count UTF-16 units. A place costs a few bytes of a table that is read only when something has failed.

export const positions = [
  ['    bool is_module; /* parsing a module */\n    bool allow_html_comments;\n} JSParseState;\n', `    bool is_module; /* parsing a module */
    bool allow_html_comments;
    /* how many UTF-16 units lie between the start of a line and another place of it */
    const uint8_t *counted_line, *counted_to;
    int counted;
    bool declares_pattern;
    /* where the statement began, and how much code there was then */
    JSFunctionDef *statement_of;
    int statement_size, statement_line, statement_column;
} JSParseState;

typedef struct SourcePlace {
    int line, column;
} SourcePlace;

static int count_units(const uint8_t *from, const uint8_t *to)
{
    int units = 0;

    for (; from < to; from++) {
        if ((*from & 0xc0) != 0x80)
            units += *from >= 0xf0 ? 2 : 1;
    }
    return units;
}

static SourcePlace place_of_token(JSParseState *s)
{
    const uint8_t *line = s->token.line_start, *token = s->token.ptr;

    if (!token || !line || token < line)
        return (SourcePlace){ s->token.line_num, 1 };
    if (line != s->counted_line || token < s->counted_to) {
        s->counted_line = s->counted_to = line;
        s->counted = 0;
    }
    s->counted += count_units(s->counted_to, token);
    s->counted_to = token;
    return (SourcePlace){ s->token.line_num, s->counted + 1 };
}

/* Of what lies a little before the current token. */
static SourcePlace place_before_token(JSParseState *s, const uint8_t *from)
{
    SourcePlace place = place_of_token(s);
    const uint8_t *p;
    int lines = 0;

    for (p = from; p < s->token.ptr; p++)
        lines += *p == '\\n' || (*p == '\\r' && p[1] != '\\n');
    if (lines == 0)
        return (SourcePlace){ place.line, place.column - count_units(from, s->token.ptr) };
    for (p = from; p > s->buf_start && p[-1] != '\\n' && p[-1] != '\\r'; p--)
        ;
    return (SourcePlace){ place.line - lines, count_units(p, from) + 1 };
}
`],
  ['    emit_source_loc_at(s, s->token.line_num, s->token.col_num);\n}\n', `    SourcePlace place = place_of_token(s);
    emit_source_loc_at(s, place.line, place.column);
}
`],
  ['    int err_col_num = s->token.col_num;\n    if (s->token.ptr && s->token.ptr >= s->token.line_start)\n        err_col_num = (int)(s->token.ptr - s->token.line_start) + 1;\n',
    '    int err_col_num = place_of_token(s).column;\n'],
  // Functions know where their text begins.
  ['    int func_idx, lexical_func_idx = -1;\n    bool has_opt_arg;\n    bool create_func_var = false;\n', `    int func_idx, lexical_func_idx = -1;
    bool has_opt_arg;
    bool create_func_var = false;
    SourcePlace text_place = place_before_token(s, ptr);
`],
  ['    if (pfd)\n        *pfd = fd;\n    s->cur_func = fd;\n    fd->func_name = func_name;\n', `    if (pfd)
        *pfd = fd;
    s->cur_func = fd;
    fd->func_name = func_name;
    fd->source_line = text_place.line;
    fd->source_column = text_place.column;
`],
  ['    const uint8_t *class_start_ptr = s->token.ptr;\n', '    const uint8_t *class_start_ptr = s->token.ptr;\n    SourcePlace class_place = place_of_token(s), heritage = class_place;\n'],
  ['    ctor_fd->source_len = s->buf_ptr - class_start_ptr;\n', `    ctor_fd->source_line = class_place.line;
    ctor_fd->source_column = class_place.column;
    ctor_fd->source_len = s->buf_ptr - class_start_ptr;
`],
  ['        if (next_token(s))\n            goto fail;\n        if (js_parse_left_hand_side_expr(s))\n            goto fail;\n    } else {\n        emit_op(s, OP_undefined);\n', `        if (next_token(s))
            goto fail;
        heritage = place_of_token(s);
        if (js_parse_left_hand_side_expr(s))
            goto fail;
    } else {
        emit_op(s, OP_undefined);
`],
  ['    emit_op(s, OP_define_class);\n    emit_atom(s, class_name1);\n', '    emit_source_loc_at(s, heritage.line, heritage.column);\n    emit_op(s, OP_define_class);\n    emit_atom(s, class_name1);\n'],
  // Members and calls.
  ['    FuncCallType call_type;\n    int optional_chaining_label;\n', `    FuncCallType call_type;
    int optional_chaining_label;
    SourcePlace place = place_of_token(s), named = place, made = place;
    bool is_named = s->token.val == TOK_IDENT || s->token.val == TOK_SUPER, in_chain = false;
`],
  ['            int identifier_line_num = s->token.line_num;\n            int identifier_col_num =\n                (int)(s->token.ptr - s->line_start) + 1;\n', ''],
  ['                emit_source_loc_at(s, identifier_line_num, identifier_col_num);\n', `                if (begins_statement(s))
                    emit_source_loc_at(s, s->statement_line, s->statement_column);
                else
                    emit_source_loc_at(s, place.line, place.column);
`],
  ['static void optional_chain_test(JSParseState *s, int *poptional_chaining_label,\n', `/* Whether the statement has done nothing yet: a name that is not known is then complained about where the statement begins. */
static bool begins_statement(JSParseState *s)
{
    DynBuf *code = &s->cur_func->byte_code;
    int at = s->statement_size;

    if (s->statement_of != s->cur_func)
        return false;
    while (at < code->size && (code->buf[at] == OP_source_loc || code->buf[at] == OP_enter_scope))
        at += opcode_info[code->buf[at]].size;
    return at == code->size;
}

static void optional_chain_test(JSParseState *s, int *poptional_chaining_label,
`],
  ['    switch(tok = s->token.val) {\n    case \'{\':\n        if (js_parse_block(s))\n', `    SourcePlace statement = place_of_token(s);
    s->statement_of = s->token.val == TOK_VAR || s->token.val == TOK_CONST || s->token.val == TOK_LET ? NULL : s->cur_func;
    s->statement_size = s->cur_func->byte_code.size;
    s->statement_line = statement.line;
    s->statement_column = statement.column;
    switch(tok = s->token.val) {
    case '{':
        if (js_parse_block(s))
`],
  // A member that is read to be changed or deleted is at what it is a member of.
  ['    /* remove the last opcode */\n    fd->byte_code.size = fd->last_opcode_pos;\n    fd->last_opcode_pos = -1;\n\n    if (keep) {\n', `    /* remove the last opcode */
    fd->byte_code.size = fd->last_opcode_pos;
    fd->last_opcode_pos = -1;

    if (keep && opcode == OP_get_field && fd->byte_code.buf[fd->byte_code.size - 9] == OP_source_loc)
        fd->byte_code.size -= 9;
    if (keep) {
`],
  ['    cf->fields_init_fd = js_parse_function_class_fields_init(s);\n', `    cf->fields_init_fd = js_parse_function_class_fields_init(s);
        if (cf->fields_init_fd)
            cf->fields_init_fd->inferred_name = JS_NewAtom(s->ctx, cf->is_static ? "<static_initializer>" : "<instance_members_initializer>");
`],
  ['    case TOK_THIS:\n        if (next_token(s))\n            return -1;\n', `    case TOK_THIS:
        if (next_token(s))
            return -1;
        emit_source_loc_at(s, place.line, place.column);
`],
  ['            emit_source_loc(s);\n            if (js_parse_postfix_expr(s, 0))\n                return -1;\n            accept_lparen = true;\n', `            is_named = false;
            if (js_parse_postfix_expr(s, 0))
                return -1;
            accept_lparen = true;
            emit_source_loc_at(s, made.line, made.column);
`],
  ['        /* function call */\n        parse_func_call:\n            if (next_token(s))\n                return -1;\n', `        /* function call */
        parse_func_call:
            place = is_named ? named : place_of_token(s);
            if (call_type == FUNC_CALL_NEW)
                place = made;
            if (next_token(s))
                return -1;
`],
  ['            call_type = FUNC_CALL_TEMPLATE;\n            goto parse_func_call2;\n', '            call_type = FUNC_CALL_TEMPLATE;\n            place = place_of_token(s);\n            goto parse_func_call2;\n'],
  ['            parse_func_call2:\n                emit_source_loc(s);\n', '            parse_func_call2:\n'],
  ['                        /* XXX: could pass is_last indicator? */\n                        emit_op(s, OP_append);\n', `                        /* XXX: could pass is_last indicator? */
                        emit_source_loc_at(s, place.line, place.column);
                        emit_op(s, OP_append);
`],
  ['                /* apply function call */\n                switch(opcode) {\n', '                /* apply function call */\n                emit_source_loc_at(s, place.line, place.column);\n                switch(opcode) {\n'],
  ['            emit_func_call:\n                switch(opcode) {\n', '            emit_func_call:\n                emit_source_loc_at(s, place.line, place.column);\n                switch(opcode) {\n'],
  ['            call_type = FUNC_CALL_NORMAL;\n        } else if (s->token.val == \'.\') {\n', `            if (call_type != FUNC_CALL_NEW)
                in_chain = true;
            call_type = FUNC_CALL_NORMAL;
            is_named = false;
        } else if (s->token.val == '.') {
            made = place_of_token(s);
`],
  ['            has_optional_chain = true;\n', '            has_optional_chain = true;\n            is_named = false;\n'],
  ['        parse_property:\n            if (s->token.val == TOK_PRIVATE_NAME) {\n', `        parse_property:
            named = place_of_token(s);
            is_named = s->token.val == TOK_IDENT;
            if (s->token.val == TOK_PRIVATE_NAME) {
`],
  ['                emit_op(s, OP_scope_get_private_field);\n                emit_atom(s, s->token.u.ident.atom);\n                emit_u16(s, s->cur_func->scope_level);\n            } else {\n', `                emit_source_loc_at(s, named.line, named.column);
                emit_op(s, OP_scope_get_private_field);
                emit_atom(s, s->token.u.ident.atom);
                emit_u16(s, s->cur_func->scope_level);
            } else {
`],
  ['                    emit_op(s, OP_get_field);\n                    emit_atom(s, s->token.u.ident.atom);\n                }\n            }\n            if (next_token(s))\n', `                    if (in_chain && !has_optional_chain)
                        emit_source_loc_at(s, made.line, made.column);
                    else
                        emit_source_loc_at(s, named.line, named.column);
                    if (has_optional_chain)
                        in_chain = true;
                    emit_op(s, OP_get_field);
                    emit_atom(s, s->token.u.ident.atom);
                }
            }
            if (next_token(s))
`],
  ['        parse_array_access:\n            prev_op = get_prev_opcode(fd);\n', `        parse_array_access:
            named = place_of_token(s);
            is_named = false;
            prev_op = get_prev_opcode(fd);
`],
  ['                emit_op(s, OP_get_super_value);\n            } else {\n                emit_op(s, OP_get_array_el);\n', `                emit_op(s, OP_get_super_value);
            } else {
                emit_source_loc_at(s, named.line, named.column);
                emit_op(s, OP_get_array_el);
`],
  // Operators and assignments.
  ['        if (next_token(s))\n            return -1;\n        emit_source_loc(s);\n        if (js_parse_expr_binary(s, level - 1, parse_flags))\n            return -1;\n        emit_op(s, opcode);\n', `        SourcePlace place = place_of_token(s);
        if (next_token(s))
            return -1;
        if (js_parse_expr_binary(s, level - 1, parse_flags))
            return -1;
        emit_source_loc_at(s, place.line, place.column);
        emit_op(s, opcode);
`],
  ['static __exception int js_parse_unary(JSParseState *s, int parse_flags)\n{\n    int op;\n', `static __exception int js_parse_unary(JSParseState *s, int parse_flags)
{
    SourcePlace place = place_of_token(s);
    int op;
`],
  ['        if (js_parse_unary(s, PF_POW_FORBIDDEN))\n            return -1;\n        switch(op) {\n        case \'-\':\n', `        if (js_parse_unary(s, PF_POW_FORBIDDEN))
            return -1;
        emit_source_loc_at(s, place.line, place.column);
        switch(op) {
        case '-':
`],
  ['            emit_op(s, OP_dec + op - TOK_DEC);\n', '            emit_source_loc_at(s, place.line, place.column);\n            emit_op(s, OP_dec + op - TOK_DEC);\n'],
  ['            op = s->token.val;\n            if (get_lvalue(s, &opcode, &scope, &name, &label, NULL, true, op))\n                return -1;\n            emit_op(s, OP_post_dec + op - TOK_DEC);\n', `            op = s->token.val;
            place = place_of_token(s);
            if (get_lvalue(s, &opcode, &scope, &name, &label, NULL, true, op))
                return -1;
            emit_source_loc_at(s, place.line, place.column);
            emit_op(s, OP_post_dec + op - TOK_DEC);
`],
  ['            if (next_token(s))\n                return -1;\n            if (js_parse_unary(s, PF_POW_ALLOWED))\n                return -1;\n            emit_op(s, OP_pow);\n', `            place = place_of_token(s);
            if (next_token(s))
                return -1;
            if (js_parse_unary(s, PF_POW_ALLOWED))
                return -1;
            emit_source_loc_at(s, place.line, place.column);
            emit_op(s, OP_pow);
`],
  [' next:\n    if (s->token.val == TOK_IDENT) {\n', ` next:
    left = s->token.ptr;
    if (s->token.val == TOK_IDENT) {
`],
  ['    int opcode, op, scope;\n    JSAtom name0 = JS_ATOM_NULL;\n    JSAtom name;\n', `    int opcode, op, scope;
    JSAtom name0 = JS_ATOM_NULL;
    JSAtom name;
    SourcePlace place;
    const uint8_t *left, *assigns;
`],
  ['    op = s->token.val;\n    if (op == \'=\' || (op >= TOK_MUL_ASSIGN && op <= TOK_POW_ASSIGN)) {\n        int label;\n', `    op = s->token.val;
    place = place_of_token(s);
    assigns = s->token.ptr;
    if (op == '=' || (op >= TOK_MUL_ASSIGN && op <= TOK_POW_ASSIGN)) {
        int label;
`],
  ['        if (op == \'=\') {\n            if ((opcode == OP_get_ref_value || opcode == OP_scope_get_var) && name == name0) {\n                set_object_name(s, name);\n            }\n        } else {\n', `        if (op == '=' && opcode == OP_get_field)
            infer_name(s, left, assigns);
        emit_source_loc_at(s, place.line, place.column);
        if (op == '=') {
            if ((opcode == OP_get_ref_value || opcode == OP_scope_get_var) && name == name0) {
                set_object_name(s, name);
            }
        } else {
`],
  ['/* allowed parse_flags: PF_IN_ACCEPTED */\nstatic __exception int js_parse_assign_expr2(JSParseState *s, int parse_flags)\n', `/* A function without a name that is assigned to a member goes by that, in stacks. */
static void infer_name(JSParseState *s, const uint8_t *left, const uint8_t *end)
{
    JSFunctionDef *fd = s->cur_func, *made;
    char name[128];
    size_t len = 0;

    if (get_prev_opcode(fd) != OP_set_name || get_u32(fd->byte_code.buf + fd->last_opcode_pos + 1) != JS_ATOM_NULL ||
        list_empty(&fd->child_list))
        return;
    made = list_entry(fd->child_list.prev, JSFunctionDef, link);
    for (; left < end && len < sizeof(name) - 1; left++) {
        if (*left != '.' && *left != '$' && *left != '_' && *left < 0x80 && !(*left >= '0' && *left <= '9') &&
            !((*left | 32) >= 'a' && (*left | 32) <= 'z')) {
            if (*left == ' ' || (*left >= '\\t' && *left <= '\\r'))
                continue;
            return;
        }
        name[len++] = *left;
        if (len == 5 && !memcmp(name, "this.", 5))
            len = 0;
        if (len > 11 && !memcmp(name + len - 11, ".prototype.", 11))
            len -= 10;
    }
    if (made->inferred_name == JS_ATOM_NULL && left == end)
        made->inferred_name = JS_NewAtomLen(s->ctx, name, len);
}

/* allowed parse_flags: PF_IN_ACCEPTED */
static __exception int js_parse_assign_expr2(JSParseState *s, int parse_flags)
`],
  // Loops, spread and patterns.
  ['    if (is_for_of) {\n        if (js_parse_assign_expr(s))\n            return -1;\n    } else {\n', `    SourcePlace iterated = place_of_token(s);
    if (is_for_of) {
        if (js_parse_assign_expr(s))
            return -1;
    } else {
`],
  ['        break_entry.drop_count += 2;\n        if (is_async)\n', `        break_entry.drop_count += 2;
        emit_source_loc_at(s, iterated.line, iterated.column);
        if (is_async)
`],
  ['            if (next_token(s))\n                return -1;\n            if (js_parse_assign_expr(s))\n                return -1;\n            emit_op(s, OP_append);\n', `            if (next_token(s))
                return -1;
            SourcePlace spread = place_of_token(s);
            if (js_parse_assign_expr(s))
                return -1;
            emit_source_loc_at(s, spread.line, spread.column);
            emit_op(s, OP_append);
`],
  ['    bool has_initializer;\n\n    label_lvalue = -1;\n', `    bool has_initializer;
    int place_addr = -1;
    SourcePlace place = place_of_token(s), assigns;
    bool declares = s->declares_pattern;

    s->declares_pattern = false;
    label_lvalue = -1;
`],
  ['        /* throw an exception if the value cannot be converted to an object */\n        emit_op(s, OP_to_object);\n', `        /* throw an exception if the value cannot be converted to an object */
        if (s->token.val != '}' && s->token.val != '[' && s->token.val != TOK_ELLIPSIS)
            place = place_of_token(s);
        emit_source_loc_at(s, place.line, place.column);
        emit_op(s, OP_to_object);
`],
  ['        block_env.has_iterator = true;\n        emit_op(s, OP_for_of_start);\n', `        block_env.has_iterator = true;
        place_addr = s->cur_func->byte_code.size;
        emit_source_loc_at(s, place.line, place.column);
        emit_op(s, OP_for_of_start);
`],
  ['        label_done = emit_goto(s, OP_goto, -1);\n        if (next_token(s))\n            return -1;\n        emit_label(s, label_parse);\n', '        label_done = emit_goto(s, OP_goto, -1);\n        assigns = place_of_token(s);\n        if (next_token(s))\n            return -1;\n        emit_label(s, label_parse);\n'],
  ['                emit_op(s, OP_undefined);\n                if (js_parse_destructuring_element(s, tok, false, true, skip_bits & SKIP_HAS_ELLIPSIS, true, export_flag) < 0)\n', '                emit_op(s, OP_undefined);\n                s->declares_pattern = true;\n                if (js_parse_destructuring_element(s, tok, false, true, skip_bits & SKIP_HAS_ELLIPSIS, true, export_flag) < 0)\n'],
  ['        emit_op(s, OP_await);\n        s->cur_func->has_await = true;\n        parse_flags = 0;\n', '        emit_source_loc_at(s, place.line, place.column);\n        emit_op(s, OP_await);\n        s->cur_func->has_await = true;\n        parse_flags = 0;\n'],
  ['        if (hasval)\n            emit_op(s, OP_drop);\n        if (js_parse_assign_expr(s))\n            return -1;\n        emit_goto(s, OP_goto, label_assign);\n', `        if (hasval)
            emit_op(s, OP_drop);
        /* an array pattern that declares fails where its value is, one that assigns at the sign */
        if (place_addr >= 0 && (declares || !hasval)) {
            if (declares)
                assigns = place_of_token(s);
            place = assigns;
            put_u32(s->cur_func->byte_code.buf + place_addr + 1, place.line);
            put_u32(s->cur_func->byte_code.buf + place_addr + 5, place.column);
        }
        if (js_parse_assign_expr(s))
            return -1;
        emit_goto(s, OP_goto, label_assign);
`],
];
