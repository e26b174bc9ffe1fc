import { createHash, randomBytes } from "node:crypto";
import { presidioInvalid } from "../errors.js";
import { aesDecrypted, aesEncrypted } from "./aes.js";

/** What `/anonymize` of Presidio puts in the place of a type. */
export type Anonymizer =
  | { readonly type: "replace"; readonly new_value?: string | null | undefined }
  | { readonly type: "redact" | "keep" }
  | {
      readonly type: "mask";
      /** One character, or none to remove characters. */
      readonly masking_char: string;
      readonly chars_to_mask: number;
      readonly from_end: boolean;
    }
  | {
      readonly type: "hash";
      readonly hash_type?: "sha256" | "sha512" | undefined;
      readonly salt?: string | undefined;
    }
  | { readonly type: "encrypt"; readonly key: string };

/** What `/deanonymize` of Presidio does with a type. */
export type Deanonymizer =
  | { readonly type: "decrypt"; readonly key: string }
  | { readonly type: "deanonymize_keep" };

export const anonymizers = ["replace", "redact", "mask", "hash", "keep", "encrypt"] as const;
export const deanonymizers = ["decrypt", "deanonymize_keep"] as const;

const LEAST_SALT = 16;

/**
 * Does what an operator of Presidio does with a value.
 *
 * @throws NeriumError REDACT_PRESIDIO_INVALID, REDACT_KEY_WRONG
 */
export function operated(operator: Anonymizer | Deanonymizer, entityType: string, text: string): string {
  switch (operator.type) {
    case "replace":
      return operator.new_value || `<${entityType}>`;
    case "redact":
      return "";
    case "keep":
    case "deanonymize_keep":
      return text;
    case "mask": {
      const characters = [...text];
      const masked = Math.min(characters.length, Math.max(0, operator.chars_to_mask));
      const marks = operator.masking_char.repeat(masked);
      const kept = characters.length - masked;
      return operator.from_end
        ? characters.slice(0, kept).join("") + marks
        : marks + characters.slice(masked).join("");
    }
    case "hash":
      return createHash(operator.hash_type ?? "sha256")
        .update(text, "utf8")
        .update(saltBytes(operator.salt))
        .digest("hex");
    case "encrypt":
      return aesEncrypted(operator.key, text);
    case "decrypt":
      return aesDecrypted(operator.key, text);
  }
}

function saltBytes(salt: string | undefined): Buffer {
  if (salt === undefined) return randomBytes(32);
  const bytes = Buffer.from(salt);
  if (bytes.length < LEAST_SALT)
    throw presidioInvalid(`salt must have ${LEAST_SALT} bytes or more, but has ${bytes.length}`);
  return bytes;
}
