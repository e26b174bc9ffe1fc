import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { load, type Ner } from "../../src/infer/index.js";
import { sectionsOf } from "../../src/redact/formats/sections.js";
import { type FormatName, type RedactOptions, redact, redactStream } from "../../src/redact/public.js";
import { sampled } from "../breadth.js";
import { writeTinyModel } from "../infer/tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-redact-"));
let ner: Ner;
beforeAll(async () => {
  const reads = { labels: ["O", "B-PER", "I-PER", "B-LOC"], reads: ["o", "b", "i", "a"] };
  ner = await load(await writeTinyModel(join(scratch, "model"), reads), { threads: 1 });
});
afterAll(async () => {
  await ner.dispose();
  rmSync(scratch, { recursive: true, force: true });
});

async function streamed(parts: readonly string[], options: RedactOptions = {}, model: Ner | undefined = ner) {
  let text = "";
  for await (const part of redactStream(model, parts, options)) text += part;
  return text;
}

const DOCUMENTS: Readonly<Record<FormatName, string>> = {
  text: "o b i o a. Card 4111 1111 1111 1111\r\nb i's 😀 bob@example.com\n\no a",
  json: '{"b i": ["o b i", "4111 1111 1111 1111", "\\u0062 \\"a\\""], "n": 1}',
  jsonl: '{"x":"o b"}\n{"x":"a 😀"}\n',
  csv: 'name,note\r\nb i,"o ""a"", b\ni"\r\no,4111111111111111\r\n',
  tsv: "name\tnote\nb i\to a\n",
  markdown:
    "# o **b i**\n\n| a | b |\n|---|---|\n| o | [b](https://example.com) |\n\n```\nbob@example.com\n```\n",
  html: '<p title="b i">o <b>b</b> i &amp; a<br><!-- bob@example.com --><script>"4111111111111111"</script>&#98;</p>',
};

describe("a stream that is cut anywhere gives the same as the whole text", () => {
  it.each(Object.entries(DOCUMENTS) as [FormatName, string][])("in %s", async (format, text) => {
    const whole = (await redact(ner, text, { format })).text;
    expect(whole).not.toBe(text);
    const places = sampled(
      Array.from({ length: text.length - 1 }, (_, at) => at + 1),
      24,
    );
    for (const at of places)
      expect(await streamed([text.slice(0, at), text.slice(at)], { format })).toBe(whole);
    expect(await streamed(text.split(""), { format })).toBe(whole);
  });

  it("also if it is longer than a section", async () => {
    const text = Array.from(
      { length: 1200 },
      (_, at) => `o b i ${at} a o. Mail x${at}@example.com now.`,
    ).join(" ");
    const whole = (await redact(ner, text)).text;
    for (const size of [1000, 4096, 16_384, 40_000]) {
      const parts = text.match(new RegExp(`.{1,${size}}`, "gs"))!;
      expect(await streamed(parts)).toBe(whole);
    }
    expect(whole).toContain("[EMAIL_ADDRESS_1200]");
  });
});

describe("sections", () => {
  const sections = async (parts: readonly string[]) => {
    const all: string[] = [];
    for await (const section of sectionsOf(
      (async function* () {
        yield* parts;
      })(),
    ))
      all.push(section);
    return all;
  };

  it("are the text, and end where lines and sentences end", async () => {
    const lines = Array.from({ length: 3000 }, (_, at) => `Line ${at} of the text.\n`).join("");
    const found = await sections([lines]);
    expect(found.join("")).toBe(lines);
    expect(found.length).toBeGreaterThan(3);
    expect(found.every((section) => section.endsWith(".\n"))).toBe(true);
    const prose = "A sentence comes here. ".repeat(3000);
    expect((await sections([prose])).every((section) => section.endsWith(". "))).toBe(true);
  });

  it("do not cut a private key, nor a pair of surrogates", async () => {
    const keyText = `-----BEGIN PRIVATE KEY-----\n${"QUJD".repeat(16)}\n\n${`${"QUJD".repeat(16)}\n`.repeat(30)}-----END PRIVATE KEY-----\n`;
    const text = `${"word ".repeat(700)}\n${keyText}${"word ".repeat(2000)}\n`;
    const found = await sections([text]);
    expect(found.some((section) => section.includes(keyText))).toBe(true);
    const smile = `a${"😀".repeat(70_000)}`;
    const cut = await sections([smile]);
    expect(cut.join("")).toBe(smile);
    expect(cut.some((section) => /[\ud800-\udbff]$/.test(section))).toBe(false);
  });
});

describe("model and patterns together", () => {
  it("the model's types get their usual names, and the possessive stays", async () => {
    expect((await redact(ner, "o b i's o a")).text).toBe("o [PERSON_1]'s o [LOCATION_1]");
  });

  it("types can be renamed, kept and left out", async () => {
    const types = { PER: "STAFF" };
    expect((await redact(ner, "o b i o a", { types, operators: { LOCATION: "keep" } })).text).toBe(
      "o [STAFF_1] o a",
    );
    expect((await redact(ner, "o b i o a", { exclude: ["PERSON"] })).text).toBe("o b i o [LOCATION_1]");
    expect((await redact(ner, "o b i o a", { threshold: 1 })).text).toBe("o b i o a");
  });

  it("a signal stops the work", async () => {
    await expect(redact(ner, "o b", { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow(
      "stopped",
    );
  });
});
