//! What OneLogin's dialect adds to the settings of an account: whether only documented input is accepted, and how its clients read the API.

use hookbox_hooks::hook_type::{AccountRules, SettingFlag, SettingValues, Settings};
use hookbox_hooks::{Fields, ServiceError};
use serde_json::{Value, json};

use super::client::Client;

pub(super) struct Rules;

const STRICT: &str = "strict";
const CLIENT: &str = "client";

impl AccountRules for Rules {
    fn setting_names(&self) -> &'static [&'static str] {
        &[STRICT, CLIENT]
    }

    fn apply(&self, before: &Settings, said: &mut Fields) -> Result<Settings, ServiceError> {
        let mut settings = before.clone();
        if let Some(strict) = said.boolean(STRICT)? {
            settings.insert(STRICT.to_owned(), strict.into());
        }
        if said.has(CLIENT) {
            settings.insert(CLIENT.to_owned(), json!(read_client(said)?));
        }
        Ok(settings)
    }

    fn view(&self, settings: &Settings) -> Settings {
        [(STRICT.to_owned(), is_strict(settings).into()), (CLIENT.to_owned(), json!(client(settings)))].into_iter().collect()
    }

    fn flags(&self) -> &'static [SettingFlag] {
        &[
            SettingFlag {
                name: STRICT,
                help: "Whether requests and results must be exactly as OneLogin documents them",
                value_name: "BOOL",
                values: SettingValues::Boolean,
            },
            SettingFlag {
                name: CLIENT,
                help: "How answers are shaped, where clients exclude each other; default: as the client's User-Agent tells",
                value_name: "CLIENT",
                values: SettingValues::OneOf(&Client::NAMES),
            },
        ]
    }
}

/// Whether requests and results must be as OneLogin documents them. Otherwise they are read leniently.
pub(super) fn is_strict(settings: &Settings) -> bool {
    settings.get(STRICT).and_then(Value::as_bool).unwrap_or(false)
}

/// The kind of client that the account names; without one, the `User-Agent` decides.
pub(super) fn client(settings: &Settings) -> Option<Client> {
    settings.get(CLIENT).and_then(|client| serde_json::from_value(client.clone()).ok())
}

fn read_client(said: &mut Fields) -> Result<Option<Client>, ServiceError> {
    let Some(name) = said.string(CLIENT)? else { return Ok(None) };
    let names = Client::ALL.map(Client::as_str).join(",");
    let wrong = || said.wrong(CLIENT, format_args!("is not one of enum values: {names}"));
    Client::ALL.into_iter().find(|client| client.as_str() == name).map(Some).ok_or_else(wrong)
}
