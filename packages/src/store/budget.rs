//! What is left of a tree's files and bytes while several of its packages are unpacked at a time.

use std::sync::Mutex;
use std::sync::PoisonError;

use crate::error::Error;
use crate::limits::{Limits, bytes_text};

/// What a tree may still use.
#[derive(Debug)]
pub(crate) struct Budget {
    left: Mutex<(usize, u64)>,
    limits: Limits,
}

/// What one package took. It is given back unless the package is kept.
pub(crate) struct Used<'b> {
    budget: &'b Budget,
    taken: Mutex<(usize, u64)>,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { left: Mutex::new((limits.files, limits.unpacked)), limits: limits.clone() }
    }

    pub(super) fn begin(&self) -> Used<'_> {
        Used { budget: self, taken: Mutex::default() }
    }

    /// Takes files and bytes for good.
    pub(crate) fn take(&self, title: &str, files: usize, bytes: u64) -> Result<(), Error> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let limits = &self.limits;
        let fewer = left.0.checked_sub(files);
        let fewer = fewer.ok_or_else(|| Error::limit(format!("files of the packages, at {title}"), limits.files.to_string(), "files"))?;
        let less = left.1.checked_sub(bytes);
        let less = less.ok_or_else(|| Error::limit(format!("unpacked packages, at {title}"), bytes_text(limits.unpacked), "unpacked"))?;
        *left = (fewer, less);
        Ok(())
    }

    /// More bytes than any package can have that is within the limits, with the headers of its files.
    pub(super) fn most(&self) -> u64 {
        self.limits.unpacked + 2048 * self.limits.files as u64 + (1 << 20)
    }

    pub(super) fn too_large(&self, title: &str) -> Error {
        Error::limit(format!("unpacked packages, at {title}"), bytes_text(self.limits.unpacked), "unpacked")
    }
}

impl Used<'_> {
    pub(super) fn budget(&self) -> &Budget {
        self.budget
    }

    pub(super) fn take(&self, title: &str, files: usize, bytes: u64) -> Result<(), Error> {
        self.budget.take(title, files, bytes)?;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = (taken.0 + files, taken.1 + bytes);
        Ok(())
    }

    pub(super) fn keep(self) {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = (0, 0);
    }
}

impl Drop for Used<'_> {
    fn drop(&mut self) {
        let taken = *self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left = self.budget.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (left.0 + taken.0, left.1 + taken.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_is_given_back() {
        let budget = Budget::new(&Limits { files: 3, unpacked: 10, ..Limits::default() });
        let used = budget.begin();
        used.take("a@1", 2, 8).unwrap();
        assert_eq!(used.take("a@1", 2, 1).unwrap_err().to_string(), "files of the packages, at a@1: the limit is 3 (files)");
        assert_eq!(used.take("a@1", 1, 3).unwrap_err().to_string(), "unpacked packages, at a@1: the limit is 10 B (unpacked)");
        drop(used);
        let used = budget.begin();
        used.take("a@1", 3, 10).unwrap();
        used.keep();
        assert!(budget.take("b@1", 0, 1).is_err());
    }
}
