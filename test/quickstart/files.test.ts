import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readDataset } from "../../src/data/index.js";
import { quickstartCorpus } from "../../src/quickstart/corpus.js";
import { writeQuickstartFiles } from "../../src/quickstart/files.js";
import { loadTokenizer } from "../../src/tokenize/index.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-quickstart-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the quickstart's files", async () => {
  const files = await writeQuickstartFiles(join(scratch, "new", "folder"), 7);

  it("read back as the sentences of the corpus", async () => {
    const corpus = quickstartCorpus(7);
    for (const part of ["train", "validation", "test"] as const) {
      const { sentences, scheme } = await readDataset(files[part]);
      expect(scheme).toBe("IOB2");
      expect(sentences).toEqual(corpus[part]);
    }
  });

  it("are the same bytes for the same seed", async () => {
    const again = await writeQuickstartFiles(join(scratch, "again"), 7);
    for (const part of ["train", "validation", "test"] as const) {
      expect(readFileSync(again[part], "utf8")).toBe(readFileSync(files[part], "utf8"));
    }
  });

  it("hold a tokenizer and a configuration that fit each other", async () => {
    const tokenizer = await loadTokenizer(files.encoder);
    const config = JSON.parse(readFileSync(join(files.encoder, "config.json"), "utf8"));
    expect(config.vocab_size).toBe(tokenizer.vocabSize);
    expect(config.max_position_embeddings).toBe(tokenizer.modelMaxLength);
    expect(config.pad_token_id).toBe(tokenizer.specialIds.pad);
    expect(files.config).toBe(readFileSync(join(files.encoder, "config.json"), "utf8"));
  });
});
