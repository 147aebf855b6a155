//! What the OpenAPI file says of each operation, beyond what the route table knows.

/// An operation, as its readers are told.
#[derive(Debug)]
pub(super) struct Doc {
    /// The operation's id in the route table.
    pub(super) operation: &'static str,
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    /// Names of query parameters in the components.
    pub(super) query: &'static [&'static str],
    /// The schema of the body.
    pub(super) request: Option<&'static str>,
    /// Whether an empty body is as good as an empty object.
    pub(super) optional: bool,
    /// Status, meaning and schema of the answers that are no errors, or errors of a shape of their own.
    pub(super) answers: &'static [(u16, &'static str, Option<&'static str>)],
    /// Errors that the route table does not foretell.
    pub(super) errors: &'static [u16],
    /// Whether the answer is a stream of such values, one a line.
    pub(super) lines: bool,
    /// Whether the answer's headers tell about its page.
    pub(super) paged: bool,
}

const PAGE: &[&str] = &["limit", "page", "cursor"];
const HOOKS: &[&str] = &["type", "disabled", "limit", "page", "cursor"];
const LOGS: &[&str] = &["request_id", "correlation_id", "limit", "page", "cursor"];
const EXECUTIONS: &[&str] = &["request_id", "correlation_id", "outcome", "limit", "page", "cursor"];

const FOLLOW: &[&str] = &["request_id", "correlation_id", "outcome", "since", "limit"];

/// The schema of an answer that is no JSON.
pub(super) const BINARY: &str = "Binary";

const NONE: Doc = Doc {
    operation: "",
    tag: "",
    summary: "",
    query: &[],
    request: None,
    optional: false,
    answers: &[],
    errors: &[],
    lines: false,
    paged: false,
};

/// Every operation, in the order of the route table.
pub(super) static DOCS: &[Doc] = &[
    Doc { operation: "healthz", tag: "health", summary: "The process answers", answers: &[(200, "It does", Some("Healthy"))], ..NONE },
    Doc {
        operation: "readyz",
        tag: "health",
        summary: "The service can serve",
        answers: &[(200, "It can", Some("Ready")), (503, "It cannot, and why", Some("Unready"))],
        ..NONE
    },
    Doc {
        operation: "generateToken",
        tag: "tokens",
        summary: "Exchange a client id and secret for an access token",
        request: Some("TokenInput"),
        answers: &[(200, "The token, good for ten hours", Some("Token"))],
        ..NONE
    },
    Doc {
        operation: "generateTokenV1",
        tag: "tokens",
        summary: "The same in the envelope of the first version",
        request: Some("TokenInput"),
        answers: &[(200, "The token, good for ten hours", Some("TokenEnvelope"))],
        ..NONE
    },
    Doc {
        operation: "revokeToken",
        tag: "tokens",
        summary: "Make all tokens of the caller's credential worthless; the caller shows one of them",
        request: Some("RevokeInput"),
        answers: &[(200, "They are", Some("Revoked"))],
        errors: &[503],
        ..NONE
    },
    Doc {
        operation: "getRateLimit",
        tag: "tokens",
        summary: "What a client may still do in this hour: nothing is counted, so all of it",
        answers: &[(200, "The limit", Some("RateLimit"))],
        ..NONE
    },
    Doc {
        operation: "listHooks",
        tag: "hooks",
        summary: "List the account's hooks, oldest first",
        query: HOOKS,
        answers: &[(200, "A page of hooks", Some("HookList"))],
        paged: true,
        ..NONE
    },
    Doc {
        operation: "createHook",
        tag: "hooks",
        summary: "Make a hook; it is prepared afterwards, as its status tells",
        request: Some("HookInput"),
        answers: &[(201, "The hook", Some("Hook"))],
        errors: &[409],
        ..NONE
    },
    Doc {
        operation: "listEnvs",
        tag: "env vars",
        summary: "List the account's env vars, oldest first, without their values",
        query: PAGE,
        answers: &[(200, "A page of env vars", Some("EnvList"))],
        paged: true,
        ..NONE
    },
    Doc {
        operation: "createEnv",
        tag: "env vars",
        summary: "Make an env var, which hooks of the account may be linked to",
        request: Some("EnvInput"),
        answers: &[(201, "The env var", Some("Env"))],
        ..NONE
    },
    Doc {
        operation: "getEnv",
        tag: "env vars",
        summary: "Get an env var, without its value",
        answers: &[(200, "The env var", Some("Env"))],
        ..NONE
    },
    Doc {
        operation: "updateEnv",
        tag: "env vars",
        summary: "Give an env var a new value",
        request: Some("EnvValue"),
        answers: &[(200, "The env var", Some("Env"))],
        ..NONE
    },
    Doc {
        operation: "deleteEnv",
        tag: "env vars",
        summary: "Delete an env var, also from the hooks that are linked to it",
        answers: &[(204, "It is deleted", None)],
        errors: &[503],
        ..NONE
    },
    Doc { operation: "getHook", tag: "hooks", summary: "Get a hook", answers: &[(200, "The hook", Some("Hook"))], ..NONE },
    Doc {
        operation: "updateHook",
        tag: "hooks",
        summary: "Transaction a hook; the version before serves until the new one is ready",
        request: Some("HookUpdate"),
        answers: &[(200, "The hook", Some("Hook"))],
        errors: &[409],
        ..NONE
    },
    Doc {
        operation: "deleteHook",
        tag: "hooks",
        summary: "Delete a hook; its type is free again at once",
        answers: &[(202, "It is deleted", None)],
        errors: &[503],
        ..NONE
    },
    Doc {
        operation: "getHookLogs",
        tag: "hooks",
        summary: "List the log entries of a hook, newest first, one for each execution",
        query: LOGS,
        answers: &[(200, "A page of log entries", Some("LogList"))],
        paged: true,
        ..NONE
    },
    Doc {
        operation: "listAccounts",
        tag: "accounts",
        summary: "List the accounts of the server",
        query: PAGE,
        answers: &[(200, "A page of accounts", Some("AccountPage"))],
        ..NONE
    },
    Doc {
        operation: "createAccount",
        tag: "accounts",
        summary: "Make an account",
        request: Some("AccountInput"),
        optional: true,
        answers: &[(201, "The account", Some("Account"))],
        ..NONE
    },
    Doc { operation: "getAccount", tag: "accounts", summary: "Get an account", answers: &[(200, "The account", Some("Account"))], ..NONE },
    Doc {
        operation: "updateAccount",
        tag: "accounts",
        summary: "Transaction an account's name or settings",
        request: Some("AccountInput"),
        optional: true,
        answers: &[(200, "The account", Some("Account"))],
        ..NONE
    },
    Doc {
        operation: "listCredentials",
        tag: "accounts",
        summary: "List the credentials of the server, without their secrets",
        query: &["account_id", "limit", "page", "cursor"],
        answers: &[(200, "A page of credentials", Some("CredentialPage"))],
        ..NONE
    },
    Doc {
        operation: "createCredential",
        tag: "accounts",
        summary: "Make a credential; its secret is in this answer and nowhere else",
        request: Some("CredentialInput"),
        answers: &[(201, "The credential with its secret", Some("NewCredential"))],
        ..NONE
    },
    Doc {
        operation: "deleteCredential",
        tag: "accounts",
        summary: "Delete a credential; its tokens are worthless at once",
        answers: &[(204, "It is deleted", None)],
        errors: &[409, 503],
        ..NONE
    },
    Doc {
        operation: "backup",
        tag: "server",
        summary: "Get everything that the server keeps, as of one moment, in a file that `hookbox restore` reads; the master key is not in it",
        query: &["logs"],
        answers: &[(200, "The backup", Some(BINARY))],
        errors: &[409, 503],
        ..NONE
    },
    Doc {
        operation: "trigger",
        tag: "events",
        summary: "Fire an event: run the account's live hook of the type on the context in the body",
        request: Some("Context"),
        answers: &[
            (200, "The decision, whatever the outcome", Some("Answer")),
            (503, "There was no free slot before the timeout", Some("Answer")),
        ],
        ..NONE
    },
    Doc {
        operation: "listHooksV1",
        tag: "hooks",
        summary: "List the account's hooks, oldest first",
        query: HOOKS,
        answers: &[(200, "A page of hooks", Some("HookPage"))],
        ..NONE
    },
    Doc {
        operation: "getHookV1",
        tag: "hooks",
        summary: "Get a hook with its serving version and what its function is",
        answers: &[(200, "The hook", Some("HookDetail"))],
        ..NONE
    },
    Doc {
        operation: "fireHook",
        tag: "events",
        summary: "Run one hook, live or not, on a context",
        request: Some("FireInput"),
        answers: &[
            (200, "The decision, whatever the outcome", Some("Answer")),
            (503, "There was no free slot before the timeout", Some("Answer")),
        ],
        ..NONE
    },
    Doc {
        operation: "listExecutions",
        tag: "hooks",
        summary: "List the executions of a hook, newest first",
        query: EXECUTIONS,
        answers: &[(200, "A page of executions", Some("ExecutionPage"))],
        ..NONE
    },
    Doc {
        operation: "followExecutions",
        tag: "hooks",
        summary: "Follow the executions of a hook: the last ones, oldest first, then each as it ends, without a gap; an empty line now and then",
        query: FOLLOW,
        answers: &[(200, "Executions, one a line, until the reader goes, the token ends or the server stops", Some("Execution"))],
        lines: true,
        ..NONE
    },
    Doc {
        operation: "apply",
        tag: "hooks",
        summary: "Make the account's hooks and env vars equal to what the body says, as a whole or not at all",
        request: Some("ApplyInput"),
        answers: &[(200, "What was done, or would be", Some("Applied"))],
        errors: &[409],
        ..NONE
    },
];
