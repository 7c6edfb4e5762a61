/** A client of Banyan: typed by its contract, with a layer for what no generator does. */

export type { Api, CardAt, ListOptions, ListPath, PageOf } from "./api.js";
export { Banyan, CodeNeeded, SecondFactorNeeded, type Options } from "./client.js";
export {
  BadRequest,
  BanyanError,
  Conflict,
  FileTooLarge,
  Forbidden,
  Invalid,
  NotFound,
  ProcessingFailed,
  ProcessingTimeout,
  RateLimited,
  Redirected,
  Stale,
  StorageRefused,
  StorageUnavailable,
  Unauthorized,
  Unavailable,
  Unreadable,
  UnsupportedFile,
  UploadError,
  type Fault,
} from "./errors.js";
export { Events, type BanyanEvent, type EventOptions } from "./events.js";
export type { Sendable } from "./files.js";
export type { components, operations, paths } from "./generated.js";
export type { OAuth, Tokens } from "./oauth.js";
export type { Progress } from "./posting.js";
export type { Fetch, Retry } from "./retries.js";
export type { UploadOptions } from "./uploads.js";
