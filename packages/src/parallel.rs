//! Some things at a time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::error::Error;

/// Does something with each item on a few threads. After an error no other item is begun; of several errors it is the first item's.
pub(crate) fn each<T: Sync>(items: &[T], threads: usize, work: impl Fn(&T) -> Result<(), Error> + Sync) -> Result<(), Error> {
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let failed: Mutex<Option<(usize, Error)>> = Mutex::default();
    let run = || {
        while !stop.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return };
            if let Err(error) = work(item) {
                stop.store(true, Ordering::Relaxed);
                let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                if failed.as_ref().is_none_or(|(earlier, _)| at < *earlier) {
                    *failed = Some((at, error));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        (0..threads.clamp(1, items.len().max(1))).for_each(|_| drop(scope.spawn(run)));
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), |(_, error)| Err(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_done_or_the_first_error_is_told() {
        let done = AtomicUsize::new(0);
        let items: Vec<usize> = (0..100).collect();
        let count = |_: &usize| {
            done.fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        each(&items, 8, count).unwrap();
        assert_eq!(done.load(Ordering::Relaxed), 100);
        each(&[], 8, count).unwrap();
        let fail = |at: &usize| if *at >= 3 { Err(Error::request(format!("item {at}"))) } else { Ok(()) };
        assert_eq!(each(&items, 1, fail).unwrap_err().to_string(), "item 3");
        assert!(each(&items, 8, fail).is_err());
    }
}
