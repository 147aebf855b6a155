//! `Intl.DisplayNames` of languages: what a locale's identifier is called. The other kinds of names are texts of the table.

use icu_locale::Locale;
use serde::Deserialize;

use super::computation::{Computation, json};
use super::data::Data;
use super::error::IntlError;

/// Finding the names of the parts of an identifier.
const NAME: u64 = 40_000;

/// The name of a language in a locale, null where there is none.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Language {
    locale: String,
    /// Canonical.
    code: String,
    is_short: bool,
    /// `British English` for `English (United Kingdom)`.
    has_dialects: bool,
}

impl Computation for Language {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        NAME
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let code: Locale =
            self.code.parse().map_err(|_| IntlError::Range("Invalid argument to Intl.DisplayNames.prototype.of".to_owned()))?;
        json(&self.name(&code))
    }
}

impl Language {
    fn name(&self, code: &Locale) -> Option<String> {
        let data = Data::of(&self.locale);
        let (language, mut rest) = self.base(data, code)?;
        let variants: Vec<_> = code.id.variants.iter().map(|variant| variant.as_str().to_ascii_uppercase()).collect();
        if !variants.is_empty() {
            let variants = variants.join("_");
            rest.push(data.get(&format!("variant/{variants}")).unwrap_or(&variants).to_owned());
        }
        let separator = data.get("name/separator").unwrap_or("{0}, {1}");
        let Some(details) = rest.into_iter().reduce(|all, next| separator.replace("{0}", &all).replace("{1}", &next)) else {
            return Some(language);
        };
        let pattern = data.get("name/pattern").unwrap_or("{0} ({1})");
        let (open, close) = if pattern.contains('（') { (("（", "）"), ("［", "］")) } else { (("(", ")"), ("[", "]")) };
        let inner = |text: &str| text.replace(open.0, close.0).replace(open.1, close.1);
        Some(pattern.replace("{0}", &inner(&language)).replace("{1}", &inner(&details)))
    }

    /// The name of as much of the identifier as has one of its own, and the names of the rest.
    fn base(&self, data: Data, code: &Locale) -> Option<(String, Vec<String>)> {
        let language = code.id.language.as_str();
        let script = code.id.script.map(|script| script.as_str().to_owned());
        let region = code.id.region.map(|region| region.as_str().to_owned());
        let named = |tag: &str| self.get(data, "lang", tag);
        let dialect = |used: &[&Option<String>]| {
            let parts: Option<Vec<&str>> = used.iter().map(|part| part.as_deref()).collect();
            self.has_dialects.then_some(parts).flatten().and_then(|parts| named(&format!("{language}-{}", parts.join("-"))))
        };
        let script_name = || script.as_ref().map(|script| data.get(&format!("script/{script}")).unwrap_or(script).to_owned());
        let region_name = || region.as_ref().map(|region| self.get(data, "region", region).unwrap_or_else(|| region.clone()));
        if let Some(whole) = dialect(&[&script, &region]) {
            return Some((whole, Vec::new()));
        }
        // With both a script and a region neither has a dialect of its own.
        let one = if script.is_some() { &script } else { &region };
        if let (true, Some(name)) = (script.is_none() || region.is_none(), dialect(&[one])) {
            return Some((name, Vec::new()));
        }
        // What ICU calls the language that is not said.
        let name = if code.id.language.is_unknown() { Some("root".to_owned()) } else { named(language) };
        let rest: Vec<_> = script_name().into_iter().chain(region_name()).collect();
        Some((name?, rest))
    }

    fn get(&self, data: Data, kind: &str, code: &str) -> Option<String> {
        let short = self.is_short.then(|| data.get(&format!("{kind}/{code}/short"))).flatten();
        short.or_else(|| data.get(&format!("{kind}/{code}"))).map(str::to_owned)
    }
}
