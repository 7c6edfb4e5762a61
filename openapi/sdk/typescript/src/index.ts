/** A client of Banyan: typed by its contract, with a layer for what no generator does. */

export type { Api, CardAt, ListOptions, ListPath, PageOf } from "./api.js";
export { Banyan, CodeNeeded, SecondFactorNeeded, type Options } from "./client.js";
export {
  BadRequest,
  BanyanError,
  Conflict,
  Forbidden,
  Invalid,
  NotFound,
  RateLimited,
  Redirected,
  Stale,
  Unauthorized,
  Unavailable,
  Unreadable,
  type Fault,
} from "./errors.js";
export type { components, operations, paths } from "./generated.js";
export type { OAuth, Tokens } from "./oauth.js";
export type { Fetch, Retry } from "./retries.js";
