/** Which records of an export count, and what is said of the others. */
import { describe, expect, it } from "vitest";
import type { FormatOptions } from "../../../src/data/formats/format.js";
import { plain, read } from "./written.js";

type Options = FormatOptions & { readonly format?: string };

async function readRecords(records: readonly unknown[], options: Options = {}, file = "x.jsonl") {
  const text = file.endsWith(".json")
    ? JSON.stringify(records)
    : records.map((record) => JSON.stringify(record)).join("\n");
  const notes = new Set<string>();
  const { content, format } = await read({ [file]: Buffer.from(text) }, file, {
    onNote: (note) => notes.add(note),
    ...options,
  });
  const items = plain(content) as { text: string; spans: readonly unknown[] }[];
  return { format: format.name, items, texts: items.map(({ text }) => text), notes: [...notes] };
}

const refused = (records: readonly unknown[], options: Options = {}, file = "x.jsonl") =>
  expect(readRecords(records, options, file)).rejects;

const per = (start: number, end: number) => ({ type: "PER", start, end });

describe("doccano", () => {
  const old = (text: string, label: unknown, more = {}) => ({
    text,
    annotations: [{ id: 1, label, start_offset: 0, end_offset: 3, user: 1 }],
    ...more,
  });

  it("reads the annotations of the first versions, also after an empty list", async () => {
    const { format, items } = await readRecords([
      { id: 1, text: "Nothing", annotations: [] },
      old("Ann met Bob", "PER"),
    ]);
    expect(format).toBe("doccano");
    expect(items).toEqual([
      { text: "Nothing", spans: [] },
      { text: "Ann met Bob", spans: [per(0, 3)] },
    ]);
  });

  it("refuses numbers of labels without names, and takes names of entity types", async () => {
    await refused([old("Ann met Bob", 1)]).toMatchObject({
      code: "DATA_LABEL_NAMES_MISSING",
      where: "x.jsonl:1",
      remedy: expect.stringContaining("Text label"),
    });
    const { items } = await readRecords([old("Ann met Bob", 1)], { labels: ["LOC", "PER"] });
    expect(items[0]!.spans).toEqual([per(0, 3)]);
    await refused([old("Ann met Bob", 1)], { labels: ["O", "B-PER"] }).toMatchObject({
      code: "DATA_LABEL_NAMES_MISSING",
    });
    await refused([old("Ann met Bob", 7)], { labels: ["PER"] }).toMatchObject({ code: "DATA_LABEL_NUMBER" });
  });

  it("leaves out what was not approved if anything was", async () => {
    const record = (text: string, approver: string | null) => ({
      text,
      annotation_approver: approver,
      labels: [[0, 3, "PER"]],
    });
    const { texts, notes } = await readRecords([record("Ann left", null), record("Bob left", "admin")]);
    expect(texts).toEqual(["Bob left"]);
    expect(notes).toEqual(["x.jsonl: left out 1 of 2 records: 1 not approved"]);
  });

  it("keeps everything if nothing was approved, and says how many may not be annotated", async () => {
    const { texts, notes } = await readRecords([
      { text: "Ann left", annotation_approver: null, labels: [[0, 3, "PER"]] },
      { text: "Bob left", annotation_approver: null, labels: [] },
    ]);
    expect(texts).toEqual(["Ann left", "Bob left"]);
    expect(notes).toEqual([
      "x.jsonl: no record was approved (annotation_approver is null in all), so all count; 1 of them have no entities",
    ]);
  });

  it("leaves out records without a list, and takes the list that has spans", async () => {
    const { items, notes } = await readRecords([
      { text: "Ann left", label: [], entities: [{ label: "PER", start_offset: 0, end_offset: 3 }] },
      { text: "Bob left" },
      { text: "Eve left", label: null },
    ]);
    expect(items).toEqual([{ text: "Ann left", spans: [per(0, 3)] }]);
    expect(notes).toEqual(["x.jsonl: left out 2 of 3 records: 2 without annotation"]);
    await refused([{ text: "Ann left", label: [[0, 3, "PER"]], entities: [[0, 3, "LOC"]] }]).toMatchObject({
      code: "DATA_JSON_SHAPE",
    });
  });
});

describe("Label Studio", () => {
  const region = (start: number, end: number, text?: string) => ({
    type: "labels",
    value: { start, end, labels: ["PER"], ...(text === undefined ? {} : { text }) },
  });
  const task = (text: string, more: object) => ({ data: { text }, annotations: [], ...more });
  const annotated = (result: unknown, more = {}) => ({ annotations: [{ result, ...more }] });

  it("leaves out tasks that nobody annotated, and counts them by kind in one line", async () => {
    const { texts, notes } = await readRecords(
      [
        task("Ann left", annotated([region(0, 3)], { was_cancelled: true })),
        task("Bob left", {}),
        task("Cid left", { predictions: [{ result: [region(0, 3)] }] }),
        task("Dan left", { drafts: [{ result: [region(0, 3)] }], predictions: [{ result: [] }] }),
        task("Eve left", annotated([region(0, 3)], { reviews: [{ accepted: true }, { accepted: false }] })),
        task("Fay left", { completions: [{ skipped: true, result: [] }], annotations: undefined }),
        task("Nobody left", annotated([])),
        task("Gil left", annotated([region(0, 3)])),
      ],
      {},
      "x.json",
    );
    expect(texts).toEqual(["Nobody left", "Gil left"]);
    expect(notes).toEqual([
      "x.json: left out 6 of 8 records: 2 skipped, 1 without annotation, 1 with predictions only, 1 with a draft only, 1 rejected in review",
    ]);
  });

  it("takes the ground truth of several annotations, otherwise the first that was not skipped", async () => {
    const { items, notes } = await readRecords(
      [
        task("Ann left", {
          annotations: [{ result: [] }, { result: [region(0, 3)], ground_truth: true }],
        }),
        task("Bob left", {
          annotations: [
            { result: [], was_cancelled: true },
            { result: [region(0, 3)] },
            { result: [] },
            { result: [] },
          ],
        }),
      ],
      {},
      "x.json",
    );
    expect(items.map(({ spans }) => spans)).toEqual([[per(0, 3)], [per(0, 3)]]);
    expect(notes).toEqual([
      "x.json: ignored 3 further annotations of tasks (ground truth counts, otherwise the first)",
    ]);
  });

  it("is an error if nothing counts", async () => {
    await refused(
      [task("Ann left", {}), task("Bob left", { predictions: [{}] })],
      {},
      "x.json",
    ).toMatchObject({
      code: "DATA_NOTHING_COUNTS",
      message: "No record of the file counts as annotated: 1 without annotation, 1 with predictions only",
    });
    await refused([{ data: { text: "Ann" }, predictions: [{ result: [] }] }], {}, "x.json").toMatchObject({
      code: "DATA_NOTHING_COUNTS",
    });
  });

  it("finds the annotated text by the texts of the regions", async () => {
    const { items } = await readRecords(
      [
        {
          data: { title: "Note", text: "Bio of Ann", body: "Ann left" },
          ...annotated([region(0, 3, "Ann")]),
        },
        { data: { title: "Note", text: "Bio of no one", body: "No one left" }, ...annotated([]) },
      ],
      {},
      "x.json",
    );
    expect(items.map(({ text }) => text)).toEqual(["Ann left", "No one left"]);
  });

  it("asks for the key where nothing decides, and takes it", async () => {
    const tasks = [{ data: { text: "Bio of Ann", body: "Ann left" }, ...annotated([region(0, 3)]) }];
    await refused(tasks, {}, "x.json").toMatchObject({
      code: "DATA_TEXT_UNCLEAR",
      where: "x.json:1",
      message: expect.stringContaining("text, body"),
      remedy: expect.stringContaining("textKey"),
    });
    expect((await readRecords(tasks, { textKey: "body" }, "x.json")).texts).toEqual(["Ann left"]);
    await refused(tasks, { textKey: "nothing" }, "x.json").toMatchObject({ code: "DATA_TEXT_UNCLEAR" });
  });

  it("takes the only string that is long enough for regions without texts", async () => {
    const tasks = [{ data: { id: "7", body: "Ann left" }, ...annotated([region(0, 3)]) }];
    expect((await readRecords(tasks, {}, "x.json")).texts).toEqual(["Ann left"]);
  });

  it("names regions that are not places in a text", async () => {
    const paragraph = { start: "0", end: "0", startOffset: 0, endOffset: 3, paragraphlabels: ["PER"] };
    await refused(
      [{ data: { a: "b" }, ...annotated([{ type: "paragraphlabels", value: paragraph }]) }],
      {},
      "x.json",
    ).toMatchObject({ code: "DATA_REGIONS_UNSUPPORTED", message: expect.stringContaining("Paragraphs") });
    const hyper = (html: string) => [
      {
        data: { html },
        ...annotated([
          {
            type: "hypertextlabels",
            value: {
              start: "/p[1]/text()[1]",
              end: "/p[1]/text()[1]",
              globalOffsets: { start: 0, end: 3 },
              text: "Ann",
              hypertextlabels: ["PER"],
            },
          },
        ]),
      },
    ];
    await refused(hyper("<p>Ann left</p>"), {}, "x.json").toMatchObject({
      code: "DATA_REGIONS_UNSUPPORTED",
      message: expect.stringContaining("HyperText"),
    });
    expect((await readRecords(hyper("Ann left"), {}, "x.json")).items).toEqual([
      { text: "Ann left", spans: [per(0, 3)] },
    ]);
  });

  it("JSON-MIN: a record without the key of the labels was not annotated, an empty list was", async () => {
    const label = [{ start: 0, end: 3, text: "Ann", labels: ["PER"] }];
    const { format, texts, notes } = await readRecords(
      [
        { id: 1, text: "Bob left", annotator: 1, annotation_id: 1, lead_time: 1 },
        { id: 2, text: "Ann left", label, annotator: 1, annotation_id: 2, lead_time: 1 },
        { id: 3, text: "No one left", label: [], annotator: 1, annotation_id: 3, lead_time: 1 },
      ],
      {},
      "x.json",
    );
    expect([format, texts]).toEqual(["label-studio-min", ["Ann left", "No one left"]]);
    expect(notes).toEqual(["x.json: left out 1 of 3 records: 1 without annotation"]);
  });
});

describe("Prodigy", () => {
  const record = (text: string, more = {}) => ({
    text,
    spans: [{ start: 0, end: 3, label: "PER" }],
    ...more,
  });

  it("takes accepted records only", async () => {
    const { texts, notes } = await readRecords([
      record("Ann left", { answer: "reject" }),
      record("Bob left", { answer: "accept" }),
      record("Cid left", { answer: "ignore" }),
      record("Dan left"),
      record("Eve left", { answer: "accept", _is_binary: true }),
      record("Fay left", { answer: "accept", _view_id: "ner" }),
      { text: "Gil left", answer: "accept" },
      { text: "No one left", spans: [], answer: "accept", _view_id: "ner_manual" },
    ]);
    expect(texts).toEqual(["Bob left", "No one left"]);
    expect(notes).toEqual([
      "x.jsonl: left out 6 of 8 records: 1 rejected, 1 ignored, 1 without an answer, 2 with a yes or no to single spans (binary), 1 without spans",
    ]);
  });

  it("takes the first of several accepted annotations of a text", async () => {
    const of = (session: string, answer: string, spans: unknown[]) =>
      record("Ann left", { _input_hash: 5, _session_id: session, answer, spans });
    const { items, notes } = await readRecords([
      of("a", "reject", []),
      of("b", "accept", [{ start: 0, end: 3, label: "PER" }]),
      of("c", "accept", []),
    ]);
    expect(items).toEqual([{ text: "Ann left", spans: [per(0, 3)] }]);
    expect(notes[0]).toContain("1 rejected, 1 repeated");
  });

  it("counts everything in files without answers", async () => {
    expect((await readRecords([record("Ann left"), record("Bob left")])).texts).toHaveLength(2);
  });

  it("reads texts under another key, and says so", async () => {
    const { texts, notes } = await readRecords([
      { id: "1", sentence: "Ann left", spans: [{ start: 0, end: 3, label: "PER" }] },
    ]);
    expect(texts).toEqual(["Ann left"]);
    expect(notes).toEqual(["x.jsonl: the texts are read from the key sentence"]);
  });

  it("reads spans under another key, and says so", async () => {
    const { items, notes } = await readRecords([
      { text: "Ann left", highlights: [{ begin: 0, end: 3, tag: "PER" }] },
      { text: "No one left", highlights: [] },
      { text: "Bob left" },
    ]);
    expect(items).toEqual([
      { text: "Ann left", spans: [per(0, 3)] },
      { text: "No one left", spans: [] },
    ]);
    expect(notes).toEqual([
      "x.jsonl: the spans are read from the key highlights",
      "x.jsonl: left out 1 of 3 records: 1 without spans",
    ]);
  });

  it("reads spaCy's Doc.to_json", async () => {
    const doc = {
      text: "Ann left",
      ents: [{ start: 0, end: 3, label: "PER" }],
      sents: [{ start: 0, end: 8 }],
      tokens: [{ id: 0, start: 0, end: 3 }],
    };
    expect((await readRecords([doc])).items).toEqual([{ text: "Ann left", spans: [per(0, 3)] }]);
  });
});

it("spaCy: examples without entities are left out", async () => {
  const { texts, notes } = await readRecords(
    [
      ["Ann left", { entities: [[0, 3, "PER"]] }],
      ["Bob left", { cats: { A: 1 } }],
      ["No one left", { entities: [] }],
    ],
    {},
    "x.json",
  );
  expect(texts).toEqual(["Ann left", "No one left"]);
  expect(notes).toEqual(["x.json: left out 1 of 3 records: 1 without entities"]);
});

describe("Argilla", () => {
  const span = { start: 0, end: 3, label: "PER" };

  it("version 1: takes validated annotations", async () => {
    const record = (text: string, annotation: unknown, status: string, prediction: unknown = null) => ({
      text,
      tokens: text.split(" "),
      prediction,
      annotation,
      status,
      metadata: {},
    });
    const { format, items, notes } = await readRecords([
      record("Ann left", [span], "Validated"),
      record("Bob left", [["PER", 0, 3]], "Validated"),
      record("Cid left", null, "Default", [span]),
      record("Dan left", [span], "Discarded"),
      record("Eve left", [span], "Default"),
      record("No one left", [], "Validated"),
    ]);
    expect(format).toBe("argilla");
    expect(items).toEqual([
      { text: "Ann left", spans: [per(0, 3)] },
      { text: "Bob left", spans: [per(0, 3)] },
      { text: "No one left", spans: [] },
    ]);
    expect(notes).toEqual([
      "x.jsonl: left out 3 of 6 records: 1 with predictions only, 1 discarded, 1 not validated",
    ]);
  });

  it("version 2: takes the first submitted response, in nested and flattened records", async () => {
    const suggestions = { spans: { value: [span], score: null, agent: "m" } };
    const nested = (text: string, responses: unknown, more = {}) => ({
      id: "a",
      fields: { text },
      metadata: {},
      suggestions: {},
      responses: { spans: responses, quality: [{ value: ["good"], user_id: "u" }] },
      ...more,
    });
    const { items, notes } = await readRecords(
      [
        nested("Ann left", [
          { value: [span], user_id: "u" },
          { value: [], user_id: "v" },
        ]),
        nested("Bob left", [{ value: [span], status: "draft" }]),
        nested("Cid left", [{ value: [span], status: "discarded" }]),
        nested("Dan left", [], { suggestions }),
        nested("Eve left", []),
        nested("No one left", [{ value: [], user_id: "u" }]),
      ],
      {},
      "x.json",
    );
    expect(items).toEqual([
      { text: "Ann left", spans: [per(0, 3)] },
      { text: "No one left", spans: [] },
    ]);
    expect(notes).toEqual([
      "x.json: left out 4 of 6 records: 1 with a draft only, 1 discarded, 1 with suggestions only, 1 without a response",
      "x.json: ignored 1 further response to a record (the first counts)",
    ]);
    const flat = await readRecords([
      {
        text: "Ann left",
        "spans.responses": [[], [span]],
        "spans.responses.users": ["u", "v"],
        "spans.responses.status": ["draft", "submitted"],
      },
      { text: "Bob left", "spans.responses": null, "spans.suggestion": [span] },
    ]);
    expect([flat.format, flat.items]).toEqual(["argilla", [{ text: "Ann left", spans: [per(0, 3)] }]]);
    expect(flat.notes).toEqual(["x.jsonl: left out 1 of 2 records: 1 with suggestions only"]);
  });

  it("feedback datasets: takes submitted responses by user", async () => {
    const record = (text: string, status: string) => ({
      fields: { text },
      responses: [{ user_id: "u", status, values: { spans: { value: [span] } } }],
      suggestions: [],
    });
    const { texts } = await readRecords([record("Ann left", "submitted"), record("Bob left", "draft")]);
    expect(texts).toEqual(["Ann left"]);
  });
});

it("Ground Truth: takes the latest job, and leaves out failures and machine labels", async () => {
  const record = (
    source: string,
    metadata: object,
    entities: unknown[] = [{ startOffset: 0, endOffset: 3, label: "PER" }],
  ) => ({
    source,
    job: { annotations: { entities, labels: [{ label: "PER" }] } },
    "job-metadata": { type: "groundtruth/text-span", "human-annotated": "yes", ...metadata },
  });
  const adjusted = {
    ...record("Ann left", { "creation-date": "2020-02-01" }),
    first: { annotations: { entities: [] } },
    "first-metadata": { "creation-date": "2020-01-01" },
  };
  const { format, items, notes } = await readRecords(
    [
      adjusted,
      record("Bob left", { "human-annotated": "no" }),
      { source: "Cid left", "job-metadata": { "failure-reason": "timeout" }, job: {} },
      { source: "Dan left" },
      record("No one left", {}, []),
    ],
    {},
    "output.manifest",
  );
  expect(format).toBe("ground-truth");
  expect(items).toEqual([
    { text: "Ann left", spans: [per(0, 3)] },
    { text: "No one left", spans: [] },
  ]);
  expect(notes).toEqual([
    "output.manifest: left out 3 of 5 records: 1 labelled by a machine, 1 failed, 1 without annotation",
    "output.manifest: ignored 1 further annotation of a record (the latest counts)",
  ]);
});

it("Google: reads Vertex AI and AutoML, with numbers as strings and missing zeros", async () => {
  const { format, items, notes } = await readRecords([
    { textContent: "Ann left", textSegmentAnnotations: [{ endOffset: "3", displayName: "PER" }] },
    {
      text_snippet: { content: "Bob left" },
      annotations: [
        { display_name: "PER", text_extraction: { text_segment: { start_offset: 0, end_offset: 3 } } },
      ],
    },
    { textContent: "Cid left" },
  ]);
  expect(format).toBe("vertex");
  expect(items).toEqual([
    { text: "Ann left", spans: [per(0, 3)] },
    { text: "Bob left", spans: [per(0, 3)] },
  ]);
  expect(notes).toEqual(["x.jsonl: left out 1 of 3 records: 1 without annotation"]);
  await refused([{ textGcsUri: "gs://b/a.txt", textSegmentAnnotations: [] }]).toMatchObject({
    code: "DATA_JSON_SHAPE",
  });
});

it("UBIAI: reads entities under tokens, and counts relations", async () => {
  const tokens = [{ text: "Ann", start: 0, end: 3, token_start: 0, token_end: 0, entityLabel: "PER" }];
  const relations = [{ child: 0, head: 0, relationLabel: "X" }];
  const { format, items, notes } = await readRecords(
    [{ document: "Ann left", tokens, relations }, { document: "Bob left" }],
    {},
    "x.json",
  );
  expect([format, items]).toEqual(["ubiai", [{ text: "Ann left", spans: [per(0, 3)] }]]);
  expect(notes).toEqual([
    "x.json: left out 1 of 2 records: 1 without annotation",
    "x.json: ignored 1 relation",
  ]);
});

it.each([
  [
    "Tagtog (ann.json)",
    {
      anncomplete: true,
      entities: [{ classId: "e_1", part: "s1p1", offsets: [{ start: 0 }] }],
      relations: [],
    },
  ],
  ["Azure AI Language", { assets: { projectKind: "CustomEntityRecognition", documents: [] } }],
  ["Amazon Comprehend", { File: "a.txt", Line: 0, Entities: [{ BeginOffset: 0, EndOffset: 3, Type: "X" }] }],
])("%s: says that the texts are in other files", async (tool, record) => {
  await refused([record], {}, "a.jsonl").toMatchObject({
    code: "DATA_TEXT_ELSEWHERE",
    message: `The file has annotations of ${tool}, but not the texts`,
  });
});

describe("types of spans that look like tags", () => {
  it("are told, with where they are first", async () => {
    const spans = (...labels: readonly string[]) => labels.map((label) => ({ start: 0, end: 3, label }));
    const { notes } = await readRecords([
      { text: "Ann met Bob", spans: spans("PER", "O") },
      { text: "Ann met Bob", spans: spans("B-PER", "O", "I Corps") },
    ]);
    expect(notes).toEqual([
      'x.jsonl: the type "O" of spans looks like a tag: 2 spans, first at x.jsonl:1. Every span becomes an entity of its type.',
      'x.jsonl: the type "B-PER" of spans looks like a tag: 1 span, first at x.jsonl:2. Every span becomes an entity of its type.',
    ]);
  });
});
