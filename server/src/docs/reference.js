"use strict";
// Shows Scalar in place of the static links, or says that it is not installed.
const fallback = document.getElementById("fallback");
const stylesheet = document.querySelector("link[rel=stylesheet]");
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
    // Scalar's quiet colours have too little contrast for small text.
    customCss: `
      .light-mode { --scalar-color-2: #4a4a4a; --scalar-color-3: #5c5c5c; --scalar-color-green: #05704a;
        --scalar-color-blue: #0b5fa5; --scalar-color-orange: #9a4a00; --scalar-color-red: #b3261e; }
      .dark-mode { --scalar-color-2: #c4c4c4; --scalar-color-3: #a8a8a8; --scalar-color-red: #ff7b72; }`,
    metaData: { title: "API reference · Holdfast API" },
  });
  // The static page's rules would apply to Scalar's elements too.
  fallback.remove();
  stylesheet.remove();
} else {
  document.getElementById("failure").hidden = false;
}
