import { randomBytes } from "node:crypto";
import type { Finding } from "../finding.js";
import { RedactionKey } from "../key.js";
import { encryptedToken } from "../tokens.js";
import { Choices } from "./choices.js";
import { folded } from "./fold.js";
import { madeUp } from "./madeUp.js";
import { masked } from "./mask.js";
import type { Numbering } from "./numbering.js";
import type { Operator } from "./operator.js";

/** Operators by type. `DEFAULT` is for all other types. */
export type Operators = Readonly<Record<string, Operator>>;

/** The type of texts that only look redacted. They are replaced too, so that restoring gives them back. */
export const LITERAL = "TEXT";

/** Puts something in place of what was found. */
export class Replacer {
  private pseudonymKey: RedactionKey | undefined;

  constructor(
    private readonly operators: Operators,
    private readonly key: RedactionKey | undefined,
  ) {
    this.pseudonymKey = key;
  }

  operatorFor(type: string): Operator {
    if (type === LITERAL) return "encrypt";
    if (Object.hasOwn(this.operators, type)) return this.operators[type]!;
    return this.operators.DEFAULT ?? "placeholder";
  }

  /** Whether some value is encrypted. */
  get encrypts(): boolean {
    return Object.values(this.operators).includes("encrypt");
  }

  replacement(finding: Finding, text: string, numbering: Numbering): string {
    const { type } = finding;
    const operator = this.operatorFor(type);
    const name = typeof operator === "string" ? operator : operator.type;
    switch (name) {
      case "placeholder":
        return numbering.placeholder(type, folded(finding, text), text);
      case "pseudonym": {
        const value = folded(finding, text);
        // Without a key, pseudonyms are the same within a run, and different in the next.
        this.pseudonymKey ??= new RedactionKey(randomBytes(32));
        const secret = this.pseudonymKey;
        const choices = new Choices((count) => secret.hmac(`pseudonym ${type} ${count}`, value));
        return madeUp(type, text, choices);
      }
      case "mask":
        return typeof operator === "object" && operator.type === "mask"
          ? masked(text, operator.character, operator.keepLast)
          : masked(text);
      case "hash":
        return this.key!.hmac(`hash ${type}`, folded(finding, text)).subarray(0, 16).toString("hex");
      case "encrypt":
        return encryptedToken(this.key!, type, text);
      case "replace":
        return (operator as { readonly with: string }).with;
      case "remove":
        return "";
      case "keep":
        return text;
    }
  }
}
