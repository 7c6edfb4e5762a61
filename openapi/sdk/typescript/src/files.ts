/** The file of an upload: a Blob (so a File), or bytes (so a Buffer), read from its beginning as often as it is sent. */

import { UnsupportedFile } from "./errors.js";

/** What can be uploaded. In Node, `await fs.openAsBlob(path)` is one of a file on disk, which is not read into memory. */
export type Sendable = Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer>;

/** Return it as a Blob that knows its media type. */
export async function toBlob(file: Sendable, type?: string): Promise<Blob> {
  const blob = file instanceof Blob ? file : new Blob([file]);
  const known = type ?? typeOf(new Uint8Array(await blob.slice(0, 16).arrayBuffer())) ?? blob.type;
  if (known) return blob.slice(0, blob.size, known);
  throw new UnsupportedFile("unsupported_type", "The file begins like no image or video that can be uploaded.");
}

/** Return the media type of a file by its first bytes; names of files say too much that is not so. */
function typeOf(beginning: Uint8Array): string | undefined {
  const text = String.fromCharCode(...beginning);
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (/^GIF8[79]a/.test(text)) return "image/gif";
  if (/^RIFF....WEBP/s.test(text)) return "image/webp";
  if (text.startsWith("\x1a\x45\xdf\xa3")) return "video/webm";
  const brand = /^....ftyp(....)/s.exec(text)?.[1];
  if (brand === undefined) return undefined;
  if (brand === "avif" || brand === "avis") return "image/avif";
  if (brand === "qt  ") return "video/quicktime";
  // Pictures of Apple's have the container of a video.
  return /^(hei|hev|mif1|msf1)/.test(brand) ? undefined : "video/mp4";
}
