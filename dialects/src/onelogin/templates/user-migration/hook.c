/*
 * Runs when somebody logs in whom nobody knows yet: the context comes on stdin as JSON, the response goes to stdout, and stderr is the log.
 * An exit code other than 0 is a failure, and the hook's on_error then decides.
 *
 * This is a beginning without a JSON library: it knows one user, by the text of the context. Put a parser and a directory in.
 */
#include <stdio.h>
#include <string.h>

static char context[256 * 1024 + 1];

int main(void) {
    size_t length = fread(context, 1, sizeof context - 1, stdin);
    if (ferror(stdin) || !feof(stdin)) {
        fprintf(stderr, "the context cannot be read, or is too long\n");
        return 1;
    }
    context[length] = '\0';
    if (strstr(context, "\"ada@example.com\"") == NULL || strstr(context, "\"correct horse battery staple\"") == NULL) {
        fprintf(stderr, "not migrated\n");
        return puts("{\"success\": false, \"user\": null}") < 0;
    }
    fprintf(stderr, "migrated\n");
    return puts("{\"success\": true, \"user\": {\"username\": \"ada@example.com\", \"password\": \"correct horse battery staple\", "
                "\"firstname\": \"Ada\", \"lastname\": \"Lovelace\", \"email\": \"ada@example.com\"}}") < 0;
}
