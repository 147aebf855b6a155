//! Conditions: for which users a hook runs.

use std::borrow::Borrow;
use std::fmt;

use hookbox_host_api::surrogates;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::ServiceError;

/// One condition. If a hook has several, all must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What is checked.
    pub source: Source,
    /// How it is compared.
    pub operator: Operator,
    /// What it is compared with: the id of a role.
    pub value: String,
}

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The roles of the user.
    Roles,
}

/// How a condition compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    /// The user has the role.
    #[serde(rename = "~")]
    Has,
    /// The user does not have it.
    #[serde(rename = "!~")]
    Lacks,
}

/// Reads the roles of a user: a list of ids, as numbers or texts. A null means no roles.
///
/// # Errors
/// The value is not such a list.
pub fn read_roles(raw: &RawValue) -> Result<Vec<String>, ServiceError> {
    let wrong = |at: &str, kinds: &str| ServiceError::invalid(at, format!("instance.{at} is not of a type(s) {kinds}"));
    if raw.get() == "null" {
        return Ok(Vec::new());
    }
    let values: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(|_| wrong("roles", "array"))?;
    let role = |(index, value): (usize, &&RawValue)| match value.get() {
        text if text.starts_with('"') => {
            surrogates::read(text).map_err(|error| ServiceError::invalid_body(format!("the roles are not usable JSON: {error}")))
        }
        text if text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()) => Ok(text.to_owned()),
        _ => Err(wrong(&format!("roles[{index}]"), "string,integer")),
    };
    values.iter().enumerate().map(role).collect()
}

impl Condition {
    /// Whether the condition holds for a user with these roles.
    pub fn holds<R: Borrow<str>>(&self, roles: &[R]) -> bool {
        let has = roles.iter().any(|role| role.borrow() == self.value);
        match self.operator {
            Operator::Has => has,
            Operator::Lacks => !has,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operator = match self.operator {
            Operator::Has => "~",
            Operator::Lacks => "!~",
        };
        write!(f, "roles {operator} {}", self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_had_or_lacked() {
        let condition = |text: &str| serde_json::from_str::<Condition>(text).unwrap();
        let has = condition(r#"{"source":"roles","operator":"~","value":"12"}"#);
        let lacks = condition(r#"{"source":"roles","operator":"!~","value":"12"}"#);
        for (roles, have) in [(&["1", "12"][..], true), (&["1", "2", "123"], false), (&[], false)] {
            assert_eq!((has.holds(roles), lacks.holds(roles)), (have, !have));
        }
        assert_eq!([has.to_string(), lacks.to_string()], ["roles ~ 12", "roles !~ 12"]);
    }
}
