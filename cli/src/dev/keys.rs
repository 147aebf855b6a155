//! Single keys, without a line break behind them. What they mean is the command's.

use std::io::{IsTerminal as _, Read as _};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// A terminal that hands out keys as they are pressed, and shows none; as it was once this is dropped.
pub(crate) struct Keys(Option<Termios>);

impl Keys {
    /// Where standard input is no terminal, what is piped in are the keys.
    pub(crate) fn begin() -> Self {
        let stdin = std::io::stdin();
        let before = if stdin.is_terminal() { tcgetattr(&stdin).ok() } else { None };
        if let Some(before) = &before {
            let mut now = before.clone();
            now.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
            // A terminal that cannot do it waits for the end of a line.
            let _ = tcsetattr(&stdin, OptionalActions::Now, &now);
        }
        Self(before)
    }

    /// Hands each key to `take`, until that has enough or there are no more.
    pub(crate) fn read(take: impl Fn(u8) -> bool) {
        let mut one = [0];
        while matches!(std::io::stdin().lock().read(&mut one), Ok(1)) {
            let [key] = one;
            if !take(key) {
                return;
            }
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}
