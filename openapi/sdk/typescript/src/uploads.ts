/** Uploads: a form from the API, the file straight to the storage, and the word that it has arrived. */

import type { Api } from "./api.js";
import {
  BadRequest,
  FileTooLarge,
  Invalid,
  ProcessingFailed,
  ProcessingTimeout,
  StorageRefused,
  StorageUnavailable,
  UnsupportedFile,
} from "./errors.js";
import { toBlob, type Sendable } from "./files.js";
import type { components } from "./generated.js";
import { post, type Answer, type Progress } from "./posting.js";
import { toPause, sleep, type Fetch, type Retry } from "./retries.js";

type NewMedia = components["schemas"]["NewMedia"];
type CreatedMedia = components["schemas"]["CreatedMedia"];
type OwnMedia = components["schemas"]["OwnMedia"];

/** What is said of a file, and how its upload goes. */
export interface UploadOptions {
  /** Its media type, where its first bytes are not to decide. */
  readonly type?: string | undefined;
  /** What can be seen or heard, for people who cannot. */
  readonly alt?: string | undefined;
  /** What should stay visible where it is cut: from 0, left or top, to 1. */
  readonly focus?: { readonly x: number; readonly y: number } | undefined;
  readonly purpose?: "post" | "avatar" | "cover" | undefined;
  /** Hears how many bytes of how many are sent; it begins anew when an attempt does. */
  readonly onProgress?: Progress | undefined;
  /** For how many seconds to wait until it is ready; without, it is processed when it is returned. */
  readonly readyWithin?: number | undefined;
  /** Calls it off. */
  readonly signal?: AbortSignal | undefined;
}

/** By what an upload goes. */
export interface Means {
  readonly api: Api;
  readonly fetch: Fetch;
  readonly retry: Retry;
}

/** A form with less left than these milliseconds is not begun with. */
const MARGIN = 10_000;

/** Statuses after which the same form may be taken in a moment. */
const PASSING = [408, 429, 500, 502, 503, 504];

/** What the API gave for a file. */
interface Form {
  readonly media: CreatedMedia;
  /** When it ends, by this machine's clock alone: others' may differ. */
  readonly ends: number;
}

export async function upload(file: Sendable, options: UploadOptions, means: Means): Promise<OwnMedia> {
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const blob = await toBlob(file, options.type);
  const id = await send(blob, options, means, signal);
  const params = { path: { media_id: id } };
  const { data } = await means.api.PUT("/v1/media/{media_id}/upload-status", {
    params,
    body: { status: "complete" },
    signal,
  });
  const media = toOwn(data);
  return options.readyWithin === undefined ? media : await awaitReady(media, options.readyWithin, means.api, signal);
}

/** Bring the file to the storage, attempt after attempt, and return the media's id. */
async function send(file: Blob, options: UploadOptions, means: Means, signal: AbortSignal): Promise<string> {
  let form = await begin(file, options, means.api, signal);
  for (let attempt = 1; ; attempt += 1) {
    if (Date.now() > form.ends - MARGIN) form = await begin(file, options, means.api, signal);
    const { id, upload: how } = form.media;
    const posting = { ...how, file, signal, fetch: means.fetch, onProgress: options.onProgress ?? (() => {}) };
    const answer = await post(posting);
    if (!(answer instanceof Error) && answer.status >= 200 && answer.status < 300) return id;
    const isLast = attempt >= means.retry.attempts;
    if (answer instanceof Error || PASSING.includes(answer.status)) {
      const wait = isLast ? undefined : toPause(means.retry, attempt, answer instanceof Error ? undefined : answer);
      if (wait === undefined) throw toUnavailable(answer, id);
      await sleep(wait, signal);
    } else if (!isLast && hasEnded(answer, form)) {
      form = await begin(file, options, means.api, signal);
    } else {
      throw toRefusal(answer, id);
    }
  }
}

async function begin(file: Blob, { alt, focus, purpose }: UploadOptions, api: Api, signal: AbortSignal): Promise<Form> {
  const asked = Date.now();
  const said = { ...(alt === undefined ? {} : { alt }), ...(focus && { focus }), ...(purpose && { purpose }) };
  const body = { type: file.type as NewMedia["type"], bytes: file.size, ...said };
  try {
    const { data } = await api.POST("/v1/media", { body, signal });
    const media = data as unknown as CreatedMedia;
    return { media, ends: asked + Date.parse(media.upload.expires_at) - Date.parse(media.created_at) };
  } catch (refusal) {
    throw toFileError(refusal);
  }
}

async function awaitReady(media: OwnMedia, within: number, api: Api, signal: AbortSignal): Promise<OwnMedia> {
  const deadline = performance.now() + within * 1000;
  const params = { path: { media_id: media.id } };
  for (let pause = 0.2; media.state === "processing"; pause = Math.min(pause * 1.5, 3)) {
    const left = (deadline - performance.now()) / 1000;
    if (left <= 0) throw new ProcessingTimeout("not_ready", "The file is still being processed.", media.id);
    await sleep(Math.min(pause, left), signal);
    media = toOwn((await api.GET("/v1/media/{media_id}", { params, signal })).data);
  }
  if (media.state === "failed") throw new ProcessingFailed(media.reason ?? "unknown", "The file cannot be shown.", media.id);
  return media;
}

/** Return what a call answers as the contract names it: openapi-fetch has an own type of the same. */
function toOwn(data: unknown): OwnMedia {
  return data as OwnMedia;
}

/** Return whether a storage refuses because of the time: it says so, or it has come. */
function hasEnded({ status, text }: Answer, form: Form): boolean {
  return (status === 400 || status === 403) && (Date.now() > form.ends - MARGIN || /expired/i.test(text));
}

/** Return the error of a file that the API does not want, or what it refuses with. */
function toFileError(refusal: unknown): unknown {
  if (refusal instanceof Invalid && refusal.code === "media_too_large") {
    return new FileTooLarge(refusal.code, detailAt(refusal, "/bytes"), undefined, refusal);
  }
  if (refusal instanceof BadRequest && refusal.faults.some(({ place }) => place === "/type")) {
    return new UnsupportedFile("unsupported_type", detailAt(refusal, "/type"), undefined, refusal);
  }
  return refusal;
}

function detailAt(refusal: BadRequest | Invalid, at: string): string {
  const told = refusal.faults.filter(({ place }) => place === at).map(({ detail }) => detail);
  return told.join("; ") || refusal.detail;
}

function toUnavailable(answer: Answer | Error, id: string): StorageUnavailable {
  if (answer instanceof Error) {
    return new StorageUnavailable("no_answer", `The storage does not answer: ${answer.message}`, id, answer);
  }
  return new StorageUnavailable(codeOf(answer), `The storage answers ${answer.status}.`, id);
}

function toRefusal(answer: Answer, id: string): FileTooLarge | StorageRefused {
  const code = codeOf(answer);
  if (code === "EntityTooLarge") return new FileTooLarge(code, "The storage takes fewer bytes than were announced.", id);
  return new StorageRefused(code, `The storage answers ${answer.status}.`, id);
}

/** Return a storage's own word for why: S3 answers XML, the server of a folder the word alone. */
function codeOf({ status, text }: Answer): string {
  return (/<Code>(\w+)<\/Code>/.exec(text) ?? /^(\w+)\s*$/.exec(text))?.[1] ?? String(status);
}
