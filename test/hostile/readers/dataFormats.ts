import { openContent } from "../../../src/data/read/open.js";
import { bytesSource } from "../../../src/data/read/source.js";
import { toSentences } from "../../../src/data/spans/shapes.js";
import { mutateBytes } from "../mutate/bytes.js";
import { type Json, jsonOf, jsonText, mutateJson } from "../mutate/json.js";
import { mutateLines } from "../mutate/lines.js";
import type { Random } from "../mutate/random.js";
import { type Files, type Reader, requireThat } from "../reader.js";

const TEXT = "😀 Ada Lovelace\nlives in Turin";
const SPANS = [
  [2, 14, "PER"],
  [24, 29, "LOC"],
  [2, 5, "NAME"],
] as const;
const objects = SPANS.map(([start, end, label]) => ({
  start,
  end,
  label,
  text: TEXT.slice(start + 1, end + 1),
}));
const regions = SPANS.map(([start, end, label]) => ({ start: start + 1, end: end + 1, labels: [label] }));
const example = ["Ada Lovelace", { entities: [[0, 12, "PER"]] }];
const tokens = [
  { id: 0, orth: "Ada", ner: "B-PER" },
  { id: 1, orth: "Lovelace", ner: "L-PER" },
  { id: 2, orth: "lives", ner: "-" },
];

const cas = {
  "%TYPES": { "x.NamedEntity": { "%NAME": "x.NamedEntity" } },
  "%FEATURE_STRUCTURES": [
    { "%ID": 1, "%TYPE": "uima.cas.Sofa", sofaID: "_InitialView", sofaString: TEXT },
    ...SPANS.map(([start, end, value], index) => ({
      "%ID": index + 2,
      "%TYPE": index === 2 ? "x.Other" : "x.NamedEntity",
      "^begin": start + 1,
      "^end": end + 1,
      value,
    })),
    { "%ID": 9, "%TYPE": "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token", begin: 0, end: 2 },
  ],
};

/** Files that are JSON, by their names; the format is found out from their content. */
const JSON_SEEDS: readonly (readonly [string, readonly Json[]])[] = (
  [
    ["a.jsonl", [{ id: 1, text: TEXT, spans: objects }]],
    [
      "a.jsonl",
      [
        { id: "x", text: TEXT, label: SPANS },
        { text: "Ada", label: [] },
      ],
    ],
    [
      "a.json",
      [
        {
          text: TEXT,
          entities: [{ id: 3, label: "PER", start_offset: 2, end_offset: 5 }],
          relations: [{ id: 1 }],
        },
      ],
    ],
    ["a.json", [cas]],
    ["a.json", [[example, example]]],
    ["a.json", [{ classes: ["PER"], annotations: [example, null] }]],
    ["a.json", [[{ id: 0, paragraphs: [{ raw: "", sentences: [{ tokens, brackets: [] }], cats: [] }] }]]],
    ["a.json", [[{ id: 7, text: TEXT, label: regions, annotator: 1, updated_at: "now" }]]],
    [
      "a.json",
      [
        [
          {
            id: 7,
            data: { text: TEXT },
            annotations: [
              {
                was_cancelled: false,
                result: regions.map((value) => ({ to_name: "text", type: "labels", value })),
              },
            ],
          },
        ],
      ],
    ],
  ] as const
).map(([name, values]) => [name, values.map(jsonOf)]);

/** Files that are lines; the last one of a pair is the one that is opened. */
const LINE_SEEDS: readonly Readonly<Record<string, string>>[] = [
  {
    "a.csv":
      'Document,Sentence #,Word,POS,Tag\n1,Sentence: 1,Ada,NNP,B-PER\n1,,"a ""b"", c",NN,O\n2,Sentence: 2,Turin,NNP,B-LOC\n',
  },
  { "a.csv": "sentence_id,token,ner\r\n1,Ada,B-PER\r\n1,rains,O\r\n2,Turin,B-LOC\r\n" },
  {
    "a.conllup":
      "# global.columns = ID FORM NER\n# newdoc id = a\n1-2\tx\t_\n1\tAda\tB-PER\n2\tsmiled\t*\n\n1\tTurin\tS-LOC\n\n",
  },
  { "a.conllup": "# global.columns = FORM TAG\nAda\tO\n#\tO\n\n" },
  {
    "a.txt": TEXT,
    "a.ann":
      "T1\tPER 2 14\tAda Lovelace\nT2\tX 2 5;24 29\tAda Turin\nT3\tY 6 14;15 20\tLovelace lives\nR1\tOf Arg1:T1\n",
  },
  { "a.txt": "Nobody", "a.ann": "" },
  { "a.csv": 'tokens;ner_tags\n"[\'Ada\', ""it\'s""]";"[\'B-PER\' \'O\']"\n(\'Turin\',);[""B-LOC""]\n' },
  { "a.tsv": "sent_id\ttoken\tner\n1\tAda\tB-PER\n\t\t\n2\tTurin\tB-LOC\n" },
  {
    "a.conllu":
      "# sent_id = 1\n1-2\tdel\t_\t_\t_\t_\t_\t_\t_\t_\n1\tAda\t_\tX\t_\t_\t0\troot\t_\tSpaceAfter=No|NE=B-PER\n\n",
  },
  { "a.iob": "Ada|NNP|B-PER lives|VBZ|O\n-DOCSTART-\n||X|O Turin|NNP|B-LOC\n" },
  {
    "a.tsv":
      "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.NamedEntity|identifier|value\n#T_RL=x.R|BT_x\n\n#Text=Ada \\[x\n1-1\t0-3\tAda\t*[1]|*\tPER[1]|X\t_\n1-2\t4-6\t\\[x\t*[1]\tPER[1]\t_\n1-2.1\t5-6\tx\t*[2]\tL\\_C[2]\t_\n",
  },
  { "a.txt": "1|t|Ada 😀\n1|a|in Turin\n1\t0\t3\tAda\tPER\tx\n1\t9\t14\tTurin\tLOC\n1\tR\ta\tb\n\n2|t|x\n" },
  {
    "a.txt": "Ada lives\nin  Turin .\n",
    "a.con": 'c="turin" 2:1 2:1||t="LOC"\nc="ada lives in" 1:0 2:0||t="X"\n',
  },
  {
    "a.json": `${JSON.stringify({ text: TEXT, spans: objects }, undefined, 1)}\n{"text":\n"x", "spans": []}\n`,
  },
  { "a.data": "Ada lives in Turin\nN V P N\n0,1 PER|3,3 LOC|2,3 X\n\nrains\n\n" },
];

function jsonFiles(random: Random): Files {
  const [name, values] = random.of(JSON_SEEDS);
  const at = random.below(values.length);
  let json = values[at]!;
  for (let edits = 1 + random.below(3); edits > 0; edits--)
    json = mutateJson(json, random.of(random.of(JSON_SEEDS)[1]), random);
  const text = values.with(at, json).map(jsonText).join("\n");
  return { [name]: Buffer.from(random.chance(0.2) ? mutateLines(text, text, random) : text) };
}

function lineFiles(random: Random): Files {
  const files = Object.entries(random.of(LINE_SEEDS));
  const chosen = random.below(files.length);
  return Object.fromEntries(
    files.map(([name, text], index) => {
      if (index !== chosen) return [name, Buffer.from(text)];
      const donor = random.of(Object.values(random.of(LINE_SEEDS)));
      return [name, Buffer.from(mutateLines(text, donor, random))];
    }),
  );
}

/** All formats of text but columns and tokens in JSON Lines, which have readers of their own here. */
export const dataFormats: Reader = {
  name: "dataFormats",
  weight: 1,

  make(random) {
    const files = random.chance(0.65) ? jsonFiles(random) : lineFiles(random);
    if (random.chance(0.85)) return files;
    const all = Object.values(files).map((bytes) => Buffer.from(bytes));
    return Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [name, mutateBytes(Buffer.from(bytes), all, random)]),
    );
  },

  read: readData,
};

/** Reads the last of some files in whatever format it is, and makes sure that its content agrees with itself. */
export async function readData(files: Files): Promise<void> {
  const file = Object.keys(files).at(-1)!;
  const { content } = await openContent(bytesSource(files, file), {});
  if (content.shape === "words") {
    for (const { words, tags } of content.sentences) {
      requireThat(words.length > 0 && words.every((word) => word !== ""), "a sentence without words");
      requireThat(tags.length === 0 || tags.length === words.length, "words and tags");
    }
    return;
  }
  for (const { text, spans } of content.documents)
    for (const { type, gaps = [], start, end } of spans) {
      requireThat(type !== "" && Number.isInteger(start) && Number.isInteger(end), "a span without place");
      requireThat(start > text.length || gaps.every((gap) => gap.start >= start), "a gap before its span");
    }
  const options = { file, policy: "widen", onProblem: () => {} } as const;
  for (const { words, tags } of toSentences(content.documents, options))
    requireThat(words.length === tags.length && words.length > 0, "words and tags of a text");
}
