import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { keyWrong, presidioInvalid } from "../errors.js";

const BLOCK = 16;
const SIZES: readonly number[] = [16, 24, 32];

/**
 * Returns the bytes of a key of Presidio: its characters in UTF-8.
 *
 * @throws NeriumError REDACT_PRESIDIO_INVALID
 */
function keyBytes(key: string): Buffer {
  const bytes = Buffer.from(key);
  if (!SIZES.includes(bytes.length))
    throw presidioInvalid(`key must have 16, 24 or 32 bytes in UTF-8, but has ${bytes.length}`);
  return bytes;
}

/**
 * Encrypts as Presidio does: AES in CBC mode with PKCS#7 padding, a random initialization vector in front, in URL-safe
 * base64 with padding. The result is not authenticated. https://microsoft.github.io/presidio/anonymizer
 *
 * @throws NeriumError REDACT_PRESIDIO_INVALID
 */
export function aesEncrypted(key: string, text: string): string {
  const bytes = keyBytes(key);
  if (/\p{Surrogate}/u.test(text)) throw presidioInvalid("a value to encrypt contains half of a character");
  const iv = randomBytes(BLOCK);
  const cipher = createCipheriv(`aes-${8 * bytes.length}-cbc`, bytes, iv);
  const base64 = Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final()]).toString("base64");
  return base64.replaceAll("+", "-").replaceAll("/", "_");
}

/**
 * Decrypts what {@link aesEncrypted} or Presidio encrypted.
 *
 * @throws NeriumError REDACT_PRESIDIO_INVALID, REDACT_KEY_WRONG
 */
export function aesDecrypted(key: string, encrypted: string): string {
  const bytes = keyBytes(key);
  const all = Buffer.from(encrypted, "base64url");
  try {
    const decipher = createDecipheriv(`aes-${8 * bytes.length}-cbc`, bytes, all.subarray(0, BLOCK));
    const plain = Buffer.concat([decipher.update(all.subarray(BLOCK)), decipher.final()]);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
  } catch {
    throw keyWrong("The value");
  }
}
