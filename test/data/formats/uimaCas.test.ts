import { describe, expect, it } from "vitest";
import type { FormatOptions } from "../../../src/data/formats/format.js";
import { parseDataset } from "../../../src/data/index.js";
import { plain, read } from "./written.js";

const PACKAGE = "de.tudarmstadt.ukp.dkpro.core.api";
const TEXT = "😀 Ada met Bob.";

/** An export of INCEpTION with these annotations beside its text and its tokens. */
function cas(annotations: readonly object[], types: readonly string[] = []): string {
  const tokens = [...TEXT.matchAll(/[\p{L}\p{S}]+|\./gu)].map(({ index, 0: token }) => ({
    "%TYPE": `${PACKAGE}.segmentation.type.Token`,
    "@sofa": 1,
    "^begin": index,
    "^end": index + token.length,
  }));
  const structures = [
    { "%TYPE": "uima.cas.Sofa", sofaNum: 1, sofaID: "_InitialView", mimeType: "text", sofaString: TEXT },
    { "%TYPE": `${PACKAGE}.metadata.type.DocumentMetaData`, "@sofa": 1, documentTitle: "first.txt" },
    ...tokens,
    ...annotations,
  ].map((structure, index) => ({ "%ID": index + 1, ...structure }));
  const document = {
    "%HEADER": { "%VERSION": "0.4.0" },
    "%TYPES": Object.fromEntries(types.map((type) => [type, { "%NAME": type }])),
    "%FEATURE_STRUCTURES": structures,
    "%VIEWS": { _InitialView: { "%SOFA": 1, "%MEMBERS": [] } },
  };
  return JSON.stringify(document, undefined, 2);
}

const entity = (begin: number, end: number, features: object, type = `${PACKAGE}.ner.type.NamedEntity`) => ({
  "%TYPE": type,
  "@sofa": 1,
  "^begin": begin,
  "^end": end,
  ...features,
});

async function readCas(text: string, options: FormatOptions = {}) {
  const notes = new Set<string>();
  const { content, format, leftOut } = await read({ "x.json": Buffer.from(text) }, "x.json", {
    onNote: (note) => notes.add(note),
    ...options,
  });
  const [document] = plain(content) as { text: string; spans: unknown; id?: string }[];
  return { format: format.name, document, notes: [...notes], lost: leftOut.all };
}

describe("UIMA CAS JSON", () => {
  it("has the named entities of a text, in UTF-16 units, and its tokens", async () => {
    const file = cas([entity(3, 6, { value: "PER" }), entity(11, 14, { value: "PER", identifier: "Q1" })]);
    const { format, document, lost } = await readCas(file);
    expect(format).toBe("uima-cas-json");
    expect(document).toMatchObject({
      text: TEXT,
      spans: [
        { type: "PER", start: 3, end: 6 },
        { type: "PER", start: 11, end: 14 },
      ],
    });
    expect(lost).toEqual([{ what: "value of NamedEntity.identifier", count: 1 }]);
    const { sentences } = await parseDataset(Buffer.from(file), "x.json");
    expect(sentences.map(({ words, tags }) => [words, tags])).toEqual([
      [
        ["😀", "Ada", "met", "Bob", "."],
        ["O", "B-PER", "O", "B-PER", "O"],
      ],
    ]);
  });

  it("has the entities of the only layer of the project's own, with its feature", async () => {
    const file = cas([
      entity(3, 6, { kind: "NAME" }, "webanno.custom.PHI"),
      entity(3, 6, { PosValue: "NE" }, `${PACKAGE}.lexmorph.type.pos.POS`),
    ]);
    const { document, lost } = await readCas(file);
    expect(document!.spans).toEqual([{ type: "NAME", start: 3, end: 6 }]);
    expect(lost).toEqual([{ what: "value of POS", count: 1 }]);
  });

  it("is a text without entities if the layer has no annotation, and counts entities without a value", async () => {
    expect((await readCas(cas([], [`${PACKAGE}.ner.type.NamedEntity`]))).document!.spans).toEqual([]);
    const { document, notes } = await readCas(cas([entity(3, 6, {}), entity(11, 14, { value: "PER" })]));
    expect(document!.spans).toEqual([{ type: "PER", start: 11, end: 14 }]);
    expect(notes).toEqual(["x.json: ignored 1 entity without a value"]);
  });

  it("needs to be told which of several layers has the entities", async () => {
    const file = cas([
      entity(3, 6, { kind: "NAME" }, "webanno.custom.PHI"),
      entity(11, 14, { role: "AGENT" }, "webanno.custom.Role"),
    ]);
    await expect(readCas(file)).rejects.toMatchObject({ code: "DATA_TAG_COLUMN_MISSING", where: "x.json:1" });
    const { document } = await readCas(file, { tagColumn: "Role" });
    expect(document!.spans).toEqual([{ type: "AGENT", start: 11, end: 14 }]);
  });

  it.each([
    ["no text", JSON.stringify({ "%TYPES": {}, "%FEATURE_STRUCTURES": [] })],
    ["no list of annotations", JSON.stringify({ "%TYPES": {}, "%FEATURE_STRUCTURES": "x" })],
  ])("with %s is refused", async (_, file) => {
    await expect(readCas(file)).rejects.toMatchObject({ code: "DATA_JSON_SHAPE", where: "x.json:1" });
  });
});
