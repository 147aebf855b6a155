//! What a deployment changes of a hook's settings, and what it keeps.

use anyhow::Result;
use hookbox_hooks::HookView;
use hookbox_hooks::bodies::HookBody;
use serde_json::{Map, Value};

use crate::project::Project;

/// The settings of a hook and of the project that is deployed to it, by name.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Those that are there, without those that are kept.
    pub(crate) deployed: Map<String, Value>,
    /// What they become.
    pub(crate) written: Map<String, Value>,
    /// Those that are kept, where they are no default.
    pub(crate) kept: Map<String, Value>,
}

/// Not a setting: what the function is, and what kind of hook.
const NO_SETTING: [&str; 4] = ["type", "function", "main", "files"];

impl Changes {
    /// Compares a deployed hook with a project and its function.
    pub(crate) fn of(hook: &HookView, project: &Project, function: &[u8]) -> Result<Self> {
        let mut deployed = flat(&HookBody::of(hook))?;
        let mut written = flat(&project.hook(function)?.body())?;
        let mut kept = Map::new();
        for name in project.kept() {
            let (here, there) = (written.remove(name), deployed.remove(name));
            if let Some(there) = there.filter(|there| Some(there) != here.as_ref()) {
                kept.insert(name.to_owned(), there);
            }
        }
        Ok(Self { deployed, written, kept })
    }

    /// Each setting that changes, as a line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut names: Vec<&String> = self.deployed.keys().chain(self.written.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let shown = |value: Option<&Value>| value.map_or_else(|| "its default".to_owned(), Value::to_string);
        let pairs = names.into_iter().map(|name| (name, self.deployed.get(name), self.written.get(name)));
        pairs.filter(|(_, from, to)| from != to).map(|(name, from, to)| format!("{name}: {} -> {}", shown(from), shown(to))).collect()
    }
}

/// The body that is sent: the project's settings, and those of the deployed hook that are kept.
pub(crate) fn body(hook: &HookView, project: &Project, function: &[u8]) -> Result<Map<String, Value>> {
    let mut body = fields(&project.upload(function)?)?;
    let there = fields(&HookBody::of(hook))?;
    for name in project.kept() {
        let of_dialect = project.hook_type.rules.setting_names().contains(&name);
        match of_dialect {
            false => there.get(name).into_iter().for_each(|value| drop(body.insert(name.to_owned(), value.clone()))),
            true => {
                let value = there.get("settings").and_then(|settings| settings.get(name));
                let settings = body.entry("settings").or_insert_with(|| Map::new().into()).as_object_mut();
                settings.zip(value).into_iter().for_each(|(settings, value)| drop(settings.insert(name.to_owned(), value.clone())));
            }
        }
    }
    Ok(body)
}

fn fields(body: &HookBody) -> Result<Map<String, Value>> {
    Ok(serde_json::from_value(serde_json::to_value(body)?)?)
}

/// The settings of a body; the dialect's stand beside the others.
fn flat(body: &HookBody) -> Result<Map<String, Value>> {
    let mut fields = fields(body)?;
    NO_SETTING.into_iter().for_each(|name| drop(fields.remove(name)));
    if let Some(Value::Object(settings)) = fields.remove("settings") {
        fields.extend(settings);
    }
    Ok(fields)
}
