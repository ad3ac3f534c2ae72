//! The kind of each route. `router.rs` declares it once for each group of routes; the middleware stack depends on nothing else.

/// The kind of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteKind {
    /// Health checks and metrics, for operators.
    Probe,
    /// Public reads of the catalogue.
    PublicRead,
    /// Calls of API clients.
    Api,
    /// Calls of API clients that run the shop. Scripts of other origins must not read their responses.
    AdminApi,
    /// Calls of API clients that run the shop and send files. Their bodies are large, and are read only once the client is
    /// known.
    AdminUpload,
    /// Requests for an access token, each of which costs a slow hash.
    Token,
    /// Deliveries of the payment provider.
    Webhook,
    /// Pages of the API's documentation.
    Docs,
    /// Pages and forms of the storefront, and every path without a route.
    Page,
    /// Pages and forms of the console.
    Console,
    /// Forms of the console with files. Their bodies are large, and are read only once the operator is known.
    ConsoleUpload,
    /// Static files of the storefront.
    File,
    /// Static files whose name may contain a hash of their content.
    HashedFile,
    /// Static files whose name always contains a hash of their content.
    VersionedFile,
}

impl RouteKind {
    /// Whether it belongs to the API: no cookies, problem details for errors.
    pub fn is_api(self) -> bool {
        matches!(self, Self::PublicRead | Self::Api | Self::Token | Self::Webhook) || self.is_admin_api()
    }

    /// Whether scripts of the origins that the operator allows may use it (CORS).
    pub fn is_cross_origin(self) -> bool {
        self.is_api() && !self.is_admin_api()
    }

    /// Whether it belongs to the admin API, each call of which needs a scope.
    pub fn is_admin_api(self) -> bool {
        matches!(self, Self::AdminApi | Self::AdminUpload)
    }

    /// Whether requests are logged at debug level only. They are too many for a line each; metrics count them.
    pub fn is_routine(self) -> bool {
        matches!(self, Self::Probe | Self::PublicRead | Self::Api | Self::Token | Self::Docs) || self.is_file()
    }

    /// Whether requests count against the client's quota (`HOLDFAST_RATE_LIMIT`). Payment webhooks must never be
    /// rejected because of other requests; probes and files cost next to nothing.
    pub fn has_quota(self) -> bool {
        matches!(self, Self::PublicRead | Self::Api | Self::Docs | Self::Page)
            || self.is_admin_api()
            || self.is_console()
    }

    /// Whether requests are rejected when too many are in progress. Probes are always answered.
    pub fn is_shed(self) -> bool {
        self != Self::Probe
    }

    /// Whether it has forms that rest on a cookie, which other sites must not send.
    pub fn has_forms(self) -> bool {
        self == Self::Page || self.is_console()
    }

    /// Whether it belongs to the console.
    pub fn is_console(self) -> bool {
        matches!(self, Self::Console | Self::ConsoleUpload)
    }

    /// Whether the whole body is read before a request counts as in progress.
    pub fn has_buffered_body(self) -> bool {
        !matches!(self, Self::ConsoleUpload | Self::AdminUpload)
    }

    /// Whether it serves static files.
    pub fn is_file(self) -> bool {
        matches!(self, Self::File | Self::HashedFile | Self::VersionedFile)
    }

    /// Whether browsers get HTML for errors that have no page of their own.
    pub fn has_error_pages(self) -> bool {
        self.has_forms() || self.is_file()
    }
}
