//! The user of a login: fields the SDK knows, and everything else as it came.

use serde::de::{DeserializeOwned, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// Who wants to log in. It goes back with every field that it came with, also those that have no name here.
#[derive(Clone, Debug, Default)]
pub struct User {
    /// The user name or e-mail address that was entered.
    pub user_identifier: String,
    /// The policy of the login. A change holds for this login only.
    pub policy_id: i64,
    /// The provider's number for the user.
    pub id: Option<i64>,
    /// When the user last logged in, RFC 3339; `None` for the first time.
    pub last_login_success: Option<String>,
    /// What came, so that what this type does not model (and a `null` where it came as one) can go back.
    came: Map<String, Value>,
}

impl User {
    /// A user with the two fields that every context has, for tests.
    #[must_use]
    pub fn new(user_identifier: impl Into<String>, policy_id: i64) -> Self {
        let user_identifier = user_identifier.into();
        Self { user_identifier, policy_id, ..Self::default() }
    }

    /// A field that the SDK does not model.
    #[must_use]
    pub fn other(&self, name: &str) -> Option<&Value> {
        self.came.get(name).filter(|_| !MODELLED.contains(&name))
    }

    fn to_map(&self) -> Map<String, Value> {
        let mut map = self.came.clone();
        map.insert("user_identifier".to_owned(), Value::from(self.user_identifier.as_str()));
        map.insert("policy_id".to_owned(), Value::from(self.policy_id));
        put(&mut map, "id", self.id.map(Value::from));
        put(&mut map, "last_login_success", self.last_login_success.as_deref().map(Value::from));
        map
    }
}

const MODELLED: [&str; 4] = ["user_identifier", "policy_id", "id", "last_login_success"];

/// A field without a value goes back as it came: as a null or not at all.
fn put(map: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => drop(map.insert(name.to_owned(), value)),
        None => map.retain(|key, value| key != name || value.is_null()),
    }
}

/// Users are equal when they would go back as the same JSON, however they were made.
impl PartialEq for User {
    fn eq(&self, other: &Self) -> bool {
        self.to_map() == other.to_map()
    }
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_map().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let came = Map::deserialize(deserializer)?;
        Ok(Self {
            user_identifier: required(&came, "user_identifier", &"`user_identifier` to be a string")?,
            policy_id: required(&came, "policy_id", &"`policy_id` to be an integer")?,
            id: optional(&came, "id", &"`id` to be an integer")?,
            last_login_success: optional(&came, "last_login_success", &"`last_login_success` to be a string")?,
            came,
        })
    }
}

fn required<T, E>(map: &Map<String, Value>, name: &'static str, expected: &&str) -> Result<T, E>
where
    T: DeserializeOwned,
    E: serde::de::Error,
{
    optional(map, name, expected)?.ok_or_else(|| E::missing_field(name))
}

/// A wrong type is reported without the value: it may be what the log must not keep.
fn optional<T, E>(map: &Map<String, Value>, name: &str, expected: &&str) -> Result<Option<T>, E>
where
    T: DeserializeOwned,
    E: serde::de::Error,
{
    let value = map.get(name).cloned().unwrap_or(Value::Null);
    Option::<T>::deserialize(value).map_err(|_| E::invalid_type(Unexpected::Other("another type"), expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(json: &str) -> Value {
        let user: User = serde_json::from_str(json).unwrap();
        serde_json::to_value(user).unwrap()
    }

    #[test]
    fn goes_back_with_every_field_it_came_with() {
        let json = r#"{"user_identifier": "ada", "policy_id": 7, "id": 12, "last_login_success": null,
            "groups": [1, {"deep": true}], "ratio": 0.25, "nothing": null}"#;
        assert_eq!(round_trip(json), serde_json::from_str::<Value>(json).unwrap());
        let smallest = r#"{"policy_id": 7, "user_identifier": "ada"}"#;
        assert_eq!(round_trip(smallest), serde_json::from_str::<Value>(smallest).unwrap());
    }

    #[test]
    fn changes_replace_what_came() {
        let mut user: User = serde_json::from_str(r#"{"user_identifier": "ada", "policy_id": 7, "id": 12, "x": 1}"#).unwrap();
        assert_eq!(user.other("x"), Some(&Value::from(1)));
        assert_eq!(user.other("policy_id"), None);
        user.policy_id = 8;
        user.id = None;
        let expected: Value = serde_json::from_str(r#"{"policy_id":8,"user_identifier":"ada","x":1}"#).unwrap();
        assert_eq!(serde_json::to_value(&user).unwrap(), expected);
    }

    #[test]
    fn a_user_made_by_hand_equals_one_that_came() {
        let came: User = serde_json::from_str(r#"{"user_identifier": "ada", "policy_id": 7}"#).unwrap();
        assert_eq!(came, User::new("ada", 7));
        let changed = User { policy_id: 8, ..came };
        assert_eq!(changed, User::new("ada", 8));
    }

    #[test]
    fn a_missing_or_wrong_field_is_refused() {
        let missing = serde_json::from_str::<User>(r#"{"user_identifier": "ada"}"#).unwrap_err();
        assert!(missing.to_string().starts_with("missing field `policy_id`"), "{missing}");
        let wrong = serde_json::from_str::<User>(r#"{"user_identifier": "ada", "policy_id": "secret"}"#).unwrap_err();
        assert!(wrong.to_string().contains("expected `policy_id` to be an integer") && !wrong.to_string().contains("secret"), "{wrong}");
        assert!(serde_json::from_str::<User>(r#"{"user_identifier": null, "policy_id": 1}"#).is_err());
    }
}
