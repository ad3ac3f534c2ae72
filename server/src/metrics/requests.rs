//! Requests by route, method and kind of answer. Routes are told apart by a table that is made at the start: what is asked
//! for and is in no route, however it is called, counts as one.

use crate::telemetry;
use http::Method;
use matchit::Router;
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, core::Collector};
use std::{array, sync::OnceLock, time::Duration};

/// Upper bounds of the answers' times, in seconds.
const TIMES: [f64; 13] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// The name of everything that is no route.
const NO_ROUTE: &str = "(none)";
/// The name of all the storefront's files.
const FILES: &str = "(files)";
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "(other)"];
/// Kinds of answer; the first is that there was none.
const STATUSES: [&str; 6] = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

/// Every route's numbers.
pub struct Requests {
    routes: Router<Box<Route>>,
    files: Box<Route>,
    none: Box<Route>,
    counts: IntCounterVec,
    times: HistogramVec,
}

/// One route's numbers. Each is made when it is needed first; from then on to count is to add.
struct Route {
    name: String,
    methods: [Series; METHODS.len()],
}

#[derive(Default)]
struct Series {
    counts: [OnceLock<IntCounter>; STATUSES.len()],
    time: OnceLock<Histogram>,
}

impl Requests {
    /// Nothing yet, for routes in axum's words.
    pub fn new(paths: &[String]) -> Result<Self, prometheus::Error> {
        let counts = Opts::new("holdfast_http_requests_total", "Requests, by route, method and kind of answer.");
        let times = HistogramOpts::new(
            "holdfast_http_request_duration_seconds",
            "How long it took until the answer was made; of a stream, until it began.",
        );
        let mut routes = Router::new();
        for path in paths {
            let clash = |error| prometheus::Error::Msg(format!("the route {path}: {error}"));
            routes.insert(path.as_str(), Box::new(Route::new(path))).map_err(clash)?;
        }
        Ok(Self {
            routes,
            files: Box::new(Route::new(FILES)),
            none: Box::new(Route::new(NO_ROUTE)),
            counts: IntCounterVec::new(counts, &["route", "method", "status"])?,
            times: HistogramVec::new(times.buckets(TIMES.into()), &["route", "method"])?,
        })
    }

    /// What the registry reads.
    pub fn collectors(&self) -> (Box<dyn Collector>, Box<dyn Collector>) {
        (Box::new(self.counts.clone()), Box::new(self.times.clone()))
    }

    /// A request has been answered; or its client left, or the server stopped, before it was, and then it has no status. How
    /// long that took says nothing of how long answers take.
    pub fn note(&self, path: &str, method: &Method, status: Option<u16>, took: Duration) {
        let route = self.route(path, status.unwrap_or_default());
        let nth = METHODS.iter().position(|name| *name == method.as_str()).unwrap_or(METHODS.len() - 1);
        let (series, method) = (&route.methods[nth], METHODS[nth]);
        let kind = status.map_or(0, |status| usize::from(status / 100).clamp(1, STATUSES.len() - 1));
        let count = || self.counts.with_label_values(&[&route.name, method, STATUSES[kind]]);
        series.counts[kind].get_or_init(count).inc();
        if status.is_some() {
            let time = || self.times.with_label_values(&[&route.name, method]);
            series.time.get_or_init(time).observe(took.as_secs_f64());
        }
    }

    /// The name of the route that a path leads to.
    pub fn name_of(&self, path: &str) -> &str {
        &self.route(path, 404).name
    }

    fn route(&self, path: &str, status: u16) -> &Route {
        match self.routes.at(path) {
            Ok(matched) => matched.value,
            Err(_) if status < 400 && telemetry::is_file(path) => &self.files,
            Err(_) => &self.none,
        }
    }
}

impl Route {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), methods: array::from_fn(|_| Series::default()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_counts_for_its_route_and_what_has_none_for_one() {
        let routes = ["/", "/api/holds", "/api/holds/{hold}", "/api/products/{product}", "/api/products/events"];
        let requests = Requests::new(&routes.map(str::to_owned)).unwrap();
        for (path, status, route) in [
            ("/", 200, "/"),
            ("/api/holds", 503, "/api/holds"),
            ("/api/holds/4711", 404, "/api/holds/{hold}"),
            ("/api/products/phone", 200, "/api/products/{product}"),
            ("/api/products/events", 200, "/api/products/events"),
            ("/api/holds/4711/more", 404, NO_ROUTE),
            ("/api/holds/", 404, NO_ROUTE),
            ("/wp-admin.php", 404, NO_ROUTE),
            ("/pkg/holdfast.js", 200, FILES),
        ] {
            assert_eq!(requests.route(path, status).name, route, "{path}");
        }
    }
}
