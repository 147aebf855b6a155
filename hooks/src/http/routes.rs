//! The one table of routes. The matcher, the 405 answers, the operation names in the log and the OpenAPI file all come from it.
//!
//! Matching is in `router`; what a route does is in the gateway files.

use http::Method;

use crate::resources::Scope;

/// A request's target, its parameter as it stands in the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route<'p> {
    Healthz,
    Readyz,
    GenerateToken,
    GenerateTokenV1,
    RateLimit,
    RevokeToken,
    ListHooks,
    CreateHook,
    GetHook(&'p str),
    UpdateHook(&'p str),
    DeleteHook(&'p str),
    HookLogs(&'p str),
    ListEnvs,
    CreateEnv,
    GetEnv(&'p str),
    UpdateEnv(&'p str),
    DeleteEnv(&'p str),
    ListAccounts,
    CreateAccount,
    GetAccount(&'p str),
    UpdateAccount(&'p str),
    ListCredentials,
    CreateCredential,
    DeleteCredential(&'p str),
    Trigger(&'p str),
    ListHooksV1,
    GetHookV1(&'p str),
    FireHook(&'p str),
    HookExecutions(&'p str),
    FollowExecutions(&'p str),
    Apply,
    Backup,
}

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody.
    Open,
    /// A client that shows its id and secret.
    Client,
    /// The bearer of any token.
    Token,
    /// The bearer of a token of this scope.
    Scope(Scope),
}

/// How long a request's body may be. The numbers come from the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// None is read.
    None,
    /// A few fields.
    Fields,
    /// A hook with its function.
    Function,
    /// A context, bare.
    Context,
    /// A context in an object.
    WrappedContext,
}

/// The form that errors have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `/auth`: everything in a `status` object.
    Envelope,
    /// `/api/2`: as OneLogin's clients know it. One of them repeats a 401 or a 403 for ever, so neither answers a good token.
    OneLogin,
    /// `/v1` and the rest.
    Own,
}

/// One row of the table.
#[derive(Debug)]
pub(crate) struct RouteSpec {
    pub(crate) method: Method,
    pub(crate) pattern: &'static str,
    /// The operation's id in the log and the OpenAPI file.
    pub(crate) operation: &'static str,
    pub(crate) access: Access,
    pub(crate) body: BodyKind,
    pub(crate) dialect: Dialect,
    /// Makes the route from the pattern's parameter; without one it gets an empty text.
    pub(crate) route: for<'p> fn(&'p str) -> Route<'p>,
}

impl Dialect {
    /// The dialect of a path that is not in the table.
    pub(crate) fn of_path(path: &str) -> Self {
        let below = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match () {
            () if below("/auth") => Self::Envelope,
            () if below("/api/2") => Self::OneLogin,
            () => Self::Own,
        }
    }
}

const OPEN: Access = Access::Open;
const CLIENT: Access = Access::Client;
const TOKEN: Access = Access::Token;
const OPERATE: Access = Access::Scope(Scope::Operate);
const MANAGE: Access = Access::Scope(Scope::Manage);
const READ: Access = Access::Scope(Scope::Read);
const FIRE: Access = Access::Scope(Scope::Fire);

macro_rules! routes {
    ($($method:ident $pattern:literal $operation:literal $access:ident $body:ident => $route:expr;)*) => {
        &[$(RouteSpec {
            method: Method::$method,
            pattern: $pattern,
            operation: $operation,
            access: $access,
            body: BodyKind::$body,
            dialect: dialect($pattern),
            route: $route,
        }),*]
    };
}

/// [`Dialect::of_path`] for the table, which is made when the program is compiled: its patterns all go deeper than their roots.
const fn dialect(pattern: &str) -> Dialect {
    match pattern.as_bytes() {
        [b'/', b'a', b'u', b't', b'h', b'/', ..] => Dialect::Envelope,
        [b'/', b'a', b'p', b'i', b'/', b'2', b'/', ..] => Dialect::OneLogin,
        _ => Dialect::Own,
    }
}

/// Every route of the server.
pub(crate) static ROUTES: &[RouteSpec] = routes! {
    GET    "/healthz"                   "healthz"          OPEN    None           => |_| Route::Healthz;
    GET    "/readyz"                    "readyz"           OPEN    None           => |_| Route::Readyz;
    POST   "/auth/oauth2/v2/token"      "generateToken"    CLIENT  Fields         => |_| Route::GenerateToken;
    POST   "/auth/oauth2/token"         "generateTokenV1"  CLIENT  Fields         => |_| Route::GenerateTokenV1;
    POST   "/auth/oauth2/revoke"        "revokeToken"      CLIENT  Fields         => |_| Route::RevokeToken;
    GET    "/auth/rate_limit"           "getRateLimit"     TOKEN   None           => |_| Route::RateLimit;
    GET    "/api/2/hooks"               "listHooks"        READ    None           => |_| Route::ListHooks;
    POST   "/api/2/hooks"               "createHook"       MANAGE  Function       => |_| Route::CreateHook;
    GET    "/api/2/hooks/envs"          "listEnvs"         READ    None           => |_| Route::ListEnvs;
    POST   "/api/2/hooks/envs"          "createEnv"        MANAGE  Fields         => |_| Route::CreateEnv;
    GET    "/api/2/hooks/envs/{id}"     "getEnv"           READ    None           => |id| Route::GetEnv(id);
    PUT    "/api/2/hooks/envs/{id}"     "updateEnv"        MANAGE  Fields         => |id| Route::UpdateEnv(id);
    DELETE "/api/2/hooks/envs/{id}"     "deleteEnv"        MANAGE  None           => |id| Route::DeleteEnv(id);
    GET    "/api/2/hooks/{id}"          "getHook"          READ    None           => |id| Route::GetHook(id);
    PUT    "/api/2/hooks/{id}"          "updateHook"       MANAGE  Function       => |id| Route::UpdateHook(id);
    DELETE "/api/2/hooks/{id}"          "deleteHook"       MANAGE  None           => |id| Route::DeleteHook(id);
    GET    "/api/2/hooks/{id}/logs"     "getHookLogs"      READ    None           => |id| Route::HookLogs(id);
    GET    "/v1/accounts"               "listAccounts"     OPERATE None           => |_| Route::ListAccounts;
    POST   "/v1/accounts"               "createAccount"    OPERATE Fields         => |_| Route::CreateAccount;
    GET    "/v1/accounts/{id}"          "getAccount"       OPERATE None           => |id| Route::GetAccount(id);
    PUT    "/v1/accounts/{id}"          "updateAccount"    OPERATE Fields         => |id| Route::UpdateAccount(id);
    GET    "/v1/credentials"            "listCredentials"  OPERATE None           => |_| Route::ListCredentials;
    POST   "/v1/credentials"            "createCredential" OPERATE Fields         => |_| Route::CreateCredential;
    DELETE "/v1/credentials/{id}"       "deleteCredential" OPERATE None           => |id| Route::DeleteCredential(id);
    GET    "/v1/backup"                 "backup"           OPERATE None           => |_| Route::Backup;
    POST   "/v1/triggers/{type}"        "trigger"          FIRE    Context        => |name| Route::Trigger(name);
    GET    "/v1/hooks"                  "listHooksV1"      READ    None           => |_| Route::ListHooksV1;
    GET    "/v1/hooks/{id}"             "getHookV1"        READ    None           => |id| Route::GetHookV1(id);
    POST   "/v1/hooks/{id}/fire"        "fireHook"         MANAGE  WrappedContext => |id| Route::FireHook(id);
    GET    "/v1/hooks/{id}/executions"  "listExecutions"   READ    None           => |id| Route::HookExecutions(id);
    GET    "/v1/hooks/{id}/executions/stream" "followExecutions" READ None        => |id| Route::FollowExecutions(id);
    POST   "/v1/apply"                  "apply"            MANAGE  Function       => |_| Route::Apply;
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_and_unknown_paths_agree_on_dialects() {
        for spec in ROUTES {
            assert_eq!(spec.dialect, Dialect::of_path(spec.pattern), "{}", spec.pattern);
        }
        assert_eq!(Dialect::of_path("/auth"), Dialect::Envelope);
        assert_eq!(Dialect::of_path("/authority"), Dialect::Own);
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let mut names: Vec<_> = ROUTES.iter().map(|spec| spec.operation).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ROUTES.len());
    }

    #[test]
    fn only_health_and_tokens_are_without_a_scope() {
        let open: Vec<_> = ROUTES.iter().filter(|spec| !matches!(spec.access, Access::Scope(_))).map(|spec| spec.pattern).collect();
        assert_eq!(open, ["/healthz", "/readyz", "/auth/oauth2/v2/token", "/auth/oauth2/token", "/auth/oauth2/revoke", "/auth/rate_limit"]);
    }
}
