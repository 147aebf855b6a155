//! Reads hooks from the bodies of OneLogin's clients. The dialect's settings stand beside the other keys, and a strict account requires
//! every field that OneLogin documents as required.

use hookbox_hooks::{Fields, HookInput, InputRules, ServiceError};

use crate::onelogin::rules::SETTINGS;

/// The fields that OneLogin documents as required, on create and on update.
const REQUIRED: [(&str, &str); 8] = [
    ("type", "string"),
    ("disabled", "boolean"),
    ("timeout", "integer"),
    ("env_vars", "array"),
    ("runtime", "string"),
    ("retries", "integer"),
    ("packages", "object"),
    ("function", "string"),
];

/// Reads a body.
pub(super) fn parse(body: &[u8], rules: &InputRules) -> Result<HookInput, ServiceError> {
    let known = [HookInput::WRITABLE.as_slice(), &HookInput::READ_ONLY, SETTINGS].concat();
    let mut fields = Fields::parse(body)?.only(&known)?;
    if !rules.lenient {
        REQUIRED.iter().try_for_each(|(name, kind)| fields.require(name, kind))?;
    }
    let settings = fields.split(SETTINGS);
    Ok(HookInput::read(&mut fields, rules)?.with_settings(settings))
}
