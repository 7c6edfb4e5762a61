const docs = SwaggerUIBundle({
  url: "/v1/openapi.json", dom_id: "#docs", deepLinking: true, docExpansion: "none", displayRequestDuration: true,
  persistAuthorization: true, tryItOutEnabled: true, validatorUrl: null,
  oauth2RedirectUrl: location.origin + "/docs/oauth2-redirect.html"
});
docs.initOAuth({ usePkceWithAuthorizationCodeGrant: true });
