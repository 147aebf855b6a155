//! Names of zones, in any case, and their canonical names, as in CLDR.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::super::dates::index;
use super::super::error::IntlError;

/// Names that ICU still takes from before the database had names.
const OLD: [(&str, &str); 26] = [
    ("ACT", "Australia/Darwin"),
    ("AET", "Australia/Sydney"),
    ("AGT", "America/Buenos_Aires"),
    ("ART", "Africa/Cairo"),
    ("AST", "America/Anchorage"),
    ("BET", "America/Sao_Paulo"),
    ("BST", "Asia/Dhaka"),
    ("CAT", "Africa/Maputo"),
    ("CNT", "America/St_Johns"),
    ("CST", "America/Chicago"),
    ("CTT", "Asia/Shanghai"),
    ("EAT", "Africa/Addis_Ababa"),
    ("ECT", "Europe/Paris"),
    ("IET", "America/Indianapolis"),
    ("IST", "Asia/Calcutta"),
    ("JST", "Asia/Tokyo"),
    ("MIT", "Pacific/Apia"),
    ("NET", "Asia/Yerevan"),
    ("NST", "Pacific/Auckland"),
    ("PLT", "Asia/Karachi"),
    ("PNT", "America/Phoenix"),
    ("PRT", "America/Puerto_Rico"),
    ("PST", "America/Los_Angeles"),
    ("SST", "Pacific/Guadalcanal"),
    ("VST", "Asia/Saigon"),
    ("UTC", "UTC"),
];

static NAMES: OnceLock<HashMap<String, &'static str>> = OnceLock::new();

fn names() -> Result<&'static HashMap<String, &'static str>, IntlError> {
    let index = index()?;
    Ok(NAMES.get_or_init(|| {
        let mut names = HashMap::new();
        for (name, zone) in &index.zones {
            let canonical = match name.as_str() {
                "Etc/UTC" | "Etc/GMT" => "UTC",
                // Zones without a place.
                "Etc/Unknown" => continue,
                name => name,
            };
            for name in std::iter::once(name).chain(&zone.links) {
                names.insert(name.to_ascii_lowercase(), canonical);
            }
        }
        names.extend(OLD.iter().map(|(name, canonical)| (name.to_ascii_lowercase(), *canonical)));
        names
    }))
}

/// The canonical name, or `None` when there is no such zone.
pub(in super::super) fn canonical(name: &str) -> Result<Option<&'static str>, IntlError> {
    Ok(names()?.get(&name.to_ascii_lowercase()).copied())
}

/// The canonical names of zones with a place.
pub(in super::super) fn listed() -> Result<Vec<&'static str>, IntlError> {
    Ok(index()?.zones.keys().map(String::as_str).filter(|name| name.contains('/') && !name.starts_with("Etc/")).collect())
}
