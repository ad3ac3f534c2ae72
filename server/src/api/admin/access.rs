//! Checks the scope of each call of the admin API, before its handler runs.

use super::required_scopes;
use crate::{
    auth::{access, insufficient_scope, invalid_token},
    backoffice::store_failed,
    clients::ClientContext,
    problem::Problem,
    state::AppState,
};
use axum::{
    Router,
    extract::{FromRequestParts, MatchedPath, Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use checkout::{
    Idempotency, OperationContext,
    model::{Actor, ActorKind, ChangeReason, Scope, ScopeSet},
};
use http::{HeaderMap, Method, request::Parts};
use std::{collections::HashMap, sync::Arc};

/// The client that makes an admitted call.
#[derive(Debug, Clone)]
pub struct AdminClient {
    /// The client as the audit log names it.
    pub actor: Actor,
    /// The scopes of its token that it still has.
    scopes: ScopeSet,
}

impl AdminClient {
    /// Returns the context of an operation.
    pub fn operation(self, reason: Option<ChangeReason>, idempotency: Option<Idempotency>) -> OperationContext {
        OperationContext { by: self.actor, reason, idempotency }
    }

    /// Returns the context of a change of a client, which can get no scope that this client does not have.
    pub fn client_change(self, reason: Option<ChangeReason>, idempotency: Option<Idempotency>) -> ClientContext {
        ClientContext { by: self.actor, may_grant: self.scopes, reason, idempotency }
    }
}

impl<S: Sync> FromRequestParts<S> for AdminClient {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let client = parts.extensions.get::<Self>().cloned();
        client.ok_or_else(|| Problem::internal_error("a call of the admin API without its guard"))
    }
}

/// Checks tokens and scopes.
#[derive(Clone)]
struct Guard {
    state: AppState,
    scopes: Arc<HashMap<(Method, String), Scope>>,
}

/// Puts the routes of the admin API behind their scopes.
pub fn guarded(state: &AppState, routes: Router<AppState>) -> Router<AppState> {
    let guard = Guard { state: state.clone(), scopes: Arc::new(required_scopes()) };
    routes.route_layer(from_fn_with_state(guard, admit))
}

async fn admit(
    State(guard): State<Guard>,
    path: MatchedPath,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let client = guard.client(request.headers()).await?;
    // Routes for GET also serve HEAD.
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    match guard.scopes.get(&(method, path.as_str().to_owned())) {
        Some(scope) if client.scopes.contains(*scope) => {}
        Some(scope) => return Err(insufficient_scope((*scope).into())),
        // A route without a scope is closed.
        None => return Err(insufficient_scope(ScopeSet::ALL)),
    }
    request.extensions_mut().insert(client);
    Ok(next.run(request).await)
}

impl Guard {
    /// Returns the client of a valid token. Its row is read for each call, so that a revocation counts at once.
    async fn client(&self, headers: &HeaderMap) -> Result<AdminClient, Problem> {
        let token = access(&self.state, headers)?;
        let row = self.state.store.clients().find(token.client.0).await.map_err(|error| store_failed(&error))?;
        let row = row.filter(|row| row.revoked_at.is_none()).ok_or_else(invalid_token)?;
        let actor = Actor { kind: ActorKind::Client, id: Some(row.id), name: row.name };
        Ok(AdminClient { actor, scopes: token.scopes.intersection(row.scopes) })
    }
}
