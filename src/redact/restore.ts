import { requireArgument, requireOptions } from "../options.js";
import type { Piece, TextPiece } from "./formats/block.js";
import { readerOf } from "./formats/index.js";
import { type FormatName, formatNames } from "./formats/names.js";
import type { RedactionKey } from "./key.js";
import { keyOf } from "./options.js";
import { decryptedMap, decryptedToken, isEncrypted, restorable } from "./tokens.js";

/** How a text was redacted. */
export interface RestoreOptions {
  /** The key with which the text was redacted. */
  readonly key: string | Uint8Array;
  /** The map that `redact` returned, for placeholders. Encrypted values need none. */
  readonly map?: string | undefined;
  /** What the text is. Defaults to `text`. */
  readonly format?: FormatName | undefined;
}

/** How many values were put back, and how many encrypted ones were left, because they are not of this key. */
export interface RestoreCounts {
  restored: number;
  left: number;
}

/**
 * Restores a text as its parts arrive.
 *
 * @param counts are added up
 * @param file for errors
 */
export async function* restoreParts(
  parts: AsyncIterable<string> | Iterable<string>,
  options: RestoreOptions,
  counts: RestoreCounts = { restored: 0, left: 0 },
  file?: string,
): AsyncGenerator<string, void, undefined> {
  requireArgument("restore", "options", options, "an object");
  const { key: secret, ...others } = options;
  requireOptions("restore", others, { map: "a text", format: formatNames });
  const { map, format = "text" } = others;
  const key = keyOf(secret);
  const restorer = new Restorer(key, map === undefined ? new Map() : decryptedMap(key, map), counts);
  // These are written as they are, so that their structure does not matter.
  if (format === "text" || format === "markdown") return yield* plainParts(parts, restorer);
  const read = await readerOf(format, file);
  for await (const { pieces } of read(asAsync(parts)))
    yield pieces.map((piece) => restorer.piece(piece)).join("");
}

async function* asAsync(parts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  yield* parts;
}

class Restorer {
  constructor(
    private readonly key: RedactionKey,
    private readonly values: ReadonlyMap<string, string>,
    private readonly counts: RestoreCounts,
  ) {}

  text(text: string): string {
    return text.replace(restorable(), (token) => {
      const value = this.values.get(token) ?? decryptedToken(this.key, token);
      if (value !== undefined) this.counts.restored++;
      else if (isEncrypted(token)) this.counts.left++;
      return value ?? token;
    });
  }

  piece(piece: Piece): string {
    if (piece.kind === "fixed" || !piece.text.includes("[")) return piece.raw;
    return this.changed(piece);
  }

  private changed({ raw, text, encode }: TextPiece): string {
    const restored = this.text(text);
    return restored === text ? raw : encode(restored);
  }
}

/** The beginning of something that may be restored, at the end of a part. */
const BEGUN = /\[(?:[\p{Lu}\p{Lo}][\p{Lu}\p{Lo}\p{N}_]{0,80}(?::[\w-]*)?)?$/u;

async function* plainParts(
  parts: AsyncIterable<string> | Iterable<string>,
  restorer: Restorer,
): AsyncGenerator<string, void, undefined> {
  /** The parts since the bracket that may begin a token. */
  let held: string[] = [];
  for await (const part of parts) {
    const isInside = held.length > 0 && !/[^\w-]/.test(part);
    held.push(part);
    if (isInside) continue;
    const text = held.join("");
    const bracket = text.lastIndexOf("[");
    const from = bracket >= 0 && BEGUN.test(text.slice(bracket)) ? bracket : text.length;
    if (from > 0) yield restorer.text(text.slice(0, from));
    held = from < text.length ? [text.slice(from)] : [];
  }
  if (held.length > 0) yield restorer.text(held.join(""));
}
