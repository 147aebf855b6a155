/*
 * Runs at every login, after the user name and before the password: the context comes on stdin as JSON, the response goes to stdout,
 * and stderr is the log. An exit code other than 0 is a failure, and the hook's on_error then decides.
 *
 * This is a beginning without a JSON library: it looks for texts. Put a parser in before you decide by more than that.
 */
#include <stdio.h>
#include <string.h>

static char context[256 * 1024 + 1];

/* The number behind the first `"policy_id":`; -1 where there is none. */
static long policy(const char *text) {
    const char *found = strstr(text, "\"policy_id\"");
    long number = -1;
    if (found == NULL || sscanf(found + strlen("\"policy_id\""), " : %ld", &number) != 1) {
        return -1;
    }
    return number;
}

int main(void) {
    size_t length = fread(context, 1, sizeof context - 1, stdin);
    if (ferror(stdin) || !feof(stdin)) {
        fprintf(stderr, "the context cannot be read, or is too long\n");
        return 1;
    }
    context[length] = '\0';
    if (strstr(context, "\"blocked@") != NULL) {
        fprintf(stderr, "denied\n");
        return puts("{\"success\": false, \"user\": null}") < 0;
    }
    long number = policy(context);
    if (number < 0) {
        fprintf(stderr, "the user has no policy_id\n");
        return 1;
    }
    fprintf(stderr, "allowed with policy %ld\n", number);
    return printf("{\"success\": true, \"user\": {\"policy_id\": %ld}}\n", number) < 0;
}
