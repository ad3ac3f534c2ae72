//! The table of calls: each address has its handlers and what the document says of them in one entry, so that neither can be
//! there without the other.

use super::{call::Call, document::Document};
use crate::state::AppState;
use axum::{
    Router,
    handler::Handler,
    routing::{MethodFilter, MethodRouter},
};
use http::{HeaderValue, Method, StatusCode, header};

/// Addresses with handlers, and the document that grows with them.
#[derive(Default)]
pub struct Calls {
    router: Router<AppState>,
    document: Document,
}

impl Calls {
    /// Adds what is at `path`.
    #[must_use]
    pub fn at(mut self, path: &str, at: At) -> Self {
        let allow = at.allow();
        for (method, call) in at.calls {
            self.document.add(path, &method, call);
        }
        let options = async || (StatusCode::NO_CONTENT, [(header::ALLOW, allow)]);
        Self { router: self.router.route(path, at.handlers.options(options)), ..self }
    }

    /// The addresses, and the finished document.
    pub fn finish(self) -> (Router<AppState>, Document) {
        (self.router, self.document)
    }
}

/// What is at one address.
pub struct At {
    handlers: MethodRouter<AppState>,
    calls: Vec<(Method, Call)>,
}

/// GET, and HEAD with it.
pub fn get<H: Handler<T, AppState>, T: 'static>(handler: H, call: Call) -> At {
    given(Method::GET, axum::routing::get(handler), call)
}

/// POST.
pub fn post<H: Handler<T, AppState>, T: 'static>(handler: H, call: Call) -> At {
    given(Method::POST, axum::routing::post(handler), call)
}

/// A handler that answers `method` and nothing else.
pub fn given(method: Method, handlers: MethodRouter<AppState>, call: Call) -> At {
    At { handlers, calls: vec![(method, call)] }
}

impl At {
    /// POST as well.
    #[must_use]
    pub fn post<H: Handler<T, AppState>, T: 'static>(mut self, handler: H, call: Call) -> Self {
        self.calls.push((Method::POST, call));
        Self { handlers: self.handlers.on(MethodFilter::POST, handler), ..self }
    }

    /// DELETE as well.
    #[must_use]
    pub fn delete<H: Handler<T, AppState>, T: 'static>(mut self, handler: H, call: Call) -> Self {
        self.calls.push((Method::DELETE, call));
        Self { handlers: self.handlers.on(MethodFilter::DELETE, handler), ..self }
    }

    /// The methods that answer here.
    fn allow(&self) -> HeaderValue {
        let mut methods = Vec::new();
        for (method, _) in &self.calls {
            methods.push(method.as_str());
            if method == Method::GET {
                methods.push("HEAD");
            }
        }
        methods.push("OPTIONS");
        // Methods and commas are always a header's value.
        HeaderValue::from_str(&methods.join(",")).unwrap_or(HeaderValue::from_static("OPTIONS"))
    }
}
