import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type FormatName,
  type RedactOptions,
  redact,
  restore,
  restoreStream,
} from "../../src/redact/public.js";
import { key, roundTrip, terms, texts } from "./roundTrip.js";

/** `npm run fuzz:redact` tries 100,000. */
const RUNS = 1000;

describe("what was redacted can be restored", () => {
  it.each(["encrypted values", "placeholders with their map"] as const)(
    "%s, for random texts",
    async (way) => {
      await fc.assert(roundTrip(way), { numRuns: RUNS });
    },
  );

  it.each<[FormatName, (text: string) => string, (document: string) => unknown]>([
    ["json", (text) => JSON.stringify({ a: [text, 1, { b: text }] }), (document) => JSON.parse(document)],
    ["jsonl", (text) => `${JSON.stringify({ text })}\n${JSON.stringify(text)}\n`, String],
    ["csv", (text) => `name,note\n"${text.replaceAll('"', '""')}",x\n`, String],
    ["tsv", (text) => `name\tnote\n${text.replace(/[\t\n]/g, " ")}\tx\n`, String],
    ["markdown", (text) => `# ${text}\n\n- **${text}** [link](https://example.com)\n`, String],
  ])("values of %s", async (format, written, read) => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const document = written(text);
        for (const options of [{ operators: { DEFAULT: "encrypt" } }, { map: true }] as RedactOptions[]) {
          const { text: safe, map } = await redact(undefined, document, { terms, key, format, ...options });
          expect(read(await restore(safe, { key, map, format }))).toEqual(read(document));
        }
      }),
      { numRuns: RUNS / 20 },
    );
  });

  it("from a text that has changed in between", async () => {
    const { map } = await redact(undefined, "Bob wrote to jane.doe@example.com.", { terms, key, map: true });
    expect(await restore("I told [PERSON_1] and [PERSON_9] about [EMAIL_ADDRESS_1].", { key, map })).toBe(
      "I told Bob and [PERSON_9] about jane.doe@example.com.",
    );
  });

  it("from parts that are cut anywhere", async () => {
    const text = "x [PERSON_1] Bob [a] [PERSON:short] jane.doe@example.com [";
    const { text: safe } = await redact(undefined, text, { terms, key, operators: { DEFAULT: "encrypt" } });
    for (let at = 0; at <= safe.length; at++) {
      let restored = "";
      for await (const part of restoreStream([safe.slice(0, at), safe.slice(at)], { key })) restored += part;
      expect(restored).toBe(text);
    }
    let restored = "";
    for await (const part of restoreStream(safe.split(""), { key })) restored += part;
    expect(restored).toBe(text);
  });
});

describe("keys", () => {
  it("another key restores nothing", async () => {
    const { text: safe } = await redact(undefined, "Bob", { terms, key, operators: { DEFAULT: "encrypt" } });
    expect(await restore(safe, { key: "another secret, as long" })).toBe(safe);
  });

  it("a changed token stays as it is", async () => {
    const { text: safe } = await redact(undefined, "Bob", { terms, key, operators: { DEFAULT: "encrypt" } });
    const changed = safe.replace(/.\]$/, (end) => (end === "A]" ? "B]" : "A]"));
    expect(await restore(changed, { key })).toBe(changed);
    expect(await restore(safe.replace("PERSON", "PLACE"), { key })).toBe(safe.replace("PERSON", "PLACE"));
  });

  it.each([
    [
      "of another key",
      async () => (await redact(undefined, "Bob", { terms, key: "another secret, as long", map: true })).map!,
    ],
    [
      "that was cut",
      async () => (await redact(undefined, "Bob", { terms, key, map: true })).map!.slice(0, -8),
    ],
    ["that is none", async () => "{}"],
  ])("a map %s is refused", async (_, made) => {
    const map = await made();
    await expect(restore("[PERSON_1]", { key, map })).rejects.toMatchObject({ code: "REDACT_KEY_WRONG" });
  });

  it("a line break at the end of the key does not count", async () => {
    const secret = "0123456789abcdef0123";
    const { text: safe } = await redact(undefined, "Bob", {
      ...{ terms, key: `${secret}\r\n` },
      operators: { DEFAULT: "encrypt" },
    });
    expect(await restore(safe, { key: Buffer.from(secret) })).toBe("Bob");
  });

  it("a map shows nothing of the values", async () => {
    const { map } = await redact(undefined, "Bob", { terms, key, map: true });
    expect(map).not.toContain("Bob");
    expect(Buffer.from(JSON.parse(map!).data, "base64").toString("utf16le")).not.toContain("Bob");
  });
});
