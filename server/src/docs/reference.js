"use strict";
// Shows Scalar in place of the static links, or says that it is not installed.
const fallback = document.getElementById("fallback");
if (window.Scalar) {
  window.Scalar.createApiReference("#reference", {
    url: "/api/openapi.json",
    // Nothing leaves this server: no fonts, statistics, proxy or hosted services.
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: "never",
    hideClientButton: true,
    documentDownloadType: "direct",
    authentication: { preferredSecurityScheme: "bearer" },
    metaData: { title: "API reference · Holdfast API" },
  });
  fallback.remove();
} else {
  document.getElementById("failure").hidden = false;
}
