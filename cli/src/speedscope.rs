//! Profiles in the file format of speedscope, a viewer of flame graphs that runs in a browser and opens other formats too. The format is
//! documented at <https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources>.

use std::collections::HashMap;

use hookbox_hooks::{Frame, Profile};
use serde::Serialize;

/// What the format's schema is found by; viewers tell the format by it.
const SCHEMA: &str = "https://www.speedscope.app/file-format-schema.json";

/// A file with a profile for each context.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SpeedscopeFile {
    #[serde(rename = "$schema")]
    schema: &'static str,
    exporter: &'static str,
    name: String,
    active_profile_index: usize,
    shared: Shared,
    profiles: Vec<Sampled>,
}

#[derive(Debug, Default, Serialize)]
struct Shared {
    frames: Vec<SharedFrame>,
    #[serde(skip)]
    places: HashMap<Frame, usize>,
}

#[derive(Debug, Serialize)]
struct SharedFrame {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    col: Option<u32>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sampled {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    /// The format knows time and bytes. Fuel is neither.
    unit: &'static str,
    start_value: u64,
    end_value: u64,
    samples: Vec<Vec<usize>>,
    weights: Vec<u64>,
}

impl SpeedscopeFile {
    /// Without a profile.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            schema: SCHEMA,
            exporter: concat!("hookbox ", env!("CARGO_PKG_VERSION")),
            name: name.to_owned(),
            active_profile_index: 0,
            shared: Shared::default(),
            profiles: Vec::new(),
        }
    }

    /// Adds a profile under a name of its own.
    pub(crate) fn push(&mut self, name: &str, profile: &Profile) {
        let places: Vec<usize> = profile.frames.iter().map(|frame| self.shared.place(frame)).collect();
        let stack = |stack: &Vec<usize>| stack.iter().filter_map(|place| places.get(*place).copied()).collect();
        self.profiles.push(Sampled {
            kind: "sampled",
            name: name.to_owned(),
            unit: "none",
            start_value: 0,
            end_value: profile.fuel,
            samples: profile.samples.iter().map(|sample| stack(&sample.stack)).collect(),
            weights: profile.samples.iter().map(|sample| sample.fuel).collect(),
        });
    }
}

impl Shared {
    fn place(&mut self, frame: &Frame) -> usize {
        *self.places.entry(frame.clone()).or_insert_with(|| {
            let Frame { name, file, line, column } = frame.clone();
            self.frames.push(SharedFrame { name, file, line, col: column });
            self.frames.len() - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use hookbox_hooks::Sample;
    use serde_json::{Value, json};

    use super::*;

    fn profile(names: &[&str]) -> Profile {
        let frame = |name: &&str| Frame { name: (*name).to_owned(), file: None, line: None, column: None };
        let frames: Vec<Frame> = names.iter().map(frame).collect();
        let samples = (1..=frames.len()).map(|depth| Sample { stack: (0..depth).collect(), fuel: 10 }).collect::<Vec<_>>();
        Profile { fuel: 10 * frames.len() as u64, frames, samples, failure: None }
    }

    #[test]
    fn profiles_share_their_frames() {
        let mut file = SpeedscopeFile::new("mine");
        let mut first = profile(&["a", "b"]);
        first.frames[1] = Frame { name: "b".into(), file: Some("hook.js".into()), line: Some(3), column: Some(9) };
        file.push("one", &first);
        file.push("two", &profile(&["c", "a"]));
        let value: Value = serde_json::to_value(&file).unwrap();
        assert_eq!(value["shared"]["frames"], json!([{"name": "a"}, {"name": "b", "file": "hook.js", "line": 3, "col": 9}, {"name": "c"}]));
        assert_eq!(
            value["profiles"],
            json!([
                {"type": "sampled", "name": "one", "unit": "none", "startValue": 0, "endValue": 20, "samples": [[0], [0, 1]], "weights": [10, 10]},
                {"type": "sampled", "name": "two", "unit": "none", "startValue": 0, "endValue": 20, "samples": [[2], [2, 0]], "weights": [10, 10]},
            ])
        );
        assert_eq!((&value["$schema"], &value["name"], &value["activeProfileIndex"]), (&json!(SCHEMA), &json!("mine"), &json!(0)));
        assert!(value["exporter"].as_str().unwrap().starts_with("hookbox "));
    }
}
