// The whole way of a confidential app on openid-client, which learns everything by discovery.
// Said on stdin, a JSON object a line: where the browser was sent back to. Answers go to stdout the same way.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { BANYAN_URL, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, LOG_OUT_URI, TOOLS } = process.env;
const found = createRequire(`${TOOLS}/package.json`).resolve("openid-client");
const oidc = await import(pathToFileURL(found));

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const hear = async () => JSON.parse((await lines.next()).value);
const say = (said) => console.log(JSON.stringify(said));

const config = await oidc.discovery(
  new URL(BANYAN_URL),
  CLIENT_ID,
  CLIENT_SECRET,
  oidc.ClientSecretBasic(CLIENT_SECRET),
  { execute: [oidc.allowInsecureRequests] },
);

const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
const expectedState = oidc.randomState();
const expectedNonce = oidc.randomNonce();
const asked = oidc.buildAuthorizationUrl(config, {
  redirect_uri: REDIRECT_URI,
  scope: "openid profile read:profiles",
  code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: "S256",
  state: expectedState,
  nonce: expectedNonce,
  max_age: "3600",
});
say({ ask: asked.href });

const back = new URL((await hear()).back);
const tokens = await oidc.authorizationCodeGrant(config, back, {
  pkceCodeVerifier,
  expectedState,
  expectedNonce,
  maxAge: 3600,
  idTokenExpected: true,
});
const who = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
const [first, second] = await Promise.all([
  oidc.refreshTokenGrant(config, tokens.refresh_token),
  oidc.refreshTokenGrant(config, tokens.refresh_token),
]);
const out = oidc.buildEndSessionUrl(config, {
  id_token_hint: first.id_token,
  post_logout_redirect_uri: LOG_OUT_URI,
  state: "bye",
});
say({
  claims: tokens.claims(),
  who,
  access: first.access_token,
  isSame: first.access_token === second.access_token && first.refresh_token === second.refresh_token,
  out: out.href,
});

await hear();
const late = await oidc.refreshTokenGrant(config, first.refresh_token).catch((fault) => fault.error);
await oidc.tokenRevocation(config, first.access_token);
say({ late });
process.exit(0);
