// Changes of QuickJS's regular expressions, libregexp.c.

export const regexps = [
  // Names may be used again in another alternative. There are 255 scopes for them, so that one without a group has none of its own.
  ['    uint8_t group_name_scope;\n', '    uint8_t group_name_scope;\n    size_t names_in_scope;\n'],
  ['        if (re_has_named_captures(s) && s->group_name_scope == GROUP_NAME_SCOPE_MAX)\n            return re_parse_error(s, "too many named groups");\n\n        s->group_name_scope++;\n', `        if (s->group_names.size != s->names_in_scope) {
            if (re_has_named_captures(s) && s->group_name_scope == GROUP_NAME_SCOPE_MAX)
                return re_parse_error(s, "too many named groups");
            s->group_name_scope++;
            s->names_in_scope = s->group_names.size;
        }
`],
];
