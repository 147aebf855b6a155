//! What a `pre-authentication` hook answers: let the login go on, under which policy, or end it.

use serde::Serialize;

use super::User;

/// The decision about one login.
///
/// Its JSON is `{"success": true, "user": {...}}` or `{"success": false, "user": null}`; the two cannot be mixed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[must_use = "a decision takes effect only when the hook returns it"]
pub struct Decision {
    success: bool,
    user: Option<User>,
}

impl Decision {
    /// Lets the login go on for the user of the context, under the policy that the user carries.
    pub const fn allow(user: User) -> Self {
        Self { success: true, user: Some(user) }
    }

    /// Ends the login.
    pub const fn deny() -> Self {
        Self { success: false, user: None }
    }

    /// Applies another policy for the rest of this login. A denied login has no policy: it stays denied.
    pub fn with_policy(mut self, id: i64) -> Self {
        if let Some(user) = &mut self.user {
            user.policy_id = id;
        }
        self
    }

    /// Whether the login goes on.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        self.success
    }

    /// The user that goes back, or `None` for a denial.
    #[must_use]
    pub const fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(decision: &Decision) -> serde_json::Value {
        serde_json::to_value(decision).unwrap()
    }

    #[test]
    fn allow_sends_the_user_back() {
        let decision = Decision::allow(User::new("ada", 7));
        assert!(decision.is_allowed());
        assert_eq!(
            json(&decision),
            serde_json::from_str::<serde_json::Value>(r#"{"success":true,"user":{"policy_id":7,"user_identifier":"ada"}}"#).unwrap()
        );
    }

    #[test]
    fn with_policy_changes_the_policy_alone() {
        let decision = Decision::allow(User::new("ada", 7)).with_policy(1234);
        assert_eq!(
            json(&decision),
            serde_json::from_str::<serde_json::Value>(r#"{"success":true,"user":{"policy_id":1234,"user_identifier":"ada"}}"#).unwrap()
        );
    }

    #[test]
    fn a_denial_has_no_user_and_cannot_be_given_a_policy() {
        let decision = Decision::deny().with_policy(1);
        assert!(!decision.is_allowed());
        assert_eq!(json(&decision), serde_json::from_str::<serde_json::Value>(r#"{"success":false,"user":null}"#).unwrap());
    }
}
