/** Decisions of a review are written into the data at once, and can be taken back to the byte. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { Review } from "../../src/improve/index.js";
import { serveReview } from "../../src/review/index.js";
import { testIo } from "../cli/testIo.js";
import { type ReviewedFile, writtenSuspects } from "./reviewedFile.js";

const folder = mkdtempSync(join(tmpdir(), "nerium-review-"));
let count = 0;
const open: Review[] = [];
afterEach(async () => {
  for (const review of open.splice(0)) await review.release();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Data in a format, and a search that has found two suspects in it. */
const searched = (file: keyof typeof FILES): ReviewedFile =>
  searchedIn(file, FILES[file], [
    {
      sentence: 0,
      words: ["Ada", "met", "Bob", "."],
      gold: ["B-PER", "O", "O", "O"],
      proposed: ["B-PER", "O", "B-PER", "O"],
    },
    { sentence: 1, words: ["Paris", "is", "big"], gold: ["B-PER", "O", "O"], proposed: ["B-LOC", "O", "O"] },
  ]);

function searchedIn(file: string, text: string, found: Parameters<typeof writtenSuspects>[2]): ReviewedFile {
  const own = join(folder, String(count++));
  mkdirSync(own);
  const path = join(own, file);
  writeFileSync(path, text, { mode: 0o640 });
  return writtenSuspects(own, path, found);
}

const FILES = {
  "a.conll":
    "# one\nAda  NNP  B-PER\nmet VBD O\nBob NNP O\n. . O\n\nParis NNP B-PER\nis VB O\nbig JJ O\n\nRome X B-LOC\n",
  "a.csv":
    'Sentence #,Word,POS,Tag\n1,Ada,NNP,B-PER\n,met,VBD,O\n,Bob,NNP,"O"\n,.,.,O\n2,Paris,NNP,B-PER\n,is,VB,O\n,big,JJ,O\n3,Rome,X,B-LOC\n',
  "a.jsonl":
    '{"id": 7, "tokens": ["Ada", "met", "Bob", "."], "ner_tags": ["B-PER", "O", "O", "O"], "note": 1.0}\n{"tokens":["Paris","is","big"],"ner_tags":["B-PER","O","O"]}\n{"tokens":["Rome"],"ner_tags":["B-LOC"]}\n',
  "doccano.jsonl":
    '{"id": 1, "text": "Ada met Bob.", "label": [[0, 3, "PER"]], "Comments": []}\n{"id":2,"text":"Paris is big","label":[[0,5,"PER"]]}\n{"id":3,"text":"Rome","label":[[0,4,"LOC"]]}\n',
  "label-studio.json": JSON.stringify(
    [
      ["Ada met Bob.", 0, 3, "PER"],
      ["Paris is big", 0, 5, "PER"],
      ["Rome", 0, 4, "LOC"],
    ].map(([text, start, end, type], id) => ({
      id,
      data: { text },
      meta: { source: "x" },
      annotations: [
        {
          id: 10 + id,
          lead_time: 2.5,
          result: [
            {
              ...{ id: `r${id}`, from_name: "ner", to_name: "txt", type: "labels", origin: "manual" },
              value: { start, end, text: String(text).slice(Number(start), Number(end)), labels: [type] },
            },
          ],
        },
      ],
    })),
    null,
    1,
  ),
} as const;
const NAMES = Object.keys(FILES) as (keyof typeof FILES)[];

async function opened(suspects: string): Promise<Review> {
  const review = await Review.open(suspects);
  open.push(review);
  return review;
}
const logOf = ({ suspects }: ReviewedFile) =>
  readFileSync(join(suspects, "..", "review.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const person = (start: number, end: number) => ({ type: "PER", start, end });

describe("a review", () => {
  it.each(NAMES)("of %s writes decisions at once, and takes them back to the byte", async (name) => {
    const own = searched(name);
    const original = readFileSync(own.data);
    const review = await opened(own.suspects);
    expect(review.types).toEqual(["LOC", "PER"]);
    expect(review.items[0]).toMatchObject({
      gold: [person(0, 1)],
      proposed: [person(0, 1), person(2, 3)],
      suspectWords: [2],
    });

    const first = await review.decide(0, { action: "accept" });
    expect(first).toMatchObject({ decision: "accept", current: [person(0, 1), person(2, 3)] });
    const accepted = readFileSync(own.data);
    expect(accepted.equals(original)).toBe(false);
    expect(await own.tags()).toEqual([["B-PER", "O", "B-PER", "O"], ["B-PER", "O", "O"], ["B-LOC"]]);
    expect(statSync(own.data).mode & 0o777).toBe(0o640);

    await review.decide(1, { action: "edit", entities: [{ type: "LOC", start: 0, end: 1 }, person(2, 3)] });
    expect((await own.tags())[1]).toEqual(["B-LOC", "O", "B-PER"]);
    await review.decide(1, { action: "keep" });
    expect((await own.tags())[1]).toEqual(["B-PER", "O", "O"]);
    await review.decide(1, { action: "skip" });
    expect(logOf(own).map(({ action, suspect, line }) => [action, suspect, typeof line])).toEqual([
      ["accept", 0, "number"],
      ["edit", 1, "number"],
      ["keep", 1, "number"],
      ["skip", 1, "number"],
    ]);

    for (const decision of ["keep", "edit", undefined])
      expect((await review.undo())?.decision).toBe(decision);
    expect(readFileSync(own.data)).toEqual(accepted);
    expect(await review.undo()).toMatchObject({ index: 0, current: [person(0, 1)] });
    expect(readFileSync(own.data)).toEqual(original);
    expect(await review.undo()).toBeUndefined();
  });

  it("goes on where it was, and can be taken back later", async () => {
    const own = searched("a.conll");
    const original = readFileSync(own.data);
    const review = await opened(own.suspects);
    await Promise.all([review.decide(0, { action: "accept" }), review.decide(1, { action: "accept" })]);
    await open.pop()!.release();
    const again = await opened(own.suspects);
    expect(again.items.map(({ decision }) => decision)).toEqual(["accept", "accept"]);
    await open.pop()!.release();
    const { io, stdout } = testIo();
    expect(await nerium(["data", "review", own.suspects, "--undo"], io)).toBe(0);
    expect(stdout.text).toBe("2 decisions taken back\n");
    expect(readFileSync(own.data)).toEqual(original);
  });

  it("knows the format of a file that has lost all of its entities", async () => {
    const text = (id: number, words: string) => ({
      ...{ id, text: words, entities: [{ id, label: "PER", start_offset: 0, end_offset: 3 }], relations: [] },
    });
    const lines = [text(1, "Ada met"), text(2, "Bob is big")].map((each) => JSON.stringify(each));
    const own = searchedIn("entities.jsonl", `${lines.join("\n")}\n`, [
      { sentence: 0, words: ["Ada", "met"], gold: ["B-PER", "O"], proposed: ["O", "O"] },
      { sentence: 1, words: ["Bob", "is", "big"], gold: ["B-PER", "O", "O"], proposed: ["O", "O", "O"] },
    ]);
    const original = readFileSync(own.data);
    const review = await opened(own.suspects);
    for (const index of [0, 1]) await review.decide(index, { action: "accept" });
    expect(readFileSync(own.data, "utf8")).not.toContain("PER");
    await open.pop()!.release();
    const again = await opened(own.suspects);
    await again.decide(1, { action: "keep" });
    expect(await again.undoAll()).toBe(3);
    expect(readFileSync(own.data)).toEqual(original);
  });

  it("removes relations with their entities, and says how many", async () => {
    const entity = (id: number, start: number) => ({
      ...{ id, label: "PER", start_offset: start, end_offset: start + 3 },
    });
    const relation = (id: number, from: number, to: number) => ({ id, from_id: from, to_id: to, type: "x" });
    const record = {
      ...{ id: 1, text: "Ada Bob Eve", entities: [entity(10, 0), entity(11, 4), entity(12, 8)] },
      relations: [relation(1, 10, 11), relation(2, 11, 12), relation(3, 12, 10)],
    };
    const region = (id: string, start: number, text: string) => ({
      ...{ id, from_name: "label", to_name: "text", type: "labels" },
      value: { start, end: start + 3, text, labels: ["PER"] },
    });
    const arrow = (from: string, to: string) => ({ type: "relation", from_id: from, to_id: to });
    const regions = [region("a", 0, "Ada"), region("b", 4, "Bob"), region("c", 8, "Eve")];
    const result = [...regions, arrow("a", "b"), arrow("b", "c"), arrow("c", "a")];
    const task = [{ id: 1, data: { text: record.text }, annotations: [{ id: 2, result }] }];
    const tags = ["B-PER", "B-PER", "B-PER"];
    const found = [
      { sentence: 0, words: ["Ada", "Bob", "Eve"], gold: tags, proposed: ["O", "B-LOC", "B-PER"] },
    ];
    const files: [ReviewedFile, (text: string) => unknown][] = [
      [searchedIn("a.jsonl", `${JSON.stringify(record)}\n`, found), (text) => JSON.parse(text).relations],
      [
        searchedIn("a.json", JSON.stringify(task, null, 2), found),
        (text) => JSON.parse(text)[0].annotations[0].result.slice(2),
      ],
    ];
    const left = [[record.relations[1]], [result[4]]];
    for (const [index, [own, relationsIn]] of files.entries()) {
      const original = readFileSync(own.data);
      const review = await opened(own.suspects);
      // Bob only changes his type, and keeps his relations.
      expect((await review.decide(0, { action: "accept" })).removedRelations).toBe(2);
      expect(relationsIn(readFileSync(own.data, "utf8"))).toEqual(left[index]);
      expect(logOf(own)[0].relations).toBe(2);
      expect((await review.undo())?.removedRelations).toBeUndefined();
      expect(readFileSync(own.data)).toEqual(original);
      await open.pop()!.release();
    }
  });

  it("that is killed between its log and the file finishes the change", async () => {
    const own = searched("a.csv");
    const original = readFileSync(own.data);
    await (await opened(own.suspects)).decide(0, { action: "accept" });
    await open.pop()!.release();
    const after = readFileSync(own.data);
    writeFileSync(own.data, original);
    writeFileSync(join(own.suspects, "..", "review.jsonl"), '{"half a', { flag: "a" });
    const again = await opened(own.suspects);
    expect(readFileSync(own.data)).toEqual(after);
    expect(again.items[0]!.decision).toBe("accept");
    await again.decide(1, { action: "skip" });
    await open.pop()!.release();
    // The half line is gone.
    expect(logOf(own).map(({ action }) => action)).toEqual(["accept", "skip"]);
    expect(await (await opened(own.suspects)).undoAll()).toBe(2);
    expect(readFileSync(own.data)).toEqual(original);
    await open.pop()!.release();
    writeFileSync(join(own.suspects, "..", "review.jsonl"), "{}\n");
    await expect(Review.open(own.suspects)).rejects.toMatchObject({ code: "IMPROVE_LOG_DAMAGED" });
  });

  it("finds its sentences where another decision has changed how the text is divided", async () => {
    // No sentence ends inside the entity.
    const records = [
      { text: "Acme Inc. The firm grew. Bob left.", label: [[0, 13, "PER"]] },
      { text: "Ann met Bob in Rome. Carl met Dora in Oslo.", label: [[0, 3, "PER"]] },
    ];
    const data = records.map((record) => JSON.stringify(record)).join("\n");
    const acme = ["B-PER", "I-PER", "I-PER", "O", "O", "O"];
    const none = acme.map(() => "O");
    const own = searchedIn("a.jsonl", `${data}\n`, [
      { sentence: 0, words: ["Acme", "Inc.", "The", "firm", "grew", "."], gold: acme, proposed: none },
      { sentence: 1, words: ["Bob", "left", "."], gold: ["O", "O", "O"], proposed: ["B-PER", "O", "O"] },
      {
        sentence: 2,
        words: ["Ann", "met", "Bob", "in", "Rome", "."],
        gold: ["B-PER", "O", "O", "O", "O", "O"],
        proposed: ["B-PER", "O", "O", "O", "B-LOC", "O"],
      },
      {
        sentence: 3,
        words: ["Carl", "met", "Dora", "in", "Oslo", "."],
        gold: none,
        proposed: ["O", "O", "B-PER", "O", "O", "O"],
      },
    ]);
    const original = readFileSync(own.data);
    const review = await opened(own.suspects);
    expect(review.items[3]!.before).toBe("Ann met Bob in Rome .");
    await review.decide(0, { action: "accept" });
    await review.decide(3, { action: "accept" });
    const lines = () => readFileSync(own.data, "utf8").trimEnd().split("\n");
    const labels = () => lines().map((line) => JSON.parse(line).label);
    expect(labels()).toEqual([
      [],
      [
        [0, 3, "PER"],
        [30, 34, "PER"],
      ],
    ]);
    await open.pop()!.release();
    const again = await opened(own.suspects);
    expect(again.items.map(({ decision }) => decision)).toEqual(["accept", undefined, undefined, "accept"]);
    await again.decide(1, { action: "accept" });
    await again.decide(0, { action: "keep" });
    expect(labels()[0]).toEqual(
      expect.arrayContaining([
        [0, 13, "PER"],
        [25, 28, "PER"],
      ]),
    );
    expect(await again.undoAll()).toBe(4);
    expect(readFileSync(own.data)).toEqual(original);
  });

  it("writes nothing where another program has moved its sentences", async () => {
    const own = searched("a.conll");
    const review = await opened(own.suspects);
    // A sentence with as many words comes before.
    const moved = `Eve X B-PER\nmet X O\nBob X O\n. X O\n\n${readFileSync(own.data, "utf8")}`;
    writeFileSync(own.data, moved);
    await expect(review.decide(0, { action: "accept" })).rejects.toMatchObject({
      code: "IMPROVE_REVIEW_DATA_CHANGED",
    });
    expect(readFileSync(own.data, "utf8")).toBe(moved);
  });

  it("goes by the tags that the file has, not by those that it had", async () => {
    const own = searched("a.csv");
    const review = await opened(own.suspects);
    const before = readFileSync(own.data, "utf8");
    writeFileSync(own.data, before.replace(/B-PER/, "B-LOC"));
    await review.decide(0, { action: "keep" });
    expect((await own.tags())[0]).toEqual(["B-PER", "O", "O", "O"]);
    expect(logOf(own)[0].from[0]).toBe("B-LOC");
  });

  it("forgets a decision whose file could not be written", async () => {
    const own = searched("a.conll");
    const original = readFileSync(own.data);
    const [short, long] = [join(own.data, "../short"), join(own.data, `../${"n".repeat(250)}`)];
    for (const file of [short, long]) writeFileSync(file, original);
    const leadTo = (file: string) => {
      rmSync(own.data);
      symlinkSync(file, own.data);
    };
    leadTo(short);
    const review = await opened(own.suspects);
    await review.decide(1, { action: "accept" });
    // There is no room for the name of a temporary file.
    writeFileSync(long, readFileSync(short));
    leadTo(long);
    await expect(review.decide(0, { action: "accept" })).rejects.toThrow();
    expect(review.items.map(({ decision }) => decision)).toEqual([undefined, "accept"]);
    await expect(review.undo()).rejects.toThrow();
    expect(review.items.map(({ decision }) => decision)).toEqual([undefined, "accept"]);
    expect(review.items[1]!.current).toEqual([{ type: "LOC", start: 0, end: 1 }]);
    leadTo(short);
    await review.decide(0, { action: "accept" });
    await open.pop()!.release();
    expect(await (await opened(own.suspects)).undoAll()).toBe(2);
    expect(readFileSync(short)).toEqual(original);
  });

  it("writes no file that only its log names", async () => {
    const own = searched("a.conll");
    const original = readFileSync(own.data);
    await (await opened(own.suspects)).decide(0, { action: "accept" });
    await open.pop()!.release();
    const other = join(own.data, "../other.conll");
    writeFileSync(other, original);
    const [decision] = logOf(own);
    writeFileSync(join(own.suspects, "../review.jsonl"), `${JSON.stringify({ ...decision, file: other })}\n`);
    await expect(Review.open(own.suspects)).rejects.toMatchObject({ code: "IMPROVE_REVIEW_OF_OTHER_DATA" });
    expect(readFileSync(other)).toEqual(original);
  });

  it("refuses results that are damaged", async () => {
    const own = searched("a.conll");
    const result = JSON.parse(readFileSync(own.suspects, "utf8"));
    const [first, ...rest] = result.suspects;
    for (const damage of [
      ...[{ suspects: [null] }, { reading: null }, { formats: { a: 1 } }],
      ...[{ words: undefined }, { sentence: "x" }, { gold: ["O"] }].map((changes) => ({
        suspects: [{ ...first, ...changes }, ...rest],
      })),
    ]) {
      writeFileSync(own.suspects, JSON.stringify({ ...result, ...damage }));
      await expect(Review.open(own.suspects)).rejects.toMatchObject({ code: "IMPROVE_SUSPECTS_INVALID" });
    }
  });

  it("takes nothing back in a file that was changed since", async () => {
    const own = searched("a.conll");
    const review = await opened(own.suspects);
    await review.decide(0, { action: "accept" });
    const changed = `${readFileSync(own.data, "utf8")}\nMore X O\n`;
    writeFileSync(own.data, changed);
    await expect(review.undo()).rejects.toMatchObject({
      code: "IMPROVE_REVIEW_FILE_CHANGED",
      where: own.data,
    });
    expect(readFileSync(own.data, "utf8")).toBe(changed);
    // Other decisions are still written.
    await review.decide(1, { action: "accept" });
    expect((await own.tags())[1]).toEqual(["B-LOC", "O", "O"]);
  });

  it("refuses impossible entities", async () => {
    const review = await opened(searched("a.conll").suspects);
    for (const entities of [
      [{ type: "ORG", start: 0, end: 1 }],
      [person(0, 9)],
      [person(1, 1)],
      [person(0, 2), person(1, 3)],
    ])
      await expect(review.decide(0, { action: "edit", entities })).rejects.toMatchObject({
        code: "IMPROVE_DECISION_INVALID",
      });
    await expect(review.decide(7, { action: "skip" })).rejects.toMatchObject({
      code: "IMPROVE_DECISION_INVALID",
    });
  });

  it("refuses other files, other data, and a second review", async () => {
    const own = searched("a.conll");
    await opened(own.suspects);
    await expect(Review.open(own.suspects)).rejects.toMatchObject({ code: "FILES_FOLDER_LOCKED" });
    await open.pop()!.release();
    writeFileSync(own.data, FILES["a.conll"].replace("Ada", "Eve"));
    await expect(Review.open(own.suspects)).rejects.toMatchObject({ code: "IMPROVE_REVIEW_DATA_CHANGED" });
    const suspects = JSON.parse(readFileSync(own.suspects, "utf8"));
    for (const text of ["{", "[]", JSON.stringify({ ...suspects, renamed: true })]) {
      writeFileSync(own.suspects, text);
      await expect(Review.open(own.suspects)).rejects.toMatchObject({ code: "IMPROVE_SUSPECTS_INVALID" });
    }
  });
});

describe("the server of a review", () => {
  async function served() {
    const own = searched("a.conll");
    const { url, close } = await serveReview(await opened(own.suspects), { port: 0 });
    const { origin, hash } = new URL(url);
    const token = { authorization: `Bearer ${hash.slice(1)}` };
    const json = { "content-type": "application/json" };
    const body = JSON.stringify({ suspect: 0, action: "accept" });
    /** fetch forbids some headers. */
    const sent = (path: string, headers: Record<string, string>, text?: string) =>
      new Promise<{ status: number; text: string; headers: Record<string, unknown> }>((resolve, reject) => {
        const call = request(
          `${origin}${path}`,
          { method: text === undefined ? "GET" : "POST", headers },
          (answer) => {
            let all = "";
            answer
              .on("data", (chunk) => (all += chunk))
              .on("end", () => resolve({ status: answer.statusCode!, text: all, headers: answer.headers }));
          },
        );
        call.on("error", reject).end(text);
      });
    return { own, origin, token, json, body, sent, close };
  }

  it("answers its page only: the secret, its own name and its own origin are needed to write", async () => {
    const { own, origin, token, json, body, sent, close } = await served();
    const before = readFileSync(own.data);
    const host = new URL(origin).host;
    const refused: [number, Record<string, string>][] = [
      [401, json],
      [401, { ...json, authorization: "Bearer wrong" }],
      [403, { ...json, ...token, host: "evil.example" }],
      [403, { ...json, ...token, origin: "http://evil.example" }],
      [403, { ...json, ...token, origin: "null" }],
      [403, { ...json, ...token, origin: "http://127.0.0.1:1" }],
      [403, { ...json, ...token, "sec-fetch-site": "cross-site" }],
      [403, { ...json, ...token, "sec-fetch-site": "same-site" }],
      [415, { ...token, "content-type": "text/plain" }],
      [415, { ...token, "content-type": "application/x-www-form-urlencoded" }],
    ];
    for (const [status, headers] of refused) {
      const answer = await sent("/api/decisions", headers, body);
      expect([status, headers, answer.status]).toEqual([status, headers, status]);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
    expect((await sent("/api/review", {})).status).toBe(401);
    expect((await sent("/api/review", { ...token, host: "evil.example" })).status).toBe(403);
    expect(readFileSync(own.data)).toEqual(before);
    expect(existsSync(join(own.suspects, "..", "review.jsonl"))).toBe(false);

    const answer = await sent(
      "/api/decisions",
      { ...json, ...token, host, origin, "sec-fetch-site": "same-origin" },
      body,
    );
    expect([answer.status, JSON.parse(answer.text).item.decision]).toEqual([200, "accept"]);
    expect(readFileSync(own.data).equals(before)).toBe(false);
    await sent("/api/undo", { ...json, ...token }, "{}");
    expect(readFileSync(own.data)).toEqual(before);
    await close();
  });

  it("needs the secret however a URL is written, for everything but the page", async () => {
    const { own, origin, token, json, body, close } = await served();
    const before = readFileSync(own.data);
    const { hostname, port } = new URL(origin);
    /** The target goes out as it is: a URL would be normalised. */
    const status = (path: string, headers: Record<string, string>, text?: string) =>
      new Promise<number>((resolve, reject) => {
        const method = text === undefined ? "GET" : "POST";
        const call = request({ hostname, port, path, method, headers }, (answer) => {
          answer.resume().on("end", () => resolve(answer.statusCode!));
        });
        call.on("error", reject).end(text);
      });
    const forms = ["/%61pi/X", "/a%70i/X", "http://evil.example/api/X", "//api/X", "/./api/X"];
    for (const form of ["/api/X", ...forms, "/api/X?/assets/", "/API/X", "/api/X/"]) {
      for (const [name, text] of [["review"], ["decisions", body], ["undo", "{}"]] as const) {
        const target = form.replace("X", name);
        expect([target, await status(target, json, text)]).toEqual([target, 401]);
      }
    }
    expect(await status("/%61pi/review", token)).toBe(200);
    expect(await status("/", {})).toBe(200);
    expect(await status("/assets/../api/review", {})).toBe(404);
    expect(await status("/favicon.ico", {})).toBe(401);
    expect(readFileSync(own.data)).toEqual(before);
    await close();
  });

  it("says what is wrong with a request", async () => {
    const { token, json, sent, close } = await served();
    const headers = { ...token, ...json };
    const answers: [number, string][] = [
      [400, "{"],
      [422, '{"suspect": 0, "action": "burn"}'],
      [422, '{"suspect": 9, "action": "skip"}'],
      [422, '{"suspect": 0, "action": "edit", "entities": [{"type": "X", "start": 0, "end": 1}]}'],
      [413, JSON.stringify({ suspect: 0, action: "skip", more: "x".repeat(2 ** 20) })],
    ];
    for (const [status, body] of answers) {
      const answer = await sent("/api/decisions", headers, body);
      expect([body.slice(0, 60), answer.status]).toEqual([body.slice(0, 60), status]);
      expect(JSON.parse(answer.text).error).toEqual(expect.any(String));
      expect(answer.text).not.toContain("/docs");
    }
    expect((await sent("/nothing", token)).status).toBe(404);
    await close();
  });
});

it("nerium data review prints the address, and ends when it is interrupted", async () => {
  const own = searched("a.conll");
  const { io, stdout, interrupt } = testIo();
  const { write } = stdout;
  stdout.write = (text, done) => {
    if (text.includes("open ")) setTimeout(interrupt, 20);
    return write(text, done);
  };
  expect(await nerium(["data", "review", own.suspects], io)).toBe(0);
  expect(stdout.text).toMatch(/^2 suspects in .*a\.conll\nopen {2}http:\/\/127\.0\.0\.1:\d+\/#[\w-]{32}\n/);
  expect(await nerium(["data", "review", own.suspects, "--undo", "--port", "1"], testIo().io)).toBe(2);
});

it("nerium data review refuses a port that cannot exist", async () => {
  const { io, stderr } = testIo();
  expect(await nerium(["data", "review", "suspects.json", "--port", "99999"], io)).toBe(2);
  expect(stderr.text).toContain("a whole number from 0 to 65535");
});
