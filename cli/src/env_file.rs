//! Env vars as authors give them: arguments, and files of `NAME=value` lines, as many tools write them. What the values are for is the command's.

use std::path::Path;

use anyhow::{Context as _, Result};
use hookbox_host_api::Secret;

/// Reads a file. No value is in an error.
pub(crate) fn read(path: &Path) -> Result<Vec<(String, Secret)>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| path.display().to_string())
}

/// Reads an argument of a command: `NAME=value`, as it is.
pub(crate) fn argument(text: &str) -> Result<(String, Secret), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), Secret::new(value)))
}

fn parse(text: &str) -> Result<Vec<(String, Secret)>> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let wanted = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    wanted.map(|(number, line)| pair(line).with_context(|| format!("line {number} is not NAME=value"))).collect()
}

fn pair(line: &str) -> Option<(String, Secret)> {
    let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let value = value.trim();
    let bare = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    let value = bare('"').or_else(|| bare('\'')).unwrap_or(value);
    is_name.then(|| (name.to_owned(), Secret::new(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_faults_named_without_values() {
        let read = parse("# a comment\n\nA=1\nexport B = \"two words\" \nC='x=y'\nD=\n").unwrap();
        let read: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
        assert_eq!(read, [("A", "1"), ("B", "two words"), ("C", "x=y"), ("D", "")]);
        let error = format!("{:#}", parse("A=1\nhunter2").unwrap_err());
        assert!(error.contains("line 2") && !error.contains("hunter2"), "{error}");
    }
}
