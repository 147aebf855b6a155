// Changes of QuickJS's source: what V8 says of source text, JSON, regular expressions, buffers and numbers. See messages.mjs for the rest.

const text = (from, to, times = 1) => [`"${from}"`, `"${to}"`, times];
const syntax = (from, to) => [`js_parse_error(s, "${from}"`, `js_parse_error(s, "${to}"`];
const unexpected = (from, ...more) => [`js_parse_error(s, "${from}"${more.join('')})`, 'js_parse_unexpected(s)'];

export const texts = [
  ['static JSValue throw_requires_new(JSContext *ctx);\n', `static JSValue throw_requires_new(JSContext *ctx);
static void complain_about_json(JSContext *ctx, const char *text, size_t len);
static bool is_being_written(JSValueConst stack, JSValueConst value);
static void throw_circular(JSContext *ctx, JSValueConst stack, JSValueConst value);
static void throw_pattern(JSContext *ctx, const char *pattern, size_t len, JSValueConst flags, const char *error);
static bool has_twice_named(const uint8_t *code);
`],
  // JSON.
  ['/* \'pr\' can be NULL */\nstatic JSValue json_parse_value(JSParseState *s, JSONParseRecord *pr)\n', `static JSValue json_parse_flat(JSParseState *s);

/* 'pr' can be NULL */
static JSValue json_parse_value(JSParseState *s, JSONParseRecord *pr)
`],
  ['    val = json_parse_value(s, pr);\n    if (JS_IsException(val))\n        goto fail;\n    if (s->token.val != TOK_EOF) {\n', '    val = pr ? json_parse_value(s, pr) : json_parse_flat(s);\n    if (JS_IsException(val))\n        goto fail;\n    if (s->token.val != TOK_EOF) {\n'],
  [' fail:\n    JS_FreeValue(ctx, val);\n    free_token(s, &s->token);\n    return JS_EXCEPTION;\n}\n\n/* \'buf\' must be zero terminated', ` fail:
    JS_FreeValue(ctx, val);
    free_token(s, &s->token);
    complain_about_json(ctx, buf, buf_len);
    return JS_EXCEPTION;
}

/* 'buf' must be zero terminated`],
  ['        v = js_array_includes(ctx, jsc->stack, 1, vc(&val));\n        if (JS_IsException(v))\n            goto exception;\n        if (JS_ToBoolFree(ctx, v)) {\n            JS_ThrowTypeError(ctx, "circular reference");\n            goto exception;\n', `        if (is_being_written(jsc->stack, val)) {
            throw_circular(ctx, jsc->stack, val);
            goto exception;
`],
  // Regular expressions.
  ['                JS_FreeCString(ctx, str);\n                return JS_ThrowSyntaxError(ctx, "invalid regular expression flags");\n', '                JS_FreeCString(ctx, str);\n                return throw_value(ctx, JS_SYNTAX_ERROR, "Invalid flags supplied to RegExp constructor \'%v\'", flags);\n'],
  ['            return JS_ThrowSyntaxError(ctx, "invalid regular expression flags");\n', '            return throw_value(ctx, JS_SYNTAX_ERROR, "Invalid flags supplied to RegExp constructor \'%v\'", flags);\n'],
  ['    JS_FreeCString(ctx, str);\n    if (!re_bytecode_buf) {\n        JS_ThrowSyntaxError(ctx, "%s", error_msg);\n        return JS_EXCEPTION;\n    }\n', `    if (re_bytecode_buf && has_twice_named(re_bytecode_buf)) {
        js_free(ctx, re_bytecode_buf);
        re_bytecode_buf = NULL;
        snprintf(error_msg, sizeof(error_msg), "duplicate group name");
    }
    if (!re_bytecode_buf)
        throw_pattern(ctx, str, len, flags, error_msg);
    JS_FreeCString(ctx, str);
    if (!re_bytecode_buf)
        return JS_EXCEPTION;
`],
  // URIs.
  ['static int JS_PRINTF_FORMAT_ATTR(2, 3) js_throw_URIError(JSContext *ctx, JS_PRINTF_FORMAT const char *fmt, ...)\n{\n', `static int JS_PRINTF_FORMAT_ATTR(2, 3) js_throw_URIError(JSContext *ctx, JS_PRINTF_FORMAT const char *fmt, ...)
{
    fmt = "URI malformed";
`],
  // Numbers.
  ['                    val = JS_ThrowRangeError(ctx, "cannot convert to BigInt: not an integer");\n', '                    val = throw_value(ctx, JS_RANGE_ERROR, "The number %v cannot be converted to a BigInt because it is not an integer", val);\n'],
  ['                    val = JS_ThrowRangeError(ctx, "cannot convert NaN or Infinity to BigInt");', '                    val = throw_value(ctx, JS_RANGE_ERROR, "The number %v cannot be converted to a BigInt because it is not an integer", val);'],
  ['        JS_FreeValue(ctx, val);\n        return JS_ThrowTypeError(ctx, "cannot convert to BigInt");\n', '        {\n            JSValue refused = throw_value(ctx, JS_TYPE_ERROR, "Cannot convert %v to a BigInt", val);\n            JS_FreeValue(ctx, val);\n            return refused;\n        }\n'],
  ['        JS_FreeValue(ctx, val);\n        return JS_ThrowTypeError(ctx, "cannot convert to bigint");\n', '        {\n            JSValue refused = throw_value(ctx, JS_TYPE_ERROR, "Cannot convert %v to a BigInt", val);\n            JS_FreeValue(ctx, val);\n            return refused;\n        }\n'],
  ['    val = JS_StringToBigInt(ctx, val);\n    if (JS_VALUE_IS_NAN(val))\n        return JS_ThrowSyntaxError(ctx, "invalid BigInt literal");\n    return val;\n', `    JSValue before = js_dup(val);

    val = JS_StringToBigInt(ctx, val);
    if (JS_VALUE_IS_NAN(val))
        val = throw_value(ctx, JS_SYNTAX_ERROR, "Cannot convert %v to a BigInt", before);
    JS_FreeValue(ctx, before);
    return val;
`],
  [' range_error:\n    JS_ThrowRangeError(ctx, "invalid code point");\n', ' range_error:\n    throw_value(ctx, JS_RANGE_ERROR, "Invalid code point %v", b ? argv[i] : argv[0]);\n'],
  ['        JS_ThrowRangeError(ctx, "invalid array index");\n', '        throw_value(ctx, JS_RANGE_ERROR, index_complaint(ctx), val);\n'],
  ['int JS_ToIndex(JSContext *ctx, uint64_t *plen, JSValueConst val)\n', `static const char *index_complaint(JSContext *ctx);

int JS_ToIndex(JSContext *ctx, uint64_t *plen, JSValueConst val)
`],
  [/ {4}if \(!JS_IsUndefined\(argv\[0\]\)\)\n {8}if \(check_function\(ctx, argv\[0\]\)\)\n/g, `    if (!JS_IsUndefined(argv[0]) && !JS_IsFunction(ctx, argv[0]))
        throw_comparison(ctx, argv[0]);
    if (!JS_IsUndefined(argv[0]))
        if (!JS_IsFunction(ctx, argv[0]))
`, 1],
  [/ {8}if \(check_function\(ctx, asc\.method\)\)\n/g, `        if (!JS_IsFunction(ctx, asc.method) && throw_comparison(ctx, asc.method))
`, 1],
  ['static JSValue throw_class_without_new(JSContext *ctx, JSValueConst func);\n', 'static JSValue throw_class_without_new(JSContext *ctx, JSValueConst func);\nstatic int throw_comparison(JSContext *ctx, JSValueConst value);\n'],
  ["                                           \"'this' can be initialized only once\");\n", '                                           "Super constructor may only be called once");\n'],
  ['    executor = argv[0];\n    if (check_function(ctx, executor))\n        return JS_EXCEPTION;\n', `    executor = argv[0];
    if (!JS_IsFunction(ctx, executor))
        return throw_value(ctx, JS_TYPE_ERROR, "Promise resolver %v is not a function", executor);
`],
  ['        JS_VALUE_GET_TAG(handler) != JS_TAG_OBJECT) {\n        return JS_ThrowTypeErrorNotAnObject(ctx);\n', '        JS_VALUE_GET_TAG(handler) != JS_TAG_OBJECT) {\n        return JS_ThrowTypeError(ctx, "Cannot create proxy with a non-object as target or handler");\n'],
  ['    if (!JS_IsUndefined(new_target))\n        return JS_ThrowTypeErrorNotAConstructor(ctx, new_target);\n    if (argc == 0 || JS_IsUndefined(argv[0])) {\n', '    if (!JS_IsUndefined(new_target))\n        return JS_ThrowTypeError(ctx, "Symbol is not a constructor");\n    if (argc == 0 || JS_IsUndefined(argv[0])) {\n'],
  ['    if (!JS_IsSymbol(argv[0]))\n        return JS_ThrowTypeError(ctx, "not a symbol");\n', '    if (!JS_IsSymbol(argv[0]))\n        return throw_value(ctx, JS_TYPE_ERROR, "%v is not a symbol", argv[0]);\n'],
  ['    if (!JS_IsObject(this_val))\n        return JS_ThrowTypeErrorNotAnObject(ctx);\n    name = JS_GetProperty(ctx, this_val, JS_ATOM_name);\n', '    if (!JS_IsObject(this_val))\n        return throw_incompatible(ctx, "Error", this_val);\n    name = JS_GetProperty(ctx, this_val, JS_ATOM_name);\n'],
  ['    if (!JS_IsObject(this_val))\n        return JS_ThrowTypeErrorNotAnObject(ctx);\n    if (!is_reject && JS_GetOpaque(argv[0], JS_CLASS_PROMISE)) {\n', '    if (!JS_IsObject(this_val))\n        return JS_ThrowTypeError(ctx, "PromiseResolve called on non-object");\n    if (!is_reject && JS_GetOpaque(argv[0], JS_CLASS_PROMISE)) {\n'],
  ['    if (check_function(ctx, this_val))\n        return JS_EXCEPTION;\n\n    p = JS_VALUE_GET_OBJ(this_val);\n    if (js_class_has_bytecode(p->class_id)) {\n        JSFunctionBytecode *b = p->u.func.function_bytecode;\n        /* `b->source`', '    if (!JS_IsFunction(ctx, this_val))\n        return throw_requires(ctx, "Function");\n\n    p = JS_VALUE_GET_OBJ(this_val);\n    if (js_class_has_bytecode(p->class_id)) {\n        JSFunctionBytecode *b = p->u.func.function_bytecode;\n        /* `b->source`'],
  ['"() {\\n    [native code]\\n}"', '"() { [native code] }"'],
  ['return JS_ThrowTypeError(ctx, "not a string");', 'return throw_requires(ctx, "String");', 3],
  ['        JS_ThrowTypeError(ctx, "not a TypedArray");\n', '        throw_incompatible(ctx, "TypedArray", this_val);\n'],
  ['range_error:\n    JS_ThrowRangeError(ctx, "must be positive");\n', 'range_error:\n    throw_value(ctx, JS_RANGE_ERROR, "%v must be positive", argv[0]);\n'],
  // Proxies.
  ['    if (s->is_revoked) {\n        JS_ThrowTypeErrorRevokedProxy(ctx);\n        return NULL;\n    }\n    method = JS_GetProperty(ctx, s->handler, name);\n', `    if (s->is_revoked) {
        throw_about(ctx, JS_TYPE_ERROR, "Cannot perform '%n' on a proxy that has been revoked", name, JS_UNDEFINED);
        return NULL;
    }
    method = JS_GetProperty(ctx, s->handler, name);
`],
  ['            JS_ThrowTypeError(ctx, "proxy: cannot set property");\n', `            throw_about(ctx, JS_TYPE_ERROR, "'set' on proxy: trap returned falsish for property '%n'", atom, JS_UNDEFINED);\n`],
  ['            JS_ThrowTypeError(ctx, "proxy: defineProperty exception");\n', `            throw_about(ctx, JS_TYPE_ERROR, "'defineProperty' on proxy: trap returned falsish for property '%n'", prop, JS_UNDEFINED);\n`],
  [/JS_ThrowTypeError\(ctx, "proxy: inconsistent deleteProperty"\);/g, `throw_about(ctx, JS_TYPE_ERROR, "'deleteProperty' on proxy: trap returned truish for property '%n' which is non-configurable in the proxy target", atom, JS_UNDEFINED);`, 2],
  ['                        JS_ThrowTypeError(ctx, "proxy: target property must be present in proxy ownKeys");\n', `                        throw_about(ctx, JS_TYPE_ERROR, "'ownKeys' on proxy: trap result did not include '%n'", tab2[i].atom, JS_UNDEFINED);\n`],
  ['            JS_ThrowTypeError(ctx, "proxy: bad prototype");\n', `            JS_ThrowTypeError(ctx, "'setPrototypeOf' on proxy: trap returned falsish for property 'undefined'");\n`],
  ['"proxy: ownKeys must return an object"', '"CreateListFromArrayLike called on non-object"'],
  ['            JS_ThrowTypeErrorNotAFunction(ctx);\n            JS_FreeValue(ctx, method);\n', '            throw_not_function(ctx, method);\n            JS_FreeValue(ctx, method);\n'],
  ['        JS_FreeValue(ctx, method);\n        return JS_ThrowTypeErrorNotAFunction(ctx);\n', '        JS_FreeValue(ctx, method);\n        return throw_not_callable(ctx, func_obj, !(flags & JS_CALL_FLAG_COPY_ARGV), false);\n'],
  // Buffers.
  ['    if ((pos + size) > ta->length)\n        return JS_ThrowRangeError(ctx, "out of bound");\n', '    if ((pos + size) > ta->length)\n        return JS_ThrowRangeError(ctx, "Offset is outside the bounds of the DataView");\n', 2],
  [/JS_ThrowRangeError\(ctx, "invalid byteOffset"\)/g, 'throw_value(ctx, JS_RANGE_ERROR, "Start offset %v is outside the bounds of the buffer", argv[1])', 1],
  [/JS_ThrowRangeError\(ctx, "invalid byteLength"\)/g, 'throw_value(ctx, JS_RANGE_ERROR, "Invalid DataView length %v", argv[2])', 1],
  ['            if ((offset & ((1 << size_log2) - 1)) != 0 ||\n                offset > abuf->byte_length)\n                return JS_ThrowRangeError(ctx, "invalid offset");\n', `            if ((offset & ((1 << size_log2) - 1)) != 0)
                return throw_typed(ctx, "start offset", 1 << size_log2);
            if (offset > abuf->byte_length)
                return throw_value(ctx, JS_RANGE_ERROR, "Start offset %v is outside the bounds of the buffer", argv[1]);
`],
  ['                    if ((abuf->byte_length & ((1 << size_log2) - 1)) != 0)\n                        goto invalid_length;\n', '                    if ((abuf->byte_length & ((1 << size_log2) - 1)) != 0)\n                        return throw_typed(ctx, "byte length", 1 << size_log2);\n'],
  ['                invalid_length:\n                    return JS_ThrowRangeError(ctx, "invalid length");\n', '                    return throw_value(ctx, JS_RANGE_ERROR, "Invalid typed array length: %v", argv[2]);\n'],
  ['static JSValue throw_requires(JSContext *ctx, const char *class);\n', 'static JSValue throw_requires(JSContext *ctx, const char *class);\nstatic JSValue throw_typed(JSContext *ctx, const char *what, int size);\n'],
  ['        range_error:\n            JS_ThrowRangeError(ctx, "Invalid array length");\n', '        range_error:\n            JS_ThrowRangeError(ctx, "offset is out of bounds");\n'],
  // Source text.
  ['static int js_parse_expect(JSParseState *s, int tok)\n{\n    char buf[ATOM_GET_STR_BUF_SIZE];\n\n    if (s->token.val == tok)\n        return next_token(s);\n\n', `static int js_parse_error_reserved_identifier(JSParseState *s);

/* Complains about the current token. */
static int js_parse_unexpected(JSParseState *s)
{
    char buf[ATOM_GET_STR_BUF_SIZE];

`],
  ['                              (int)(s->buf_ptr - s->token.ptr),\n                              (const char *)s->token.ptr);\n    }\n}\n\nstatic int js_parse_expect_semi(JSParseState *s)\n', `                              (int)(s->buf_ptr - s->token.ptr),
                              (const char *)s->token.ptr);
    }
}

static int js_parse_unexpected_name(JSParseState *s, int tok)
{
    if (s->token.val == '[' || s->token.val == '{')
        return js_parse_error(s, "Missing initializer in destructuring declaration");
    if (s->token.val == TOK_IDENT && s->token.u.ident.is_reserved)
        return js_parse_error_reserved_identifier(s);
    return js_parse_unexpected(s);
}

static int js_parse_expect(JSParseState *s, int tok)
{
    return s->token.val == tok ? next_token(s) : js_parse_unexpected(s);
}

static int js_parse_expect_semi(JSParseState *s)
`],
  ['        return js_parse_error(s, "Unexpected string template");\n', '        return js_parse_error(s, "Unexpected template string");\n'],
  ['        return js_parse_error(s, "expecting \'%c\'", \';\');\n', '        if (s->token.val == TOK_IDENT && s->last_ptr && s->last_ptr - s->buf_start >= 5 && !memcmp(s->last_ptr - 5, "await", 5))\n            return js_parse_error(s, "await is only valid in async functions and the top level bodies of modules");\n        return js_parse_unexpected(s);\n'],
  ['    return js_parse_error(s, "\'%s\' is a reserved identifier",\n', '    if (s->token.u.ident.atom >= JS_ATOM_LAST_KEYWORD + 1 && s->token.u.ident.atom <= JS_ATOM_LAST_STRICT_KEYWORD)\n        return js_parse_error(s, "Unexpected strict mode reserved word");\n    return js_parse_error(s, "Unexpected token \'%s\'",\n'],
  ['        return js_parse_error(s, "unexpected token in expression: \'%.*s\'",\n                              (int)(s->buf_ptr - s->token.ptr), s->token.ptr);\n', '        return js_parse_unexpected(s);\n'],
  ['                    return js_parse_error(s, "expecting field name");\n', '                    return js_parse_unexpected(s);\n'],
  ['        js_parse_error(s, "invalid property name");\n', '        js_parse_unexpected(s);\n'],
  syntax('unexpected end of string', 'Invalid or unexpected token').concat(2),
  syntax('unexpected end of regexp', 'Invalid regular expression: missing /'),
  syntax('unexpected line terminator in regexp', 'Invalid regular expression: missing /'),
  syntax('unexpected end of comment', 'Invalid or unexpected token'),
  syntax('unexpected character', 'Invalid or unexpected token'),
  syntax('invalid number literal', 'Invalid or unexpected token'),
  syntax('invalid first character of private name', 'Invalid or unexpected token'),
  ['                js_parse_error(s, "Unexpected end of input");\n                goto fail;\n', '                js_parse_error(s, "Unterminated template literal");\n                goto fail;\n', 0],
  syntax('Octal literals are not allowed in strict mode', 'Octal literals are not allowed in strict mode.'),
  ['return js_parse_error(s, "invalid redefinition of lexical identifier")', 'return js_parse_redeclared(s, name)', 2],
  ['return js_parse_error(s, "invalid redefinition of parameter name")', 'return js_parse_redeclared(s, name)'],
  ['return js_parse_error(s, "invalid redefinition of a variable")', 'return js_parse_redeclared(s, name)'],
  ['return js_parse_error(s, "invalid redefinition of global identifier")', 'return js_parse_redeclared(s, name)'],
  ['static int js_parse_error_reserved_identifier(JSParseState *s)\n', `static int js_parse_redeclared(JSParseState *s, JSAtom name)
{
    char buf[ATOM_GET_STR_BUF_SIZE];
    return js_parse_error(s, "Identifier '%s' has already been declared", JS_AtomGetStr(s->ctx, buf, sizeof(buf), name));
}

static int js_parse_error_reserved_identifier(JSParseState *s)
`],
  syntax("expected '}' after template expression", 'Unterminated template literal'),
  syntax('class statement requires a name', "Unexpected token '{'"),
  syntax('property constructor appears more than once', 'A class may only have one constructor'),
  syntax('duplicate __proto__ property name', 'Duplicate __proto__ fields are not allowed in object literals'),
  syntax('invalid for in/of left hand-side', 'Invalid left-hand side in for-loop'),
  ['            return js_parse_error(s, "invalid increment/decrement operand");\n', '            return js_parse_error(s, "Invalid left-hand side expression in %s operation", s->last_ptr && s->last_ptr > s->token.ptr - 3 ? "postfix" : "prefix");\n'],
  syntax('invalid destructuring target', 'Invalid destructuring assignment target').concat(3),
  syntax('invalid assignment left-hand side', 'Invalid left-hand side in assignment'),
  syntax('invalid lvalue in strict mode', 'Unexpected eval or arguments in strict mode'),
  syntax('invalid variable name in strict mode', 'Unexpected eval or arguments in strict mode'),
  syntax('invalid argument name in strict code', 'Unexpected eval or arguments in strict mode'),
  syntax('invalid function name in strict code', 'Unexpected eval or arguments in strict mode'),
  syntax("invalid lexical variable name 'let'", 'let is disallowed as a lexically bound name'),
  syntax("'let' is not a valid lexical identifier", 'let is disallowed as a lexically bound name').concat(2),
  syntax('rest element must be the last one', 'Rest element must be last element'),
  syntax('assignment rest property must be last', 'Rest element must be last element'),
  syntax("'arguments' identifier is not allowed in class field initializer", "'arguments' is not allowed in class field initializer or static initialization block"),
  syntax('new.target only allowed within functions', 'new.target expression is not allowed here'),
  syntax('super() is only valid in a derived class constructor', "'super' keyword unexpected here"),
  syntax("'super' is only valid in a method", "'super' keyword unexpected here"),
  syntax("invalid use of 'super'", "'super' keyword unexpected here"),
  syntax('import.meta only valid in module code', "Cannot use 'import.meta' outside a module"),
  syntax('template literal cannot appear in an optional chain', 'Invalid tagged template on optional chain'),
  syntax('cannot delete a direct reference in strict mode', 'Delete of an unqualified identifier in strict mode.'),
  syntax('cannot delete a private class field', 'Private fields can not be deleted'),
  syntax("unexpected 'await' keyword", 'await is only valid in async functions and the top level bodies of modules'),
  syntax("unparenthesized unary expression can't appear on the left-hand side of '**'", 'Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence'),
  syntax('continue must be inside loop', "Illegal continue statement: no surrounding iteration statement"),
  syntax('break must be inside loop or switch', 'Illegal break statement'),
  syntax('break/continue label not found', 'Undefined label'),
  syntax('missing initializer for variable', 'Missing initializer in const declaration'),
  syntax('duplicate label name', 'Label has already been declared'),
  syntax('return not in a function', 'Illegal return statement'),
  syntax('return in a static initializer block', 'Illegal return statement'),
  syntax('line terminator not allowed after throw', 'Illegal newline after throw'),
  syntax("lexical declarations can't appear in single-statement context", 'Lexical declaration cannot appear in a single-statement context').concat(3),
  syntax('duplicate default', 'More than one default clause in switch statement'),
  syntax('expecting catch or finally', 'Missing catch or finally after try'),
  syntax('invalid keyword: with', "Strict mode code may not include a with statement"),
  syntax('function name expected', 'Function statements require a function name'),
  syntax('for await is only valid in asynchronous functions', 'for await (... of ...) is only valid in async functions and the top level bodies of modules'),
  ['"\\"use strict\\" not allowed in function with default or destructuring parameter"', `"Illegal 'use strict' directive in function with non-simple parameter list"`],
  ['                    return js_parse_error(s, "Too many arguments in function call', '                    return js_parse_error(s, "Too many arguments in function call'],
  ['js_parse_error(s, "variable name expected")', 'js_parse_unexpected_name(s, tok)', 2],
  ['js_parse_error(s, "identifier expected")', 'js_parse_unexpected(s)', 4],
  ['js_parse_error(s, "missing formal parameter")', 'js_parse_unexpected(s)'],
  ['js_parse_error(s, "invalid switch statement")', 'js_parse_unexpected(s)'],
  ['js_parse_error(s, "expected \'of\' or \'in\' in for control expression")', 'js_parse_unexpected(s)'],
  ['js_parse_error(s, "invalid number of arguments for getter or setter")', 'js_parse_error(s, func_type == JS_PARSE_FUNC_GETTER ? "Getter must not have any formal parameters." : "Setter must have exactly one formal parameter.")'],
  ['    return js_parse_error(s, "unsupported keyword: %s",\n                          JS_AtomGetStr(s->ctx, buf, sizeof(buf), atom));\n', '    if (atom == JS_ATOM_enum)\n        return js_parse_error(s, "Unexpected reserved word");\n    return js_parse_error(s, "Unexpected token \'%s\'", JS_AtomGetStr(s->ctx, buf, sizeof(buf), atom));\n'],
  syntax('private class field is already defined', 'Identifier has already been declared'),
  ["function declarations can't appear in single-statement context", 'In non-strict mode code, functions can only be declared at top level, inside a block, or as the body of an if statement.'],
  // Arguments.
  ['                arg_count++;\n                if (s->token.val == \')\')\n                    break;\n                /* accept a trailing comma before the \')\' */\n                if (js_parse_expect(s, \',\'))\n                    return -1;\n', `                arg_count++;
                if (s->token.val == ')')
                    break;
                if (s->token.val != ',')
                    return js_parse_error(s, "missing ) after argument list");
                /* accept a trailing comma before the ')' */
                if (next_token(s))
                    return -1;
`],
  ['    return JS_ThrowSyntaxErrorAtom(ctx, "redeclaration of \'%s\'", prop);\n', '    return JS_ThrowSyntaxErrorAtom(ctx, "Identifier \'%s\' has already been declared", prop);\n'],
  ['        JS_ThrowSyntaxErrorAtom(ctx, "undefined private field \'%s\'",\n', '        JS_ThrowSyntaxErrorAtom(ctx, "Private field \'%s\' must be declared in an enclosing class",\n'],
];
