//! The settings that dialects give to accounts, as options of a command: which there are is in the registry.

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use hookbox_dialects::ALL;
use hookbox_hooks::hook_type::{SettingFlag, SettingValues, Settings};
use serde_json::Value;

/// What stands for a null, which is the default.
const DEFAULT: &str = "default";

/// What the command line says of the settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct DialectSettingsArgs(pub(crate) Settings);

/// Every setting that can be given.
pub(crate) fn flags() -> impl Iterator<Item = &'static SettingFlag> {
    ALL.iter().filter_map(|dialect| dialect.account_rules()).flat_map(|rules| rules.flags())
}

/// A setting of an account as text; a default is empty.
pub(crate) fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

impl Args for DialectSettingsArgs {
    fn augment_args(command: Command) -> Command {
        command.args(flags().map(arg))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn arg(flag: &'static SettingFlag) -> Arg {
    let arg = Arg::new(flag.name).long(flag.name).help(flag.help).value_name(flag.value_name);
    match flag.values {
        SettingValues::Boolean => arg.value_parser(["true", "false"]),
        SettingValues::OneOf(names) => arg.value_parser([names, &[DEFAULT]].concat()),
    }
}

impl FromArgMatches for DialectSettingsArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = flags().filter_map(|flag| Some((flag, matches.get_one::<String>(flag.name)?)));
        Ok(Self(given.map(|(flag, text)| (flag.name.to_owned(), value(flag.values, text))).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}

/// The setting that a text means; which texts there can be was checked.
fn value(values: SettingValues, text: &str) -> Value {
    match values {
        SettingValues::Boolean => (text == "true").into(),
        SettingValues::OneOf(_) if text == DEFAULT => Value::Null,
        SettingValues::OneOf(_) => text.into(),
    }
}
