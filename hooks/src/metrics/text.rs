//! Prometheus' text format, version 0.0.4. The page defines what the numbers mean.

use std::fmt::{Display, Write as _};

use super::histogram::Histogram;

/// The content type of a page.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Labels with their values.
pub(super) type Labels<'a> = &'a [(&'a str, &'a str)];

/// A page in progress. Writing to a text cannot fail, so results are ignored.
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    /// Begins a metric: `kind` is counter, gauge or histogram.
    pub(super) fn begin(&mut self, name: &str, kind: &str, help: &str) -> &mut Self {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        self
    }

    /// One number of a metric.
    pub(super) fn sample(&mut self, name: &str, labels: Labels<'_>, value: impl Display) -> &mut Self {
        self.0.push_str(name);
        for (index, (label, text)) in labels.iter().enumerate() {
            let open = if index == 0 { '{' } else { ',' };
            let _ = write!(self.0, "{open}{label}=\"{}\"", escaped(text));
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{close} {value}");
        self
    }

    /// A metric that is one number.
    pub(super) fn single(&mut self, name: &str, kind: &str, help: &str, value: impl Display) -> &mut Self {
        self.begin(name, kind, help).sample(name, &[], value)
    }

    /// The numbers of a histogram, its times in seconds.
    pub(super) fn histogram(&mut self, name: &str, labels: Labels<'_>, histogram: &Histogram) -> &mut Self {
        let held = histogram.snapshot();
        let bucket = format!("{name}_bucket");
        let with = |bound: &str, text: &mut Self, count: u64| {
            let labels: Vec<_> = labels.iter().copied().chain([("le", bound)]).collect();
            text.sample(&bucket, &labels, count);
        };
        for (bound, count) in held.buckets {
            with(&seconds(bound).to_string(), self, count);
        }
        with("+Inf", self, held.count);
        self.sample(&format!("{name}_sum"), labels, seconds(held.sum)).sample(&format!("{name}_count"), labels, held.count)
    }

    /// The page.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_as_the_format_wants_it() {
        let histogram = Histogram::new(&[25, 1_000_000]);
        histogram.observe_micros(25);
        histogram.observe_micros(500_000);
        let mut text = Text::default();
        text.single("a", "gauge", "One number.", 3);
        text.begin("b", "counter", "More.").sample("b", &[("x", "say \"\\\n"), ("y", "z")], 4);
        text.begin("c", "histogram", "Times.").histogram("c", &[("x", "y")], &histogram);
        let expected = "# HELP a One number.\n# TYPE a gauge\na 3\n\
            # HELP b More.\n# TYPE b counter\nb{x=\"say \\\"\\\\\\n\",y=\"z\"} 4\n\
            # HELP c Times.\n# TYPE c histogram\n\
            c_bucket{x=\"y\",le=\"0.000025\"} 1\nc_bucket{x=\"y\",le=\"1\"} 2\nc_bucket{x=\"y\",le=\"+Inf\"} 2\n\
            c_sum{x=\"y\"} 0.500025\nc_count{x=\"y\"} 2\n";
        assert_eq!(text.finish(), expected);
    }
}
