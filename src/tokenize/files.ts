import { parseJson, readWholeFile } from "../files/index.js";
import { tokenizerFileUnreadable, tokenizerInvalid } from "./errors.js";

export type JsonObject = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns the content of a file, or `undefined` if the file does not exist. */
export async function bytesIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readWholeFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw tokenizerFileUnreadable(file, error);
  }
}

/** Returns the text of a UTF-8 file, or `undefined` if the file does not exist. */
export async function textIfThere(file: string): Promise<string | undefined> {
  const bytes = await bytesIfThere(file);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw tokenizerInvalid(file, "it is not valid UTF-8", cause);
  }
}

/** Parses a text as a JSON object. */
export function jsonObject(text: string, file: string): JsonObject {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw tokenizerInvalid(file, `it is not valid JSON (${(cause as Error).message.slice(0, 120)})`, cause);
  }
  if (!isObject(value)) throw tokenizerInvalid(file, "it is not a JSON object");
  return value;
}
