// Changes of QuickJS's source: errors say what V8's say. Where the text needs to know the value or the source, messages.c makes it.

const text = (from, to, times = 1) => [`"${from}"`, `"${to}"`, times];

export const messages = [
  ['#define ATOM_GET_STR_BUF_SIZE 64\n', '#define ATOM_GET_STR_BUF_SIZE 256\n'],
  ['    char buf[256];\n\n    vsnprintf(buf, sizeof(buf), fmt, ap);\n    return JS_MakeError2(', '    char buf[512];\n\n    vsnprintf(buf, sizeof(buf), fmt, ap);\n    return JS_MakeError2('],
  ['static int _JS_AddIntrinsicCallSite(JSContext *ctx);\n', `static int _JS_AddIntrinsicCallSite(JSContext *ctx);
static JSValue throw_about(JSContext *ctx, JSErrorEnum kind, const char *text, JSAtom name, JSValueConst value);
static JSValue throw_value(JSContext *ctx, JSErrorEnum kind, const char *text, JSValueConst value);
static int refuse(JSContext *ctx, int flags, const char *text, JSAtom name, JSValueConst value);
static int refuse_read_only(JSContext *ctx, int flags, JSAtom name, JSValueConst object);
static int refuse_primitive(JSContext *ctx, int flags, JSAtom name, JSValueConst value);
static JSValue throw_nullish(JSContext *ctx, bool sets, JSAtom name, JSValueConst value);
static JSValue throw_not_callable(JSContext *ctx, JSValueConst value, bool called, bool constructs);
static JSValue throw_not_function(JSContext *ctx, JSValueConst value);
static JSValue throw_not_iterable(JSContext *ctx, JSValueConst value);
static JSValue throw_not_destructurable(JSContext *ctx, JSValueConst value);
static JSValue throw_incompatible(JSContext *ctx, const char *class, JSValueConst receiver);
static JSValue throw_requires(JSContext *ctx, const char *class);
static JSValue throw_called_on_nullish(JSContext *ctx, const char *class);
static JSValue throw_requires_new(JSContext *ctx);
static JSValue throw_no_object(JSContext *ctx);
static JSValue throw_class_without_new(JSContext *ctx, JSValueConst func);
static JSValue JS_ThrowTypeErrorInvalidClass(JSContext *ctx, int class_id);
static JSValue JS_ThrowTypeErrorNotAnObject(JSContext *ctx);
`],
  // Calls.
  { from: 'static JSValue JS_ThrowTypeErrorNotAConstructor(JSContext *ctx,\n', to: 'static JSValue JS_ThrowTypeErrorNotASymbol(JSContext *ctx)\n', put: `static JSValue JS_ThrowTypeErrorNotAConstructor(JSContext *ctx,
                                                JSValueConst func_obj)
{
    return throw_not_callable(ctx, func_obj, false, true);
}

static JSValue JS_ThrowTypeErrorNotAFunction(JSContext *ctx)
{
    return JS_ThrowTypeError(ctx, "not a function");
}

static JSValue JS_ThrowTypeErrorNotASymbol(JSContext *ctx)
` },
  { from: 'static JSValue JS_ThrowTypeErrorInvalidClass(JSContext *ctx, int class_id)\n{\n', to: '    return JS_ThrowTypeErrorAtom(ctx, "%s object expected", name);\n}\n', put: '' },
  ['            return JS_ThrowTypeErrorNotAFunction(caller_ctx);\n', '            return throw_not_callable(caller_ctx, func_obj, !(flags & (JS_CALL_FLAG_COPY_ARGV | JS_CALL_FLAG_GENERATOR)), false);\n'],
  ['        return JS_ThrowTypeErrorNotAConstructor(ctx, func_obj);\n    if (unlikely(p->class_id != JS_CLASS_BYTECODE_FUNCTION)) {\n', '        return throw_not_callable(ctx, func_obj, !(flags & JS_CALL_FLAG_COPY_ARGV), true);\n    if (unlikely(p->class_id != JS_CLASS_BYTECODE_FUNCTION)) {\n'],
  ['        not_a_function:\n            return JS_ThrowTypeErrorNotAFunction(ctx);\n', '        not_a_function:\n            return throw_not_callable(ctx, func_obj, !(flags & JS_CALL_FLAG_COPY_ARGV), true);\n'],
  ['                sf->cur_pc = pc;\n\n                ret_val = js_function_apply(', `                sf->cur_pc = pc;
                if (unlikely(JS_VALUE_GET_TAG(sp[-3]) != JS_TAG_OBJECT || !(magic & 1 ? JS_IsConstructor(ctx, sp[-3]) : JS_IsFunction(ctx, sp[-3])))) {
                    throw_not_callable(ctx, sp[-3], true, magic & 1);
                    goto exception;
                }

                ret_val = js_function_apply(`],
  ['        return 0;\n    JS_ThrowTypeErrorNotAFunction(ctx);\n    return -1;\n', '        return 0;\n    throw_not_function(ctx, obj);\n    return -1;\n'],
  ['            non_ctor_call:\n                JS_ThrowTypeError(ctx, "class constructors must be invoked with \'new\'");\n', '            non_ctor_call:\n                rt->current_stack_frame = sf->prev_frame;\n                throw_class_without_new(caller_ctx, sf->cur_func);\n                if (sf->prev_frame && needs_trace(rt->current_exception))\n                    build_backtrace(caller_ctx, rt->current_exception, JS_UNDEFINED, NULL, 0, 0, 0);\n                rt->current_stack_frame = sf;\n'],
  text('derived class constructor must return an object or undefined', 'Derived constructors may only return object or undefined'),
  ['                ret_val = JS_ThrowTypeError(ctx, "must be called with new");\n', '                ret_val = throw_requires_new(ctx);\n'],
  [/JS_ThrowTypeError\(ctx, "[cC]onstructor requires 'new'"\)/g, 'throw_requires_new(ctx)', 5],
  text('abstract class not constructable', 'Abstract class Iterator not directly constructable'),
  // Properties.
  ['            return JS_ThrowTypeErrorAtom(ctx, "cannot read property \'%s\' of null", prop);\n', '            return throw_nullish(ctx, false, prop, obj);\n'],
  ['            return JS_ThrowTypeErrorAtom(ctx, "cannot read property \'%s\' of undefined", prop);\n', '            return throw_nullish(ctx, false, prop, obj);\n'],
  ['            JS_ThrowTypeErrorAtom(ctx, "cannot read property \'%s\' of null", atom);\n', '            throw_nullish(ctx, false, atom, JS_NULL);\n'],
  ['            JS_ThrowTypeErrorAtom(ctx, "cannot read property \'%s\' of undefined", atom);\n', '            throw_nullish(ctx, false, atom, JS_UNDEFINED);\n'],
  ['        JS_ThrowTypeErrorAtom(ctx, "cannot set property \'%s\' of null", prop);\n', '        throw_nullish(ctx, true, prop, this_obj);\n'],
  ['        JS_ThrowTypeErrorAtom(ctx, "cannot set property \'%s\' of undefined", prop);\n', '        throw_nullish(ctx, true, prop, this_obj);\n'],
  ['        JS_ThrowTypeErrorAtom(ctx, "\'%s\' is read-only", atom);\n        return -1;\n', '        return refuse_read_only(ctx, JS_PROP_THROW, atom, JS_UNDEFINED);\n'],
  ['        return JS_ThrowTypeErrorReadOnly(ctx, flags, JS_ATOM_length);\n\n    if (likely(p->fast_array)) {\n', '        return refuse_read_only(ctx, flags, JS_ATOM_length, JS_MKPTR(JS_TAG_OBJECT, p));\n\n    if (likely(p->fast_array)) {\n'],
  ['                JS_FreeValue(ctx, val);\n                return JS_ThrowTypeErrorReadOnly(ctx, flags, JS_ATOM_length);\n', '                JS_FreeValue(ctx, val);\n                return refuse(ctx, flags, "Cannot add property %n, object is not extensible", __JS_AtomFromUInt32(new_len - 1), JS_UNDEFINED);\n'],
  ['                        return JS_ThrowTypeErrorReadOnly(ctx, flags, JS_ATOM_length);\n', '                        return refuse(ctx, flags, "Cannot define property %n, object is not extensible", prop, JS_UNDEFINED);\n'],
  ['            ret = JS_ThrowTypeErrorReadOnly(ctx, flags, prop);\n            goto done;\n', '            ret = refuse_read_only(ctx, flags, prop, this_obj);\n            goto done;\n'],
  ['        ret = JS_ThrowTypeErrorOrFalse(ctx, flags, "not an object");\n', '        ret = refuse_primitive(ctx, flags, prop, this_obj);\n'],
  ['            ret = JS_ThrowTypeErrorOrFalse(ctx, flags, "object is not extensible");\n', '            ret = refuse(ctx, flags, "Cannot add property %n, object is not extensible", prop, JS_UNDEFINED);\n', 2],
  ['        return JS_ThrowTypeErrorOrFalse(ctx, flags, "object is not extensible");\n', '        return refuse(ctx, flags, "Cannot define property %n, object is not extensible", prop, JS_UNDEFINED);\n'],
  ['            return JS_ThrowTypeErrorOrFalse(ctx, flags, "property is not configurable");\n        }\n\n        if ((prs->flags & JS_PROP_TMASK) == JS_PROP_AUTOINIT) {\n', '            return refuse(ctx, flags, "Cannot redefine property: %n", prop, JS_UNDEFINED);\n        }\n\n        if ((prs->flags & JS_PROP_TMASK) == JS_PROP_AUTOINIT) {\n'],
  [/call_setter\(ctx, pr->u\.getset\.setter, this_obj, val, flags\)/g, 'call_setter(ctx, pr->u.getset.setter, this_obj, val, flags, prop)', 2],
  ['                                ret = call_setter(ctx, setter, this_obj, val, flags);\n', '                                ret = call_setter(ctx, setter, this_obj, val, flags, prop);\n'],
  ['static int call_setter(JSContext *ctx, JSObject *setter,\n                       JSValueConst this_obj, JSValue val, int flags)\n{\n    JSValue ret, func;\n    if (likely(setter)) {\n', 'static int call_setter(JSContext *ctx, JSObject *setter,\n                       JSValueConst this_obj, JSValue val, int flags, JSAtom name)\n{\n    JSValue ret, func;\n    if (likely(setter)) {\n'],
  ['            JS_ThrowTypeError(ctx, "no setter for property");\n            return -1;\n', '            return refuse(ctx, JS_PROP_THROW, "Cannot set property %n of %v which has only a getter", name, this_obj);\n'],
  ['        JS_ThrowTypeError(ctx, "could not delete property");\n        return -1;\n', '        return refuse(ctx, JS_PROP_THROW, JS_IsProxy(obj) ? "\'deleteProperty\' on proxy: trap returned falsish for property \'%n\'" : "Cannot delete property \'%n\' of %v", prop, obj);\n'],
  ['    return JS_ThrowTypeErrorAtom(ctx, "private class field \'%s\' does not exist",\n                                 atom);\n', '    return throw_about(ctx, JS_TYPE_ERROR, "Cannot read private member %n from an object whose class did not declare it", atom, JS_UNDEFINED);\n'],
  ['    if (!prs) {\n        JS_ThrowTypeErrorPrivateNotFound(ctx, prop);\n    fail:\n', '    if (!prs) {\n        throw_about(ctx, JS_TYPE_ERROR, "Cannot write private member %n to an object whose class did not declare it", prop, JS_UNDEFINED);\n    fail:\n'],
  ['        JS_ThrowTypeErrorAtom(ctx, "private class field \'%s\' already exists",\n                              prop);\n', '        throw_about(ctx, JS_TYPE_ERROR, "Cannot initialize %n twice on the same object", prop, JS_UNDEFINED);\n'],
  text('private method is already present', 'Cannot initialize private methods of class twice on the same object'),
  text('invalid brand on object', 'Object must be an instance of class'),
  text("invalid property access", "'caller', 'callee', and 'arguments' properties may not be accessed on strict mode functions or the arguments objects for calls to them"),
  // Names.
  ['    return JS_ThrowReferenceError(ctx, "%s is not initialized",\n                                  name == JS_ATOM_NULL ? "lexical variable" :\n                                  JS_AtomGetStr(ctx, buf, sizeof(buf), name));\n', `    if (name == JS_ATOM_this || name == JS_ATOM_NULL)
        return JS_ThrowReferenceError(ctx, "Must call super constructor in derived class before accessing 'this' or returning from derived constructor");
    return JS_ThrowReferenceError(ctx, "Cannot access '%s' before initialization",
                                  JS_AtomGetStr(ctx, buf, sizeof(buf), name));
`],
  text("unsupported reference to 'super'", "Unsupported reference to 'super'"),
  text('iterator does not have a throw method', "The iterator does not provide a 'throw' method"),
  // Classes, operators, conversions.
  ['                JS_ThrowTypeError(ctx, "parent class must be constructor");\n', '                throw_value(ctx, JS_TYPE_ERROR, "Class extends value %v is not a constructor or null", parent_class);\n'],
  ['                JS_ThrowTypeError(ctx, "parent prototype must be an object or null");\n', '                throw_value(ctx, JS_TYPE_ERROR, "Class extends value does not have valid prototype property %v", parent_proto);\n'],
  ['        JS_ThrowTypeError(ctx, "invalid \'instanceof\' right operand");\n', `        JS_ThrowTypeError(ctx, JS_IsObject(obj) ? "Right-hand side of 'instanceof' is not callable" : "Right-hand side of 'instanceof' is not an object");\n`],
  ["        JS_ThrowTypeError(ctx, \"operand 'prototype' property is not an object\");\n", `        throw_value(ctx, JS_TYPE_ERROR, "Function has non-object prototype '%v' in instanceof check", obj_proto);\n`],
  ['    if (JS_VALUE_GET_TAG(op2) != JS_TAG_OBJECT) {\n        JS_ThrowTypeError(ctx, "invalid \'in\' operand");\n        return -1;\n    }\n    atom = JS_ValueToAtom(ctx, op1);\n', `    if (JS_VALUE_GET_TAG(op2) != JS_TAG_OBJECT) {
        atom = JS_ValueToAtomInternal(ctx, op1, JS_TO_STRING_NO_SIDE_EFFECTS);
        throw_about(ctx, JS_TYPE_ERROR, "Cannot use 'in' operator to search for '%n' in %v", atom, op2);
        JS_FreeAtom(ctx, atom);
        return -1;
    }
    atom = JS_ValueToAtom(ctx, op1);
`],
  ['        JS_ThrowTypeError(ctx, "invalid \'in\' operand");\n        return -1;\n    }\n    if (JS_IsObject(op2)) {\n', `        JSAtom atom = JS_IsObject(op2) ? JS_ATOM_NULL : JS_ValueToAtom(ctx, op2);
        throw_about(ctx, JS_TYPE_ERROR, atom == JS_ATOM_NULL ? "Cannot use 'in' operator to search for a private method in %v" :
                    "Cannot use 'in' operator to search for '%n' in %v", atom, op1);
        JS_FreeAtom(ctx, atom);
        return -1;
    }
    if (JS_IsObject(op2)) {
`],
  [/JS_ThrowTypeError\(ctx, "toPrimitive"\)/g, 'JS_ThrowTypeError(ctx, "Cannot convert object to primitive value")', 2],
  // Arithmetic is done by instructions, and conversion by functions.
  ['return JS_ThrowTypeError(ctx, "cannot convert BigInt to number");', 'return JS_ThrowTypeError(ctx, ctx->rt->current_stack_frame && JS_GetFunctionBytecode(ctx->rt->current_stack_frame->cur_func) ? "Cannot mix BigInt and other types, use explicit conversions" : "Cannot convert a BigInt value to a number");'],
  text('bigint argument with unary +', 'Cannot convert a BigInt value to a number', 2),
  text('cannot convert symbol to number', 'Cannot convert a Symbol value to a number'),
  text('cannot convert symbol to string', 'Cannot convert a Symbol value to a string'),
  ['return JS_ThrowTypeError(ctx, "null or undefined are forbidden");', 'return throw_called_on_nullish(ctx, "String");'],
  text('BigInt operands are forbidden for >>>', 'BigInts have no unsigned right shift, use >> instead'),
  text('BigInt division by zero', 'Division by zero'),
  text('BigInt negative exponent', 'Exponent must be non-negative'),
  text('BigInt is too large to allocate', 'Maximum BigInt size exceeded', 4),
  text('BigInt is too large', 'Maximum BigInt size exceeded'),
  text('value has no property', 'Cannot convert undefined or null to object'),
  // Iteration.
  ['        JS_FreeValue(ctx, method);\n        return JS_ThrowTypeError(ctx, "value is not iterable");\n    }\n    ret = JS_GetIterator2(', '        JS_FreeValue(ctx, method);\n        return throw_not_iterable(ctx, obj);\n    }\n    ret = JS_GetIterator2('],
  ['    } else {\n        method = JS_GetProperty(ctx, obj, JS_ATOM_Symbol_iterator);\n        if (JS_IsException(method))\n            return method;\n    }\n    if (!JS_IsFunction(ctx, method)) {\n', `    } else {
        if (JS_IsUndefined(obj) || JS_IsNull(obj))
            return throw_not_iterable(ctx, obj);
        method = JS_GetProperty(ctx, obj, JS_ATOM_Symbol_iterator);
        if (JS_IsException(method))
            return method;
    }
    if (!JS_IsFunction(ctx, method)) {
`],
  ['    if (is_async) {\n        method = JS_GetProperty(ctx, obj, JS_ATOM_Symbol_asyncIterator);\n        if (JS_IsException(method))\n            return method;\n', `    if (is_async) {
        if (JS_IsUndefined(obj) || JS_IsNull(obj))
            return throw_not_iterable(ctx, obj);
        method = JS_GetProperty(ctx, obj, JS_ATOM_Symbol_asyncIterator);
        if (JS_IsException(method))
            return method;
`],
  ['            sync_iter = JS_GetIterator2(ctx, obj, method);\n', `            if (!JS_IsFunction(ctx, method)) {
                JS_FreeValue(ctx, method);
                return throw_not_iterable(ctx, obj);
            }
            sync_iter = JS_GetIterator2(ctx, obj, method);
`],
  ['        JS_FreeValue(ctx, enum_obj);\n        return JS_ThrowTypeErrorNotAnObject(ctx);\n    }\n    return enum_obj;\n', '        JS_FreeValue(ctx, enum_obj);\n        return JS_ThrowTypeError(ctx, "Result of the Symbol.iterator method is not an object");\n    }\n    return enum_obj;\n'],
  ['        JS_FreeValue(ctx, obj);\n        JS_ThrowTypeError(ctx, "iterator must return an object");\n', '        throw_value(ctx, JS_TYPE_ERROR, "Iterator result %v is not an object", obj);\n        JS_FreeValue(ctx, obj);\n'],
  ['        JS_ThrowTypeError(ctx, "iterator must return an object");\n        return -1;\n    }\n', '        throw_value(ctx, JS_TYPE_ERROR, "Iterator result %v is not an object", obj);\n        return -1;\n    }\n'],
  ['            if (unlikely(!JS_IsObject(sp[-1]))) {\n                JS_ThrowTypeErrorNotAnObject(ctx);\n', '            if (unlikely(!JS_IsObject(sp[-1]))) {\n                throw_value(ctx, JS_TYPE_ERROR, "Iterator result %v is not an object", sp[-1]);\n'],
  ['    iterator = JS_GetProperty(ctx, sp[-1], JS_ATOM_Symbol_iterator);\n    if (JS_IsException(iterator))\n        return -1;\n', `    if (JS_IsUndefined(sp[-1]) || JS_IsNull(sp[-1])) {
        throw_not_iterable(ctx, sp[-1]);
        return -1;
    }
    iterator = JS_GetProperty(ctx, sp[-1], JS_ATOM_Symbol_iterator);
    if (JS_IsException(iterator))
        return -1;
`],
  ['                sf->cur_pc = pc;\n                ret_val = JS_ToObject(ctx, sp[-1]);\n                if (JS_IsException(ret_val))\n                    goto exception;\n                JS_FreeValue(ctx, sp[-1]);\n', `                sf->cur_pc = pc;
                if (JS_IsUndefined(sp[-1]) || JS_IsNull(sp[-1])) {
                    throw_not_destructurable(ctx, sp[-1]);
                    goto exception;
                }
                ret_val = JS_ToObject(ctx, sp[-1]);
                if (JS_IsException(ret_val))
                    goto exception;
                JS_FreeValue(ctx, sp[-1]);
`],
  ['                if (!JS_IsObject(item)) {\n                    JS_ThrowTypeErrorNotAnObject(ctx);\n', '                if (!JS_IsObject(item)) {\n                    throw_value(ctx, JS_TYPE_ERROR, "Iterator value %v is not an entry object", item);\n'],
  ['        if (!JS_IsObject(item)) {\n            JS_ThrowTypeErrorNotAnObject(ctx);\n', '        if (!JS_IsObject(item)) {\n            throw_value(ctx, JS_TYPE_ERROR, "Iterator value %v is not an entry object", item);\n'],
  text('cannot invoke a running generator', 'Generator is already running'),
  ['    if (!s)\n        return JS_ThrowTypeError(ctx, "not a generator");\n', '    if (!s)\n        return JS_ThrowTypeErrorInvalidClass(ctx, JS_CLASS_GENERATOR);\n'],
  ['            return JS_ThrowTypeErrorNotAnObject(ctx);\n    }\n    return JS_GetPrototype(ctx, val);\n', '            return magic ? JS_ThrowTypeErrorNotAnObject(ctx) : JS_ThrowTypeError(ctx, "Cannot convert undefined or null to object");\n    }\n    return JS_GetPrototype(ctx, val);\n'],
  ['    JSValueConst obj = argv[0];\n    if (JS_SetPrototypeInternal(ctx, obj, argv[1], true) < 0)\n', '    JSValueConst obj = argv[0];\n    if (JS_IsUndefined(obj) || JS_IsNull(obj))\n        return JS_ThrowTypeError(ctx, "Object.setPrototypeOf called on null or undefined");\n    if (!JS_IsObject(argv[1]) && !JS_IsNull(argv[1]))\n        return throw_value(ctx, JS_TYPE_ERROR, "Object prototype may only be an Object or null: %v", argv[1]);\n    if (JS_SetPrototypeInternal(ctx, obj, argv[1], true) < 0)\n'],
  ['        return JS_ThrowTypeError(ctx, "Cannot convert undefined or null to object");\n    case JS_TAG_OBJECT:\n', '        return throw_no_object(ctx);\n    case JS_TAG_OBJECT:\n'],
  // Objects.
  text("object is not extensible", '#<Object> is not extensible', 3),
  text("'Immutable prototype object \\'Object.prototype\\' cannot have their prototype set'", "Immutable prototype object 'Object.prototype' cannot have their prototype set"),
  text('circular prototype chain', 'Cyclic __proto__ value'),
  ['JS_ThrowTypeError(ctx, "Property description must be an object");', 'throw_value(ctx, JS_TYPE_ERROR, "Property description must be an object: %v", desc);'],
  ['JS_ThrowTypeError(ctx, "Getter must be a function");', 'throw_value(ctx, JS_TYPE_ERROR, "Getter must be a function: %v", getter);'],
  ['JS_ThrowTypeError(ctx, "Setter must be a function");', 'throw_value(ctx, JS_TYPE_ERROR, "Setter must be a function: %v", setter);'],
  ['JS_ThrowTypeError(ctx, "Invalid property descriptor. Cannot both specify accessors and a value or writable attribute");', 'throw_value(ctx, JS_TYPE_ERROR, "Invalid property descriptor. Cannot both specify accessors and a value or writable attribute, %v", desc);'],
  ['JS_ThrowTypeError(ctx, "object prototype may only be an Object or null");', 'throw_value(ctx, JS_TYPE_ERROR, "Object prototype may only be an Object or null: %v", proto);'],
  ['        JS_ThrowTypeError(ctx, "not a object");\n', '        JS_ThrowTypeError(ctx, "CreateListFromArrayLike called on non-object");\n'],
  text('cannot freeze resizable typed array', 'Cannot freeze array buffer views with elements'),
  // Arrays.
  text('invalid array length', 'Invalid array length', 4),
  text('Array loo long', 'Invalid array length', 4),
  text('Array too long', 'Invalid array length'),
  text('empty array', 'Reduce of empty array with no initial value'),
  ['JS_ThrowRangeError(ctx, "invalid array index: %" PRId64, idx);', 'JS_ThrowRangeError(ctx, "Invalid index : %" PRId64, idx);'],
  // Numbers and strings.
  ['        return JS_ThrowRangeError(ctx, "invalid number of digits");\n    if (fabs(d) >= 1e21)\n', '        return JS_ThrowRangeError(ctx, "toFixed() digits argument must be between 0 and 100");\n    if (fabs(d) >= 1e21)\n'],
  ['            return JS_ThrowRangeError(ctx, "invalid number of digits");\n        f++;\n', '            return JS_ThrowRangeError(ctx, "toExponential() argument must be between 0 and 100");\n        f++;\n'],
  ['        return JS_ThrowRangeError(ctx, "invalid number of digits");\n    return js_dtoa2(ctx, d, 10, p,', '        return JS_ThrowRangeError(ctx, "toPrecision() argument must be between 1 and 100");\n    return js_dtoa2(ctx, d, 10, p,'],
  text('invalid string length', 'Invalid string length', 6),
  text('string too long', 'Invalid string length', 2),
  ['        JS_ThrowRangeError(ctx, "invalid repeat count");\n', '        throw_value(ctx, JS_RANGE_ERROR, "Invalid count value: %v", argv[0]);\n'],
  text('bad normalization form', 'The normalization form should be one of NFC, NFD, NFKC, NFKD.'),
  ['            JS_ThrowTypeError(ctx, "regexp must have the \'g\' flag");\n', '            throw_value(ctx, JS_TYPE_ERROR, "String.prototype.%m called with a non-global RegExp argument", JS_UNDEFINED);\n'],
  ['            JS_ThrowTypeError(ctx, "regexp not supported");\n', '            throw_value(ctx, JS_TYPE_ERROR, "First argument to String.prototype.%m must not be a regular expression", JS_UNDEFINED);\n'],
  ['return JS_ThrowTypeError(ctx, "not a number");\n', 'return throw_requires(ctx, "Number");\n'],
  ['return JS_ThrowTypeError(ctx, "not a boolean");\n', 'return throw_requires(ctx, "Boolean");\n'],
  ['return JS_ThrowTypeError(ctx, "not a BigInt");\n', 'return throw_requires(ctx, "BigInt");\n'],
  ['    return JS_ThrowTypeError(ctx, "not a symbol");\n}\n\nstatic JSValue js_symbol_toString', '    return throw_requires(ctx, "Symbol");\n}\n\nstatic JSValue js_symbol_toString'],
  ['        return JS_ThrowTypeError(ctx, "cannot convert to object");\n', '        return throw_called_on_nullish(ctx, "String");\n', 3],
  // Dates, URIs, JSON.
  text('Date value is NaN', 'Invalid time value'),
  text('not a Date object', 'this is not a Date object.', 2),
  ['return JS_ThrowTypeError(ctx, "invalid hint");', 'return throw_value(ctx, JS_TYPE_ERROR, "Invalid hint: %v", argv[0]);'],
  text('BigInt are forbidden in JSON.stringify', 'Do not know how to serialize a BigInt'),
  // Collections and promises.
  ['return JS_ThrowTypeError(ctx, "invalid value used as %s key", is_set ? "WeakSet" : "WeakMap");', 'return is_set ? JS_ThrowTypeError(ctx, "Invalid value used in weak set") : JS_ThrowTypeError(ctx, "Invalid value used as weak map key");'],
  text('promise self resolution', 'Chaining cycle detected for promise #<Promise>'),
  // Proxies and buffers.
  ['return JS_ThrowTypeError(ctx, "revoked proxy");', `return JS_ThrowTypeError(ctx, "Cannot perform operation on a proxy that has been revoked");`],
  text('ArrayBuffer is detached', 'Cannot perform operation on a detached ArrayBuffer', 1),
  text('invalid array buffer length', 'Invalid array buffer length', 5),
  text('invalid target', 'WeakRef: invalid target', 2),
];
