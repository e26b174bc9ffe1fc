import { createHash } from "node:crypto";
import type { Window } from "../../tasks/tokenClassification/index.js";
import type { Sentence } from "../../text/index.js";

/** Number of sentences or windows that are hashed in one call. */
const AT_ONCE = 1024;

/**
 * sha256 of the words and tags of sentences. It does not depend on how they are split over calls of `add`.
 */
export class DataDigest {
  readonly #hash = createHash("sha256");

  add(sentences: readonly Pick<Sentence, "words" | "tags">[]): void {
    for (let first = 0; first < sentences.length; first += AT_ONCE)
      this.#hash.update(
        sentences
          .slice(first, first + AT_ONCE)
          .map(({ words, tags }) => `${JSON.stringify([words, tags])}\n`)
          .join(""),
      );
  }

  /** The hash of everything added so far. Nothing can be added afterwards. */
  get hex(): string {
    return this.#hash.digest("hex");
  }
}

/** sha256 of the tokens of windows. It does not depend on how they are split over calls of `add`. */
export class TokensDigest {
  readonly #hash = createHash("sha256");

  add(windows: readonly Pick<Window, "inputIds">[]): void {
    for (let first = 0; first < windows.length; first += AT_ONCE) {
      const some = windows.slice(first, first + AT_ONCE);
      const all = new Int32Array(some.reduce((sum, { inputIds }) => sum + 1 + inputIds.length, 0));
      let at = 0;
      for (const { inputIds } of some) {
        all[at] = inputIds.length;
        all.set(inputIds, at + 1);
        at += 1 + inputIds.length;
      }
      this.#hash.update(new Uint8Array(all.buffer));
    }
  }

  /** The hash of everything added so far. Nothing can be added afterwards. */
  get hex(): string {
    return this.#hash.digest("hex");
  }
}
