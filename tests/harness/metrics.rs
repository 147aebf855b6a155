//! The metrics of a server, as a scraper reads them.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::{Request, Server, eventually};

/// The setting with which a server has metrics.
pub(crate) const METRICS: &str = "metrics.listen = '127.0.0.1:0'";

impl Server {
    /// Where the metrics are, of a server that has them.
    pub(crate) fn metrics_address(&self) -> SocketAddr {
        let told = || self.stdout().lines().nth(1).map(str::to_owned);
        let line = eventually("the line that tells where the metrics are", told);
        line.strip_prefix("metrics on http://").and_then(|rest| rest.strip_suffix("/metrics")).unwrap().parse().unwrap()
    }

    /// Every sample by its name and labels.
    pub(crate) fn metrics(&self) -> BTreeMap<String, f64> {
        let reply = Request::new(self.metrics_address(), "GET", "/metrics").send();
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/plain; version=0.0.4; charset=utf-8")));
        let page = reply.text();
        let samples = page.lines().filter(|line| !line.starts_with('#')).map(|line| line.rsplit_once(' ').expect("a name and a number"));
        samples.map(|(name, value)| (name.to_owned(), value.parse().expect("a number"))).collect()
    }

    /// One sample.
    #[track_caller]
    pub(crate) fn metric(&self, name: &str) -> f64 {
        *self.metrics().get(name).unwrap_or_else(|| panic!("no {name}"))
    }

    /// How often something was cut off for this reason.
    pub(crate) fn cut_off(&self, reason: &str) -> f64 {
        self.metric(&format!("hookbox_http_cut_off_total{{reason=\"{reason}\"}}"))
    }
}
