//! The session of a request: its cookie, and the check of what the operator may do.

use super::{
    Access, html, redirect,
    response::fail,
    sign_in::{code_path, sign_in_path},
};
use crate::{
    config::Environment,
    http::{limits::client_ip, middleware::peer},
    operators::{OperatorService, SignedIn, Token, Visitor},
    problem::Problem,
    state::AppState,
};
use app::admin::{
    error::forbidden,
    layout::{NavigationCounts, PageOperator, Screen},
};
use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use checkout::{Checkout, store::operators::Role};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};
use tower_sessions::cookie::{Cookie, SameSite, time::Duration as CookieDuration};

/// Lifetime of the cookie. The session may end before.
const COOKIE_LIFETIME: CookieDuration = CookieDuration::days(7);
/// Where an operator without the second factor that is required can go.
const ACCOUNT: &str = "/admin/account";
const SECOND_FACTOR: &str = "/admin/account/second-factor";

/// The parts of [`check_access`] for one route.
#[derive(Clone)]
pub(super) struct Guard {
    service: OperatorService,
    checkout: Checkout,
    env: Environment,
    access: Access,
    path: &'static str,
}

impl Guard {
    pub(super) fn new(state: &AppState, access: Access, path: &'static str) -> Self {
        let (service, checkout) = (state.operators.clone(), state.checkout.clone());
        Self { service, checkout, env: state.settings.common.env, access, path }
    }
}

impl SignedIn {
    /// The operator for whom a page is rendered. Counts what the navigation shows, so that it is called once a page.
    pub(super) async fn page_operator(&self) -> PageOperator<'_> {
        let counts = match &self.checkout {
            Some(checkout) => navigation_counts(checkout, self.operator.role).await,
            None => NavigationCounts::default(),
        };
        PageOperator::new(&self.operator, counts)
    }
}

/// The operator of a request to a route of [`Access::Anyone`], if there is one. Their session may be incomplete.
#[derive(Clone)]
pub struct MaybeSignedIn(pub Option<SignedIn>);

/// Middleware: looks up the session, and lets the request pass if the operator may make it. Others get the sign-in page, or
/// 403 and an entry in the audit log.
pub(super) async fn check_access(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    match check(&guard, request).await {
        Ok(request) => next.run(request).await,
        Err(response) => *response,
    }
}

async fn check(guard: &Guard, mut request: Request) -> Result<Request, Box<Response>> {
    let Guard { service, checkout, env, access, path } = guard;
    let failed = |error| Box::new(fail(error).into_response());
    let signed_in = match token(request.headers(), *env) {
        Some(token) => service.authenticate(&token).await.map_err(failed)?,
        None => None,
    };
    if *access == Access::Anyone {
        request.extensions_mut().insert(MaybeSignedIn(signed_in));
        return Ok(request);
    }
    // A form is not sent again after the sign-in.
    let next = if *request.method() == Method::GET {
        request.uri().path_and_query().map_or(ACCOUNT, http::uri::PathAndQuery::as_str)
    } else {
        "/admin"
    };
    let Some(mut signed_in) = signed_in else { return Err(Box::new(redirect(&sign_in_path(next)))) };
    if !signed_in.session.complete {
        return Err(Box::new(redirect(&code_path(next))));
    }
    let lacks_factor = service.is_second_factor_required() && signed_in.operator.totp_secret.is_none();
    if lacks_factor && !path.starts_with(ACCOUNT) {
        return Err(Box::new(redirect(SECOND_FACTOR)));
    }
    signed_in.checkout = Some(checkout.clone());
    if let Access::With(permission) = access
        && !signed_in.operator.role.may(*permission)
    {
        if *request.method() != Method::GET && *request.method() != Method::HEAD {
            let action = format!("{} {path}", request.method());
            service.record_denial(&signed_in, &action).await.map_err(failed)?;
        }
        return Err(Box::new(html(StatusCode::FORBIDDEN, forbidden(signed_in.page_operator().await))));
    }
    request.extensions_mut().insert(signed_in);
    Ok(request)
}

/// Counts the refunds that are due and the jobs that have failed, each in its index. A page without a number is better than none.
async fn navigation_counts(checkout: &Checkout, role: Role) -> NavigationCounts {
    let refunds = async {
        if !Screen::Refunds.is_shown_to(role) {
            return None;
        }
        let due = checkout.refunds_due().await;
        due.inspect_err(|error| tracing::warn!(%error, cause = error.cause(), "the navigation could not count refunds"))
            .ok()
    };
    let jobs = async {
        if !Screen::Outbox.is_shown_to(role) {
            return None;
        }
        // The engine has logged the error.
        checkout.dead_jobs().await.ok()
    };
    let (refunds_due, dead_jobs) = tokio::join!(refunds, jobs);
    NavigationCounts { refunds_due, dead_jobs }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::internal_error("a route without its access check"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MaybeSignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::internal_error("a route without its access check"))
    }
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let peer = peer(&parts.extensions)?;
        let device = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Ok(Self {
            address: client_ip(peer, &parts.headers, &state.settings.trusted_proxies).to_string(),
            device: describe_device(device),
        })
    }
}

/// Returns browser and system from a `User-Agent`, or its beginning.
fn describe_device(agent: &str) -> String {
    let find =
        |names: &[(&str, &'static str)]| names.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name);
    // Each browser also claims to be those below it.
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        _ => agent.chars().take(80).collect(),
    }
}

/// The cookie's name. Browsers accept a `__Host-` cookie only over TLS, from this host, for all its paths.
fn cookie_name(env: Environment) -> &'static str {
    if env == Environment::Production { "__Host-operator" } else { "operator" }
}

/// Returns the token in the cookie.
fn token(headers: &HeaderMap, env: Environment) -> Option<String> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut cookies = all.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == cookie_name(env)).map(|cookie| cookie.value().to_owned())
}

/// Adds the cookie to a response. It is `Lax` and not `Strict`, so that a link in a mail opens the console signed in: such a
/// link only shows a page, since nothing is changed by GET, and forms from other sites are rejected (`security.rs`).
pub(super) fn set_cookie(response: Response, env: Environment, token: &Token) -> Response {
    with_cookie(response, env, token.expose(), COOKIE_LIFETIME)
}

/// Removes the cookie.
pub(super) fn remove_cookie(response: Response, env: Environment) -> Response {
    with_cookie(response, env, "", CookieDuration::ZERO)
}

fn with_cookie(mut response: Response, env: Environment, value: &str, lifetime: CookieDuration) -> Response {
    let cookie = Cookie::build((cookie_name(env), value))
        .path("/")
        .http_only(true)
        .secure(env == Environment::Production)
        .same_site(SameSite::Lax)
        .max_age(lifetime)
        .build();
    // Base64 and the attributes are always a valid header.
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_described_by_browser_and_system() {
        for (agent, device) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605",
                "Safari on macOS",
            ),
            ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140 Mobile Safari/537", "Chrome on Android"),
            ("curl/8.0", "curl/8.0"),
            ("", ""),
        ] {
            assert_eq!(describe_device(agent), device);
        }
    }
}
