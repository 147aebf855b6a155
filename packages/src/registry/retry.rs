//! Trying again: how often, after which pause, and until when.

use std::time::{Duration, Instant};

use crate::error::Error;
use crate::limits::Limits;

/// How a try ended that gave no answer.
pub(super) enum Failure {
    /// It would end the same again.
    Final(Error),
    /// It may go better, after the pause that the server asks for.
    Passing(Error, Option<Duration>),
}

/// Does something until it succeeds, fails for good, or may not be tried again.
pub(super) fn retried<T>(limits: &Limits, until: Instant, mut one: impl FnMut() -> Result<T, Failure>) -> Result<T, Error> {
    let mut pause = limits.pause;
    for tried in 1.. {
        let (error, wish) = match one() {
            Ok(value) => return Ok(value),
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Passing(error, wish)) => (error, wish),
        };
        let wait = wish.unwrap_or(pause).max(pause);
        if tried >= limits.tries || Instant::now() + wait >= until {
            return Err(error);
        }
        std::thread::sleep(wait);
        pause = pause.saturating_mul(2);
    }
    Err(Error::request("nothing was tried"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(tries: u32, until: Duration, mut ends: Vec<Result<u8, Failure>>) -> (Result<u8, String>, usize) {
        let limits = Limits { tries, pause: Duration::from_millis(1), ..Limits::default() };
        let before = ends.len();
        ends.reverse();
        let result = retried(&limits, Instant::now() + until, || ends.pop().unwrap()).map_err(|error| error.to_string());
        (result, before - ends.len())
    }

    fn passing() -> Result<u8, Failure> {
        Err(Failure::Passing(Error::request("busy"), None))
    }

    #[test]
    fn what_may_go_better_is_tried_again() {
        let long = Duration::from_secs(60);
        assert_eq!(run(3, long, vec![passing(), passing(), Ok(7), Ok(8)]), (Ok(7), 3));
        assert_eq!(run(2, long, vec![passing(), passing(), Ok(7)]), (Err("busy".to_owned()), 2));
        let last = Err(Failure::Final(Error::request("gone")));
        assert_eq!(run(3, long, vec![last, Ok(7)]), (Err("gone".to_owned()), 1));
        assert_eq!(run(3, Duration::ZERO, vec![passing(), Ok(7)]), (Err("busy".to_owned()), 1));
        let far = Err(Failure::Passing(Error::request("busy"), Some(Duration::from_secs(3600))));
        assert_eq!(run(3, long, vec![far, Ok(7)]), (Err("busy".to_owned()), 1));
    }
}
