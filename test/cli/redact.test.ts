import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { lockFolder } from "../../src/files/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { testIo } from "./testIo.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-redact-"));
const CARD = "4111 1111 1111 1111";
let model: string;
let key: string;
beforeAll(async () => {
  const reads = { labels: ["O", "B-PER", "I-PER", "B-LOC"], reads: ["o", "b", "i", "a"] };
  model = await writeTinyModel(join(scratch, "model"), reads);
  key = file("redact.key", "0123456789abcdef0123456789abcdef\n");
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function ran(args: readonly string[], options: Parameters<typeof testIo>[0] = {}) {
  const { io, stdout, stderr } = testIo(options);
  const code = await nerium(args, io);
  return { code, out: stdout.text, err: stderr.text };
}

const redacted = (args: readonly string[], options?: Parameters<typeof testIo>[0]) =>
  ran(["redact", model, "--threads", "1", ...args], options);
const byPatterns = (args: readonly string[], options?: Parameters<typeof testIo>[0]) =>
  ran(["redact", "--patterns-only", ...args], options);

function file(name: string, text: string | Uint8Array): string {
  const path = join(scratch, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const text = (...parts: string[]): string => readFileSync(join(scratch, ...parts), "utf8");

describe("nerium redact", () => {
  it("redacts a text, and says in numbers what it did", async () => {
    expect(await redacted([`o b i ${CARD}`])).toEqual({
      code: 0,
      out: "o [PERSON_1] [CREDIT_CARD_1]\n",
      err: "note: 2 values replaced: PERSON 1, CREDIT_CARD 1\n",
    });
  });

  it("reads standard input in parts, and keeps every character", async () => {
    const { out, err } = await byPatterns(["-", "--quiet"], {
      stdin: ["\ufeffCard 4111 11", `11 1111 1111\r\n\u001b[1m\0`],
    });
    expect(out).toBe("\ufeffCard [CREDIT_CARD_1]\r\n\u001b[1m\0");
    expect(err).toBe("");
  });

  it("shows a terminal no control characters of a text", async () => {
    const { out } = await byPatterns(["a\u001b[2Jb", "--quiet"], { columns: 80 });
    expect(out).toBe("a␛[2Jb\n");
  });

  it("takes the format from the extension", async () => {
    const path = file("data.csv", `name,card\nx,"${CARD}"\n`);
    expect((await byPatterns([path, "--quiet"])).out).toBe('name,card\nx,"[CREDIT_CARD_1]"\n');
    expect((await byPatterns([path, "--from", "text", "--quiet"])).out).toBe(
      'name,card\nx,"[CREDIT_CARD_1]"\n',
    );
    expect((await byPatterns(['{"a":"x@example.com"}', "--from", "json", "--quiet"])).out).toBe(
      '{"a":"[EMAIL_ADDRESS_1]"}\n',
    );
  });

  it("writes a folder like the one it reads, with numbers of its own for each file or for all", async () => {
    file("in/a.txt", "x@example.com y@example.com");
    file("in/deep/b.json", '{"mail":"y@example.com"}');
    file("in/image.png", "x@example.com");
    const { code, err } = await byPatterns([join(scratch, "in"), "--output", join(scratch, "out")]);
    expect(code).toBe(0);
    expect(err).toContain("3 values replaced: EMAIL_ADDRESS 3");
    expect(err).toContain("1 file with other extensions: not read and not copied");
    expect(text("out/a.txt")).toBe("[EMAIL_ADDRESS_1] [EMAIL_ADDRESS_2]");
    expect(text("out/deep/b.json")).toBe('{"mail":"[EMAIL_ADDRESS_1]"}');
    expect(existsSync(join(scratch, "out/image.png"))).toBe(false);
    await byPatterns([join(scratch, "in"), "--output", join(scratch, "out"), "--force", "--numbers", "all"]);
    expect(text("out/deep/b.json")).toBe('{"mail":"[EMAIL_ADDRESS_2]"}');
  });

  it("operators, types, terms, patterns and countries are options", async () => {
    const terms = file("terms.txt", "Falcon\n\nEagle Eye\n");
    const allow = file("allow.txt", "x@example.com\n");
    const args = [
      "--operator",
      "mask",
      "--operator",
      "CREDIT_CARD=mask:4",
      "--operator",
      "PROJECT=replace:=P=",
    ];
    const { out } = await byPatterns([
      `Falcon E-77 ${CARD} x@example.com y@example.com 536-90-4399 2024-01-02`,
      ...[...args, "--terms", `PROJECT=${terms}`, "--pattern", "EMPLOYEE=E-\\d+", "--allow", allow],
      ...["--countries", "US", "--include", "DATE_TIME", "--exclude", "URL", "--quiet"],
    ]);
    expect(out).toBe("=P= *-** **** **** **** 1111 x@example.com *@*******.*** ***-**-**** ****-**-**\n");
    expect(
      (await redacted(["o b a", "--types", "PER=STAFF,LOC=PLACE", "--only", "PLACE", "--quiet"])).out,
    ).toBe("o b [PLACE_1]\n");
  });

  it("reports mistakes before it loads a model", async () => {
    const cases: [string[], string][] = [
      [["nowhere", "text", "--operator", "blur"], "--operator must be one of"],
      [["nowhere", "text", "--operator", "hash"], "REDACT_KEY_MISSING"],
      [["nowhere", "text", "--map", join(scratch, "m")], "REDACT_KEY_MISSING"],
      [["nowhere", "text", "--pattern", "A=(x)\\1"], "REDACT_PATTERN_INVALID"],
      [["nowhere", "text", "--countries", "USA"], "A country must be a code of two letters"],
      [["nowhere", "text", "--countries", "DE,XX"], "Unknown country XX (--countries)"],
      [["nowhere", "text", "--countries", "UK"], "Did you mean GB?"],
      [["nowhere", "text", "--key", key], "--key has no effect without --map"],
      [["nowhere", "text", "--key", key, "--operator", "mask"], "--key has no effect without --map"],
      [["nowhere", "text", "--only", "URL", "--include", "NUMBER"], "--include has no effect with --only"],
      [["nowhere", "text", "--only", "URL", "--exclude", "URL"], "--exclude has no effect with --only"],
      [["--patterns-only", "text", "--types", "PER=STAFF"], "--types has no effect with --patterns-only"],
      [["--patterns-only", "text", "--threshold", "0"], "--threshold has no effect with --patterns-only"],
      [["nowhere", "text", "--types", "PER"], "--types must be NAME=TYPE"],
      [["nowhere", file("a.txt", "a"), file("b.txt", "b")], "Several files need --output"],
      [["nowhere", "missing.txt"], "CLI_NO_TEXT_FILE"],
      [["nowhere", "text", "--output", key], "CLI_OUTPUT_EXISTS"],
      [[], "MODEL is missing"],
    ];
    for (const [args, message] of cases) {
      const { code, err, out } = await ran(["redact", ...args]);
      expect([args, code, out]).toEqual([args, expect.any(Number), ""]);
      expect(code).not.toBe(0);
      expect(err).toContain(message);
    }
  });

  it.each([
    [["--only", "EMAIL"], "Unknown type EMAIL (--only)", "Did you mean EMAIL_ADDRESS?"],
    [["--operator", "EMAIL=mask"], "Unknown type EMAIL (--operator)", "Did you mean EMAIL_ADDRESS?"],
    [["--operator", "CREDIT_CRAD=mask"], "Unknown type CREDIT_CRAD", "Did you mean CREDIT_CARD?"],
    [["--include", "FOO"], "Unknown type FOO (--include)", "The types are DATE_TIME, NUMBER, CREDIT_CARD,"],
    [["--exclude", "url"], "Unknown type url (--exclude)", "Did you mean URL?"],
    [["--only", "PROJEKT", "--pattern", "PROJECT=x"], "Unknown type PROJEKT", "Did you mean PROJECT?"],
  ])("refuses types that nothing finds: %j", async (args, what, remedy) => {
    for (const call of [byPatterns, redacted]) {
      const { code, out, err } = await call(["x@example.com", ...args]);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain(what);
      expect(err.replace("PERSON, LOCATION, ", "")).toContain(remedy);
    }
  });

  it("knows the types of the model, by the names that they get", async () => {
    const only = async (type: string, ...args: string[]) => await redacted(["o b", "--only", type, ...args]);
    expect((await only("PERSON")).out).toBe("o [PERSON_1]\n");
    expect((await only("STAFF", "--types", "PER=STAFF")).out).toBe("o [STAFF_1]\n");
    expect((await only("PERSON", "--types", "PER=STAFF")).err).toContain("The model does not find PERSON");
    expect((await only("PER")).err).toContain("Did you mean PERSON?");
    expect((await only("PERSON", "--types", "PERS=STAFF")).err).toContain(
      "The model has no type PERS (--types) [CLI_USAGE]\n  Did you mean PER? The types are PER, LOC.",
    );
    expect((await byPatterns(["x", "--only", "PERSON"])).err).toContain("Only a model finds PERSON");
    expect((await byPatterns(["x", "--exclude", "PERSON"])).code).toBe(0);
  });

  it("does not overwrite its input, and leaves no half of a file", async () => {
    const path = file("same.txt", "x@example.com");
    expect((await byPatterns([path, "--output", path, "--force"])).err).toContain("FILES_OUTPUT_IS_INPUT");
    const broken = file("broken.json", '{"a":"x@example.com","b":"');
    const { code, err } = await byPatterns([broken, "--output", join(scratch, "broken.out")]);
    expect(code).toBe(1);
    expect(err).toContain("REDACT_FORMAT_INVALID");
    expect(existsSync(join(scratch, "broken.out"))).toBe(false);
    expect(text("same.txt")).toBe("x@example.com");
  });

  it.each([
    ["a.jsonl", '{"msg":"ok"}\nERROR mail bob@example.com\n{"msg":"ok"}\n', 2],
    ["b.jsonl", '{"a":"x"}\n{"a":"bob@example.com"\n{"a":"y"}\n{"a":"z"}\n', 2],
    ["c.json", "{'a':'bob@example.com'}", 1],
    ["d.json", '{\n"a":bob@example.com}', 2],
  ])(
    "writes nothing for a file that is not JSON, and names file and line: %s",
    async (name, content, line) => {
      const path = file(`invalid-${name}/${name}`, content);
      const folder = join(path, "..");
      for (const [source, output, result] of [
        [path, `${path}.out`, `${path}.out`],
        [folder, `${folder}-out`, join(`${folder}-out`, name)],
      ] as const)
        for (const call of [byPatterns, (args: string[]) => ran(["restore", "--key", key, ...args])]) {
          const { code, err, out } = await call([source, "--output", output]);
          expect([code, out, existsSync(result)]).toEqual([1, "", false]);
          expect(err).toContain("REDACT_FORMAT_INVALID");
          expect(err).toContain(`${path}:${line}\n`);
          expect(err).toContain("--from text");
          expect(err).not.toContain("bob");
        }
    },
  );

  it.each([
    [
      '{"n":[4111111111111111,-4111111111111111,1700000000],"x@example.com":1}',
      "2 values in numbers and 1 in keys",
    ],
    ['{"n":4111111111111111}', "1 value in numbers"],
    ['{"x@example.com":[{"y@example.com":1},{"y@example.com":2}]}', "2 values in keys"],
  ])("says what it leaves in numbers and keys of JSON: %s", async (content, what) => {
    const { code, out, err } = await byPatterns([content, "--from", "json"]);
    expect([code, out]).toEqual([0, `${content}\n`]);
    expect(err).toBe(`note: nothing replaced\nnote: ${what}: not replaced, only text values change\n`);
  });

  it("replaces none of the files that it reads or writes besides", async () => {
    const source = file("kept/a.txt", "x@example.com");
    const list = file("kept/list.txt", "Falcon\n");
    const map = join(scratch, "kept/new.map");
    const own = file("kept/own.key", "0123456789abcdef0123456789abcdef\n");
    for (const args of [
      ["--key", own, "--operator", "encrypt", "--output", own],
      ["--key", own, "--map", own],
      ["--key", own, "--map", map, "--output", map],
      ["--allow", list, "--output", list],
      ["--terms", `PROJECT=${list}`, "--output", list],
      ["--key", own, "--map", source],
    ])
      expect([args, (await byPatterns([source, ...args, "--force"])).err]).toEqual([
        args,
        expect.stringContaining("FILES_OUTPUT_IS_INPUT"),
      ]);
    const { err } = await ran(["restore", source, "--key", own, "--output", own, "--force"]);
    expect(err).toContain("FILES_OUTPUT_IS_INPUT");
    expect([readdirSync(join(scratch, "kept")), text("kept/own.key"), text("kept/list.txt")]).toEqual([
      ["a.txt", "list.txt", "own.key"],
      "0123456789abcdef0123456789abcdef\n",
      "Falcon\n",
    ]);
  });

  it("replaces in a folder only what it has written", async () => {
    const other = process.platform === "win32" ? "b.txt" : "b:c.txt";
    file("two/a.txt", "x@example.com");
    file(`two/${other}`, "y@example.com");
    const [source, output] = [join(scratch, "two"), join(scratch, "two-out")];
    file("two-out/a.txt", "mine");
    const args = [source, "--output", output];
    expect((await byPatterns(args)).err).toContain("CLI_OUTPUT_EXISTS");
    expect((await byPatterns([...args, "--force"])).err).toContain("FILES_NOT_OURS");
    expect([readdirSync(output), text("two-out/a.txt")]).toEqual([["a.txt"], "mine"]);
    rmSync(join(output, "a.txt"));
    for (const force of [[], ["--force"]]) expect((await byPatterns([...args, ...force])).code).toBe(0);
    const lock = await lockFolder(output);
    expect((await byPatterns([...args, "--force"])).err).toContain("FILES_FOLDER_LOCKED");
    await lock.release();
    // The list of what was written is no document.
    const again = await byPatterns([output, "--output", join(scratch, "three")]);
    expect([again.code, readdirSync(join(scratch, "three")).sort()]).toEqual([
      0,
      [".nerium-redact.json", "a.txt", other],
    ]);
  });

  it("does not follow links in a folder, and knows its results there by the name of a link too", async () => {
    file("linked/a.txt", "x@example.com");
    file("elsewhere.txt", "y@example.com");
    symlinkSync(join(scratch, "elsewhere.txt"), join(scratch, "linked/b.txt"));
    mkdirSync(join(scratch, "linked/out"));
    symlinkSync(join(scratch, "linked/out"), join(scratch, "door"));
    const args = [join(scratch, "linked"), "--output", join(scratch, "door")];
    const first = await byPatterns(args);
    expect(first.err).toContain("1 symbolic link in the folder: not followed");
    const second = await byPatterns([...args, "--force"]);
    expect(second).toMatchObject({ code: 0, err: expect.stringContaining("1 result of an earlier call") });
    expect(readdirSync(join(scratch, "linked/out")).sort()).toEqual([".nerium-redact.json", "a.txt"]);
  });

  it("does not read what an earlier call has written inside the folder that it reads", async () => {
    file("nested/a.txt", "x@example.com");
    const [source, output] = [join(scratch, "nested"), join(scratch, "nested", "out")];
    const args = [source, "--output", output];
    expect(await byPatterns(args)).toMatchObject({
      code: 0,
      err: expect.not.stringContaining("earlier call"),
    });
    // A file of the user's own there is a document like any other.
    file("nested/out/mine.txt", "y@example.com");
    expect(await byPatterns([...args, "--force"])).toMatchObject({
      code: 0,
      err: expect.stringContaining("1 result of an earlier call inside the folder: not read"),
    });
    expect(readdirSync(output, { recursive: true }).sort()).toEqual([
      ".nerium-redact.json",
      "a.txt",
      "mine.txt",
      "out",
      join("out", "mine.txt"),
    ]);
    expect((await byPatterns([output, "--output", output, "--force"])).err).toContain(
      "FILES_OUTPUT_IS_INPUT",
    );
  });

  it.skipIf(process.platform !== "linux")("ends at devices and where no files can be made", async () => {
    symlinkSync("/dev/null", join(scratch, "device"));
    const output = (path: string) => byPatterns(["x", "--output", path, "--force"]);
    expect((await output(join(scratch, "device"))).err).toContain("FILES_NOT_A_REGULAR_FILE");
    expect((await output("/proc/nerium/deep/a.txt")).err).toContain("FILES_NOT_FOUND");
    for (const args of [
      ["--operator", "hash", "--key", "/dev/zero"],
      ["--allow", "/dev/zero"],
    ])
      expect((await byPatterns(["x", ...args])).err).toContain("FILES_NOT_REGULAR");
    const { err } = await ran(["restore", "x", "--key", key, "--map", "/dev/zero"]);
    expect(err).toContain("FILES_NOT_REGULAR");
  });

  it("shows no text of a document, whatever happens", async () => {
    const secret = "hunter2@example.com";
    for (const [name, content] of [
      ["a.json", `{"x":"${secret}`],
      ["b.json", `{"x":"\\q${secret}"}`],
      ["c.txt", Buffer.concat([Buffer.from(`${secret}\n`), Buffer.from([0xff, 0xfe, 0x80])])],
      ["d.jsonl", `${"[".repeat(2000)}"${secret}"`],
    ] as const) {
      const { code, err, out } = await byPatterns([
        file(`secret/${name}`, content),
        "--output",
        join(scratch, "never"),
      ]);
      expect([name, code]).toEqual([name, 1]);
      expect(err + out).not.toContain("hunter2");
    }
  });
});

describe("nerium restore", () => {
  it("puts back what was encrypted", async () => {
    const path = file("letters/one.txt", `o b i, ${CARD}\r\nx@example.com`);
    const safe = join(scratch, "safe.txt");
    const { code } = await redacted([path, "--operator", "encrypt", "--key", key, "--output", safe]);
    expect(code).toBe(0);
    expect(text("safe.txt")).toMatch(
      /^o \[PERSON:[\w-]+\], \[CREDIT_CARD:[\w-]+\]\r\n\[EMAIL_ADDRESS:[\w-]+\]$/,
    );
    expect(await ran(["restore", safe, "--key", key])).toEqual({
      code: 0,
      out: text("letters/one.txt"),
      err: "note: 3 values restored\n",
    });
  });

  it("says how many values were not of this key", async () => {
    const other = file("wrong.key", "another key, long enough");
    const safe = file(
      "safe-2.txt",
      (await byPatterns(["x@example.com", "--operator", "encrypt", "--key", key])).out,
    );
    expect(await ran(["restore", safe, "--key", other])).toEqual({
      code: 0,
      out: text("safe-2.txt"),
      err: "note: 0 values restored\nnote: 1 encrypted value left as it was: made with another key, or changed\n",
    });
    expect(
      (await ran(["restore", safe, safe, "--key", other, "--output", join(scratch, "twice")])).err,
    ).toContain("Restore them one after another, each into a folder of its own.");
    const two = file("safe-3.txt", text("safe-2.txt").repeat(2));
    expect((await ran(["restore", two, "--key", other])).err).toContain(
      "note: 2 encrypted values left as they were: made with another key, or changed\n",
    );
  });

  it("puts back placeholders of a folder with their map", async () => {
    file("folder/a.txt", "x@example.com");
    file("folder/b.csv", 'mail\n"X@example.com"\n');
    const [safe, back, map] = ["folder-safe", "folder-back", "folder.map"].map((name) => join(scratch, name));
    await byPatterns([join(scratch, "folder"), "--key", key, "--map", map!, "--output", safe!]);
    expect(text("folder-safe/b.csv")).toBe('mail\n"[EMAIL_ADDRESS_1:2]"\n');
    await ran(["restore", safe!, "--key", key, "--map", map!, "--output", back!]);
    expect(text("folder-back/a.txt")).toBe("x@example.com");
    expect(text("folder-back/b.csv")).toBe('mail\n"X@example.com"\n');
  });

  it("needs the key", async () => {
    expect((await ran(["restore", "[PERSON_1]"])).err).toContain("--key is missing");
    const other = file("other.key", "another key, long enough");
    const { err } = await ran([
      "restore",
      "[PERSON_1]",
      "--key",
      other,
      "--map",
      join(scratch, "folder.map"),
    ]);
    expect(err).toContain("REDACT_KEY_WRONG");
  });
});
