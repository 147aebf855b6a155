//! Asks the person at the terminal, or reads what a script pipes in. Questions go to stderr, so that stdout is data.

use std::io::{self, IsTerminal as _, Read as _, Write as _};

use anyhow::{Context as _, Result};
use hookbox_host_api::Secret;

use crate::exit::Problem;

/// A secret: typed without an echo, or all of stdin without its last line break.
pub(crate) fn secret(question: &str) -> Result<Secret> {
    let text = if io::stdin().is_terminal() {
        rpassword::prompt_password(format!("{question}: ")).context("the terminal cannot be asked")?
    } else {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).context("stdin cannot be read as text")?;
        text
    };
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() {
        return Err(Problem::Usage(format!("{question}: nothing was given; type it at the terminal or pipe it in")).into());
    }
    Ok(Secret::new(line))
}

/// A line of text; `flag` is what a script gives instead.
pub(crate) fn line(question: &str, flag: &str) -> Result<String> {
    if !io::stdin().is_terminal() {
        return Err(Problem::Usage(format!("{question} is needed: give {flag}")).into());
    }
    let mut err = io::stderr().lock();
    write!(err, "{question}: ")?;
    err.flush()?;
    let mut text = String::new();
    io::stdin().read_line(&mut text)?;
    let text = text.trim();
    if text.is_empty() { Err(Problem::Usage(format!("{question} is needed")).into()) } else { Ok(text.to_owned()) }
}

/// Whether to go on with what cannot be undone. A script is not asked.
pub(crate) fn confirm(question: &str) -> Result<()> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(());
    }
    if line(&format!("{question} [y/N]"), "--yes").is_ok_and(|answer| matches!(answer.as_str(), "y" | "Y" | "yes")) {
        return Ok(());
    }
    Err(Problem::Usage("nothing was changed".into()).into())
}

/// Whether to go on with what changes what others may count on. A script has to say so.
pub(crate) fn insist(question: &str, refusal: &str) -> Result<()> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Problem::Usage(refusal.to_owned()).into());
    }
    confirm(question)
}
