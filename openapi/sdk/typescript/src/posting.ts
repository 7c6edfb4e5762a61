/** Sending a form with progress: by XMLHttpRequest where there is one, for `fetch` tells none in browsers. */

import { newKey, type Fetch } from "./retries.js";

/** Hears how many bytes of a file, of how many, are on their way. */
export type Progress = (sent: number, total: number) => void;

/** A form, the file that comes last in it, and how it is sent. */
export interface Posting {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly file: Blob;
  readonly onProgress: Progress;
  readonly signal: AbortSignal;
  readonly fetch: Fetch;
}

/** A storage's answer, as far as it is looked at. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** For how many seconds nothing may move. */
const STALLED = 60;
const CHUNK = 64 * 1024;

/**
 * Send a form once, and return the answer, or what kept it from coming.
 *
 * It throws why the caller called it off, and what the caller's own `onProgress` throws.
 */
export async function post(posting: Posting): Promise<Answer | Error> {
  posting.signal.throwIfAborted();
  const stop = new AbortController();
  const stall = (): void => stop.abort(new DOMException("Nothing moves any more.", "TimeoutError"));
  let timer = setTimeout(stall, STALLED * 1000);
  let fault: { readonly thrown: unknown } | undefined;
  const onProgress: Progress = (sent, total) => {
    clearTimeout(timer);
    timer = setTimeout(stall, STALLED * 1000);
    try {
      if (fault === undefined) posting.onProgress(sent, total);
    } catch (thrown) {
      fault = { thrown };
      stop.abort(thrown);
    }
  };
  const signal = AbortSignal.any([posting.signal, stop.signal]);
  const send = typeof XMLHttpRequest === "undefined" ? byFetch : byXhr;
  let answer: Answer | Error;
  try {
    onProgress(0, posting.file.size);
    signal.throwIfAborted();
    answer = await send({ ...posting, onProgress, signal });
  } catch (trouble) {
    answer = trouble instanceof Error ? trouble : new Error(String(trouble));
  } finally {
    clearTimeout(timer);
  }
  if (fault !== undefined) throw fault.thrown;
  posting.signal.throwIfAborted();
  return answer;
}

function byXhr({ url, fields, file, onProgress, signal }: Posting): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", file, "file");
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    request.open("POST", url);
    request.upload.onprogress = ({ loaded, total }) => {
      // The form's fields are counted as well, and come before the file.
      onProgress(Math.max(0, Math.min(file.size, loaded - (total - file.size))), file.size);
    };
    request.onload = () => {
      const { status, responseText: text } = request;
      if (status >= 200 && status < 300) onProgress(file.size, file.size);
      resolve({ status, headers: toHeaders(request.getAllResponseHeaders()), text });
    };
    request.onerror = () => reject(new TypeError(`No answer from ${new URL(url).origin}: is it there, and does its CORS allow this page?`));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort, { once: true });
    request.send(form);
  });
}

async function byFetch({ url, fields, file, onProgress, signal, fetch }: Posting): Promise<Answer> {
  const boundary = newKey();
  const part = (name: string): string => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
  const before = Object.entries(fields).map(([name, value]) => `${part(name)}\r\n\r\n${value}\r\n`);
  const head = new Blob([...before, `${part("file")}; filename="file"\r\n\r\n`]);
  const whole = new Blob([head, file, `\r\n--${boundary}--\r\n`]);
  const type = `multipart/form-data; boundary=${boundary}`;
  const init = { method: "POST", signal, redirect: "manual", credentials: "omit" } as const;
  const request = isNode()
    ? // Its length is said, or it would go in chunks, which S3 does not take. Nobody but Node heeds that.
      new Request(url, {
        ...init,
        headers: { "Content-Type": type, "Content-Length": String(whole.size) },
        body: counted(whole, head.size, file.size, onProgress),
        duplex: "half",
      } as RequestInit)
    : new Request(url, { ...init, headers: { "Content-Type": type }, body: whole });
  const response = await fetch(request);
  const text = await response.text();
  if (response.ok) onProgress(file.size, file.size);
  return { status: response.status, headers: response.headers, text };
}

/** Yield a form in pieces, and tell how much of its file was taken. */
function counted(whole: Blob, before: number, size: number, onProgress: Progress): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (at > before) onProgress(Math.min(size, at - before), size);
        const piece = new Uint8Array(await whole.slice(at, at + CHUNK).arrayBuffer());
        at += piece.length;
        if (piece.length > 0) controller.enqueue(piece);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

function isNode(): boolean {
  const { process, Deno, Bun } = globalThis as { process?: { versions?: { node?: string } }; Deno?: unknown; Bun?: unknown };
  return process?.versions?.node !== undefined && Deno === undefined && Bun === undefined;
}

function toHeaders(lines: string): Headers {
  const headers = new Headers();
  for (const line of lines.split("\r\n")) {
    const at = line.indexOf(":");
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  return headers;
}
