//! What a recording has in the place of env values and of placeholders: texts such as `<<env:API_KEY>>`, which a replay turns back.

use std::fmt;

use hookbox_host_api::Secret;

use crate::scene::Scene;
use crate::sealed::{Form, SHORTEST, Swap};

/// The env values of a function, which its recordings do not hold. Values shorter than 6 bytes cannot be told from chance, and stay.
#[derive(Clone, Default)]
pub struct Veil(Vec<(String, Secret)>);

impl Veil {
    /// Over these names and values.
    pub fn new(values: impl IntoIterator<Item = (String, Secret)>) -> Self {
        Self(values.into_iter().filter(|(_, value)| value.expose().len() >= SHORTEST).collect())
    }

    /// The veil of one execution, whose placeholders are its own.
    pub(super) fn drawn(&self, scene: &Scene) -> Drawn {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in &self.0 {
            for (form, kind) in [(Form::Plain, ""), (Form::Json, ":json"), (Form::Url, ":url")] {
                let text = form.write(value.expose());
                if pairs.iter().all(|(known, _)| *known != text) {
                    pairs.push((text, format!("<<env:{name}{kind}>>")));
                }
            }
        }
        let placeholders = scene.sealed.placeholders().enumerate();
        pairs.extend(placeholders.map(|(index, placeholder)| (placeholder.to_owned(), format!("<<sealed:{}>>", index + 1))));
        let back = pairs.iter().map(|(value, name)| (name.clone(), value.clone())).collect();
        Drawn { over: Swap::new(pairs), back: Swap::new(back) }
    }
}

impl fmt::Debug for Veil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Both ways through the veil. Of two names for the same text, the first is used.
pub(super) struct Drawn {
    over: Option<Swap>,
    back: Option<Swap>,
}

impl Drawn {
    /// Names in the place of values.
    pub(super) fn over(&self, bytes: &[u8]) -> Vec<u8> {
        swapped(self.over.as_ref(), bytes)
    }

    /// Values in the place of names.
    pub(super) fn back(&self, bytes: &[u8]) -> Vec<u8> {
        swapped(self.back.as_ref(), bytes)
    }

    /// Names in the place of values, in a text.
    pub(super) fn text_over(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.over(text.as_bytes())).into_owned()
    }
}

fn swapped(swap: Option<&Swap>, bytes: &[u8]) -> Vec<u8> {
    swap.and_then(|swap| swap.apply(bytes)).unwrap_or_else(|| bytes.to_vec())
}
