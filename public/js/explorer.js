// Starts Swagger UI on /docs. A file of its own because the content security policy allows no inline script.
"use strict";

(() => {
  const root = document.getElementById("explorer");
  if (!root || typeof SwaggerUIBundle === "undefined") return;

  // A signed-in browser tries requests with its cookie, so changes need the CSRF token of the session.
  const csrf = fetch("/api/v1/me", { credentials: "same-origin" })
    .then((response) => (response.ok ? response.json() : null))
    .then((me) => (me ? me.csrfToken : null))
    .catch(() => null);

  SwaggerUIBundle({
    url: root.dataset.url,
    domNode: root,
    deepLinking: true,
    docExpansion: "list",
    validatorUrl: null,
    requestInterceptor: async (request) => {
      const token = await csrf;
      if (token && request.method !== "GET") request.headers["X-CSRF-Token"] = token;
      return request;
    },
  });
})();
