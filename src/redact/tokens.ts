import { keyWrong } from "./errors.js";
import type { RedactionKey } from "./key.js";

/** `[PERSON:…]`, an encrypted value; `[PERSON_1]`, a numbered one; `[PERSON_1:2]`, another spelling of that. */
const NAME = "[\\p{Lu}\\p{Lo}][\\p{Lu}\\p{Lo}\\p{N}_]{0,63}";
const ENCRYPTED = `\\[${NAME}:[\\w-]{38,}\\]`;
const NUMBERED = `\\[${NAME}_\\d{1,15}(?::\\d{1,15})?\\]`;

/** Matches what stands in a redacted text for a value that can be restored. */
export const restorable = (): RegExp => new RegExp(`${ENCRYPTED}|${NUMBERED}`, "gu");

const WHOLE_ENCRYPTED = new RegExp(`^${ENCRYPTED}$`, "u");

/** Whether a token is an encrypted value, of whatever key. */
export const isEncrypted = (token: string): boolean => WHOLE_ENCRYPTED.test(token);

export const encryptedToken = (key: RedactionKey, type: string, text: string): string =>
  `[${type}:${key.encrypt(type, text).toString("base64url")}]`;

/** Returns the value of an encrypted token; nothing if it is another kind of token, or of another key. */
export function decryptedToken(key: RedactionKey, token: string): string | undefined {
  const colon = token.indexOf(":");
  if (colon < 0) return undefined;
  return key.decrypt(token.slice(1, colon), Buffer.from(token.slice(colon + 1, -1), "base64url"));
}

const VERSION = 1;

/** Writes numbered values as an encrypted text, for a file or a database. */
export function encryptedMap(key: RedactionKey, values: ReadonlyMap<string, string>): string {
  const data = key.encryptMap(JSON.stringify(Object.fromEntries(values))).toString("base64");
  return `${JSON.stringify({ neriumRedactionMap: VERSION, data })}\n`;
}

/** @throws NeriumError REDACT_KEY_WRONG */
export function decryptedMap(key: RedactionKey, text: string): ReadonlyMap<string, string> {
  try {
    const { neriumRedactionMap: version, data } = JSON.parse(text) as Record<string, unknown>;
    if (version !== VERSION || typeof data !== "string") throw keyWrong("The map");
    const plain = key.decryptMap(Buffer.from(data, "base64"));
    if (plain === undefined) throw keyWrong("The map");
    return new Map(Object.entries(JSON.parse(plain) as Record<string, string>));
  } catch {
    throw keyWrong("The map");
  }
}
