//! Measurements of one thing, and what is said of them. A shared machine makes single figures worthless: the best of many shows
//! what is possible, the median what is usual.

use std::time::Duration;

use serde::Serialize;

/// Measurements in order of size.
#[derive(Clone, Debug)]
pub(crate) struct Samples(Vec<f64>);

/// What is reported of them.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Figure {
    /// The least, or the most where more is better.
    pub(crate) best: f64,
    pub(crate) median: f64,
}

impl Samples {
    pub(crate) fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The sample below which this part of them lies; NaN where there is none.
    pub(crate) fn quantile(&self, part: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get((last as f64 * part).round() as usize).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// Where less is better.
    pub(crate) fn least(&self) -> Figure {
        Figure { best: self.quantile(0.0), median: self.median() }
    }

    /// Where more is better.
    pub(crate) fn most(&self) -> Figure {
        Figure { best: self.quantile(1.0), median: self.median() }
    }
}

impl FromIterator<f64> for Samples {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self::new(values.into_iter().collect())
    }
}

/// Ours and the peer's, measured in turn.
#[derive(Debug, Default)]
pub(crate) struct Pairs(Vec<(f64, f64)>);

impl Pairs {
    pub(crate) fn push(&mut self, ours: f64, peer: f64) {
        self.0.push((ours, peer));
    }

    pub(crate) fn ours(&self) -> Samples {
        self.0.iter().map(|(ours, _)| *ours).collect()
    }

    pub(crate) fn peer(&self) -> Samples {
        self.0.iter().map(|(_, peer)| *peer).collect()
    }

    /// The median of the ratios within each turn, which the machine's other work cancels out of.
    pub(crate) fn ratio(&self) -> f64 {
        self.0.iter().map(|(ours, peer)| ours / peer).collect::<Samples>().median()
    }
}

/// Microseconds of each of so many calls.
pub(crate) fn micros_each(time: Duration, calls: u32) -> f64 {
    time.as_secs_f64() * 1e6 / f64::from(calls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_samples() {
        let samples = Samples::new(vec![3.0, 1.0, 2.0, 5.0, 4.0]);
        assert_eq!((samples.quantile(0.0), samples.median(), samples.quantile(1.0)), (1.0, 3.0, 5.0));
        assert_eq!(samples.quantile(0.99), 5.0);
        assert!(Samples::new(vec![]).median().is_nan());
    }

    #[test]
    fn a_ratio_is_made_within_each_turn() {
        let mut pairs = Pairs::default();
        [(2.0, 1.0), (20.0, 10.0), (9.0, 3.0)].into_iter().for_each(|(ours, peer)| pairs.push(ours, peer));
        assert_eq!(pairs.ratio(), 2.0);
        assert_eq!(pairs.ours().least().best, 2.0);
        assert_eq!(pairs.peer().most().best, 10.0);
    }
}
