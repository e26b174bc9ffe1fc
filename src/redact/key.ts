import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { keyShort } from "./errors.js";

/** Bytes of a key; a hash of 128 bits cannot be guessed. */
const LEAST_BYTES = 16;
const IV = 12;
const TAG = 16;

/**
 * Keys for each purpose, derived from one secret with HKDF. A line break at the end of the secret does not count, so
 * that a key file can be written with an editor.
 *
 * @throws NeriumError REDACT_KEY_SHORT
 */
export class RedactionKey {
  private readonly ivKey: Buffer;
  private readonly cipherKey: Buffer;
  private readonly mapKey: Buffer;
  private readonly hashKey: Buffer;

  constructor(secret: string | Uint8Array) {
    const given = typeof secret === "string" ? Buffer.from(secret) : Buffer.from(secret);
    let end = given.length;
    while (end > 0 && (given[end - 1] === 10 || given[end - 1] === 13)) end--;
    const bytes = given.subarray(0, end);
    if (bytes.length < LEAST_BYTES) throw keyShort(bytes.length, LEAST_BYTES);
    const derived = (purpose: string) =>
      Buffer.from(hkdfSync("sha256", bytes, "", `nerium redact ${purpose}`, 32));
    this.ivKey = derived("iv");
    this.cipherKey = derived("values");
    this.mapKey = derived("map");
    this.hashKey = derived("hash");
  }

  /** A keyed hash: HMAC with SHA-256. */
  hmac(purpose: string, text: string): Buffer {
    return createHmac("sha256", this.hashKey).update(`${purpose}\0${text}`).digest();
  }

  /**
   * Encrypts a value with AES-256-GCM. The initialization vector is a keyed hash of type and value, so that equal values
   * look equal, in every run and on every machine.
   */
  encrypt(type: string, text: string): Buffer {
    const iv = createHmac("sha256", this.ivKey).update(`${type}\0${text}`).digest().subarray(0, IV);
    return sealed(this.cipherKey, iv, type, Buffer.from(text, "utf16le"));
  }

  /** Returns the value, or nothing if it was not encrypted with this key as this type. */
  decrypt(type: string, bytes: Uint8Array): string | undefined {
    return opened(this.cipherKey, type, bytes)?.toString("utf16le");
  }

  encryptMap(text: string): Buffer {
    return sealed(this.mapKey, randomBytes(IV), "map", Buffer.from(text, "utf16le"));
  }

  decryptMap(bytes: Uint8Array): string | undefined {
    return opened(this.mapKey, "map", bytes)?.toString("utf16le");
  }
}

function sealed(key: Buffer, iv: Buffer, about: string, plain: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(about));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function opened(key: Buffer, about: string, bytes: Uint8Array): Buffer | undefined {
  if (bytes.length < IV + TAG) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV), { authTagLength: TAG })
    .setAAD(Buffer.from(about))
    .setAuthTag(bytes.subarray(IV, IV + TAG));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV + TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}
