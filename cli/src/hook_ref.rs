//! HOOK on the command line: an id, or a type where that says enough. What is done with the hook is the command's.

use anyhow::Result;
use clap::Args;
use hookbox_hooks::hook_type::HookType;
use hookbox_hooks::{HookId, HookView};

use crate::client::Client;
use crate::exit::Problem;
use crate::hook_types::{self, REGISTRY};

/// The hooks of the account.
pub(crate) const HOOKS: &str = "/v1/hooks";

/// A hook by id or type.
#[derive(Debug, Clone, Args)]
pub(crate) struct HookArg {
    /// The hook's id, or its type: the enabled hook of that type, or the only one
    #[arg(value_name = "HOOK")]
    pub(crate) hook: String,
}

impl HookArg {
    /// The hook with its function.
    pub(crate) fn find(&self, client: &Client) -> Result<HookView> {
        find(client, &self.hook)
    }

    /// Its id.
    pub(crate) fn id(&self, client: &Client) -> Result<HookId> {
        match self.hook.parse() {
            Ok(id) => Ok(id),
            Err(_) => lookup(client, &self.hook),
        }
    }
}

/// The path of one hook.
pub(crate) fn path(id: HookId) -> String {
    format!("{HOOKS}/{id}")
}

/// The hook with this id or of this type, with its function.
pub(crate) fn find(client: &Client, name: &str) -> Result<HookView> {
    let id = match name.parse() {
        Ok(id) => id,
        Err(_) => lookup(client, name)?,
    };
    client.get(&path(id))
}

/// The hook of this type.
fn lookup(client: &Client, name: &str) -> Result<HookId> {
    let Some(hook_type) = REGISTRY.find(name) else {
        let types = hook_types::list();
        return Err(Problem::Usage(format!("\"{name}\" is neither the id of a hook nor a type ({types})")).into());
    };
    let hooks: Vec<HookView> = client.pages(HOOKS, &[("type", hook_type.to_string())])?;
    let hooks: Vec<(HookId, bool)> = hooks.iter().map(|hook| (hook.id, hook.disabled)).collect();
    Ok(pick(&hooks, hook_type)?)
}

/// The enabled hook, or the only one; of each there is its id, and whether it is disabled.
fn pick(hooks: &[(HookId, bool)], hook_type: HookType) -> Result<HookId, Problem> {
    let enabled: Vec<&(HookId, bool)> = hooks.iter().filter(|(_, disabled)| !disabled).collect();
    match (&*enabled, hooks) {
        ([(id, _)], _) | ([], [(id, _)]) => Ok(*id),
        ([_, ..], several) => {
            let ids: Vec<String> = several.iter().map(|(id, _)| id.to_string()).collect();
            Err(Problem::Usage(format!("several {hook_type} hooks are enabled; give the id of one: {}", ids.join(", "))))
        }
        ([], []) => Err(Problem::NotFound(format!("there is no {hook_type} hook"))),
        ([], several) => {
            let ids: Vec<String> = several.iter().map(|(id, _)| id.to_string()).collect();
            Err(Problem::Usage(format!("no {hook_type} hook is enabled, and there are several; give the id of one: {}", ids.join(", "))))
        }
    }
}
