//! A small hook that is loaded and called while the engine boots, and whose remains stay: names, shapes and whatever else is made when
//! something happens for the first time. So they are a part of what all hooks share, and not of every image and every execution.

use rquickjs::{Ctx, Persistent, Value};

use crate::failure::Failure;
use crate::hooks::Hooks;
use crate::load::{self, Source};
use crate::{async_context, json, rejections, run, version};

/// It does what most hooks do, short of asking the host for anything.
const SOURCE: &[u8] = b"exports.handler = async (context) => {
  const { user } = context;
  await null;
  return { success: true, user: { ...user, policy_id: 1 } };
};";
const CONTEXT: &[u8] = b"{\"user\":{}}\0";
const NODE_MAJOR: u32 = 20;

/// What it leaves, which has to be kept.
pub(crate) type Remains = [Persistent<Value<'static>>; 2];

/// Loads and calls it.
pub(crate) fn rehearse(ctx: &Ctx<'_>, hooks: &Hooks) -> Result<Remains, Failure> {
    async_context::clear(ctx);
    let source = Source { text: SOURCE, path: "hook.js", entries: "handler", version: version::of_major(NODE_MAJOR) };
    let handler = load::load(ctx, hooks, &source)?.function;
    let context = json::read(ctx, CONTEXT).ok_or_else(|| Failure::new("exception", "the rehearsal's context is not read"))?;
    let result = run::call(ctx, hooks, handler.clone(), context)?;
    rejections::clear();
    let handler = handler.restore(ctx).map_err(|_| run::thrown(ctx))?.into_value();
    Ok([handler, result].map(|value| Persistent::save(ctx, value)))
}
