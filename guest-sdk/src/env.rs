//! The environment variables that an admin linked to this hook. A hook sees no others, and none of the server's own.

use crate::host;

/// The value of a variable, or `None` when no variable of that name is linked to the hook.
///
/// A value of eight characters or more that is printed to the log is masked there by the host.
#[must_use]
pub fn get(name: &str) -> Option<String> {
    host::env_get(name)
}

/// The names of the linked variables.
#[must_use]
pub fn names() -> Vec<String> {
    host::env_names()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_hook_sees_what_is_linked_and_nothing_of_the_process() {
        assert!(std::env::var_os("PATH").is_some());
        assert_eq!(get("PATH"), None);
        testing::set_env("API_KEY", "k");
        assert_eq!(get("API_KEY").as_deref(), Some("k"));
        assert_eq!(names(), ["API_KEY"]);
    }
}
