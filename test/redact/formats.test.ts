import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonBlocks } from "../../src/redact/formats/json.js";
import { type FormatName, redact, redactStream } from "../../src/redact/public.js";

const terms = { PERSON: ["Anna Smith", "Bob"] };
const redacted = async (format: FormatName, text: string) =>
  (await redact(undefined, text, { format, terms })).text;

describe("JSON", () => {
  it("changes text values, and nothing else", async () => {
    const text = `{ "Bob": "Bob", "n": 4111111111111111,\n  "list": ["x", "Anna Smith", null, {"Bob": true}],\t"e": 1e5 }\n`;
    expect(await redacted("json", text)).toBe(
      `{ "Bob": "[PERSON_1]", "n": 4111111111111111,\n  "list": ["x", "[PERSON_2]", null, {"Bob": true}],\t"e": 1e5 }\n`,
    );
  });

  it("reads escapes and writes them again", async () => {
    expect(await redacted("json", String.raw`["\"Bob\"\n\u0042ob", "a\u00e9\/b"]`)).toBe(
      String.raw`["\"[PERSON_1]\"\n[PERSON_1]", "a\u00e9\/b"]`,
    );
  });

  it("takes the key of a value as context", async () => {
    expect(
      await redacted("json", '{"ssn":"536-90-4399","case":"536-90-4399","homePhone":["030/901820"]}'),
    ).toBe('{"ssn":"[US_SSN_1]","case":"536-90-4399","homePhone":["[PHONE_NUMBER_1]"]}');
  });

  it("reads lines of values", async () => {
    expect(await redacted("jsonl", '{"a":"Bob"}\n"Bob"\n[]\n')).toBe(
      '{"a":"[PERSON_1]"}\n"[PERSON_1]"\n[]\n',
    );
  });

  it.each([
    ['{"a":"Bob', 1, "does not end"],
    ['["x",\n"y', 2, "does not end"],
    ['{"a":1', 1, "does not end"],
    ["[1}", 1, "closes nothing"],
    ['["a\nb"]', 1, "line break"],
    ['["\\q"]', 1, "escape"],
    ["[".repeat(1001), 1, "nested"],
    ['{"msg":"ok"}\nERROR mail Bob 4111 1111 1111 1111\n{"msg":"ok"}', 2, "outside of double quotes"],
    ["{'a':'Bob'}", 1, "a key is not in double quotes"],
    ['{"a":Bob}', 1, "outside of double quotes"],
    ['{"a":\nbob@example.com}', 2, "outside of double quotes"],
    ['{"a":1} Bob', 1, "outside of double quotes"],
    ["4111 1111 1111 1111", 1, "several values"],
    ['{"a":1} 4111111111111111', 1, "several values"],
    ["[+1]", 1, "outside of double quotes"],
    ["[01]", 1, "outside of double quotes"],
    ["[1.]", 1, "outside of double quotes"],
    ["[NaN]", 1, "outside of double quotes"],
    ["[1, /* Bob */ 2]", 1, "outside of double quotes"],
    ["// Bob\n[]", 1, "outside of double quotes"],
    ["[1\u00a0]", 1, "outside of double quotes"],
    ["[1] \ufeff[2]", 1, "outside of double quotes"],
    ['{"a" "Bob"}', 1, "a colon is missing"],
    ['{"a","Bob"}', 1, "a colon is missing"],
    ['["a"\n"Bob"]', 1, "a comma or ] is missing"],
    ['{"a":"Bob" "b":1}', 1, "a comma or } is missing"],
    ['{"a":"Bob":1}', 1, "a comma or } is missing"],
    ['{"a":}', 1, "a value is missing"],
    ["[1,]", 1, "a value is missing"],
    ["[,]", 1, "a value is missing"],
    ['{"a":1,\n}', 1, "a key is missing"],
    ["{[1]}", 1, "a key is missing"],
    ["{Bob:1}", 1, "a key is not in double quotes"],
    ['{"a":1},\n{"a":1}', 1, "outside"],
    ['"a":1', 1, "outside"],
    ["[1]]", 1, "closes nothing"],
    ['{\n"a":{\n"b":1\n}\n', 1, "an object does not end"],
    ['{\n"a":[\n1\n', 2, "a list does not end"],
  ])("refuses %j", async (text, line, what) => {
    const errorOf = async (parts: readonly string[]) => {
      let after = "";
      for await (const part of redactStream(undefined, parts, { format: "json" })) after += part;
      throw new Error(after);
    };
    for (let at = 0; at < Math.min(text.length, 100); at++) {
      const error = await errorOf([text.slice(0, at), text.slice(at)]).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: "REDACT_FORMAT_INVALID", where: `line ${line}` });
      expect(error.message).toContain(what);
      expect(error.message).not.toMatch(/bob/i);
      expect(error.remedy).toContain("plain text");
    }
  });

  it.each([
    '{"a":"x"}\n{"a":"Bob"\n{"a":"y"}\n{"a":"z"}\n',
    '{"a":"x"}\n{"a":["Bob",\n{"a":"y"}\n{"a":"z"}\n',
    '{"a":"x"}\n{"a":\n{"a":"y"}\n{"a":"z"}\n',
    '{"a":"x"}\n{"a":{"b":"Bob"}\n',
    '{"a":"x"}\n{"a":[\n"Bob"\n',
  ])("names the line of JSONL where the value begins that is wrong: %j", async (text) => {
    await expect(redacted("jsonl", text)).rejects.toMatchObject({
      code: "REDACT_FORMAT_INVALID",
      where: "line 2",
    });
  });

  it("leaves what is JSON, wherever it is cut", async () => {
    const text =
      '\ufeff[1, -0.5e+10,\ttrue, false,null ,{ }, [ ], {"a" : 1e5}]\r\n{"a":"\\n"}{"b":2} "x"\r\n12\nnull\n-1';
    for (let at = 0; at <= text.length; at++) {
      let after = "";
      const parts = [text.slice(0, at), "", text.slice(at)];
      for await (const part of redactStream(undefined, parts, { format: "json" })) after += part;
      expect(after).toBe(text);
    }
  });

  it("needs little memory for numbers without end", async () => {
    async function* parts() {
      for (let at = 0; at < 30_000; at++) yield at === 0 ? "[" : "123456,";
      yield "1]";
    }
    const lengths: number[] = [];
    for await (const { pieces } of jsonBlocks(parts())) lengths.push(pieces[0]!.raw.length);
    expect(lengths).toEqual([65_542, 65_541, 65_541, 13_372]);
  });

  it("refuses what JSON.parse refuses", async () => {
    const tokens = fc.constantFrom(..."{}[],:\n -1.e+0".split(""), '"a"', '"', "true", "nul", "'", "/", "\\");
    await fc.assert(
      fc.asyncProperty(fc.array(tokens, { maxLength: 12 }), async (drawn) => {
        // One value.
        const text = `[${drawn.join("")}]`;
        const isJson = await redacted("json", text).then(
          (after) => after === text,
          () => false,
        );
        const isParsed = await Promise.resolve(text)
          .then(JSON.parse)
          .then(Array.isArray, () => false);
        // Several values are one after another.
        if (isParsed || !/\][^[\]]*\[/.test(text)) expect([text, isJson]).toEqual([text, isParsed]);
      }),
      { numRuns: 5000 },
    );
  });

  it("keeps every value without findings", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        const after = (await redact(undefined, text, { format: "json", only: [] })).text;
        expect(after).toBe(text);
      }),
    );
  });
});

describe("tables", () => {
  it("keep their structure", async () => {
    const text = 'name,note\r\nBob,"say ""hi"" to Anna Smith,\nplease"\r\n"Bob",x\r\n,\r\n';
    expect(await redacted("csv", text)).toBe(
      'name,note\r\n[PERSON_1],"say ""hi"" to [PERSON_2],\nplease"\r\n"[PERSON_1]",x\r\n,\r\n',
    );
  });

  it("take the name of the column as context", async () => {
    expect(await redacted("csv", "id;ssn;phone_number\n536-90-4399;536-90-4399;030/901820\n")).toBe(
      "id;ssn;phone_number\n536-90-4399;[US_SSN_1];[PHONE_NUMBER_1]\n",
    );
  });

  it("without a header are read from the first line", async () => {
    expect(await redacted("csv", "Bob,bob@example.com\nBob,x\n")).toBe(
      "[PERSON_1],[EMAIL_ADDRESS_1]\n[PERSON_1],x\n",
    );
  });

  it("put quotes around what needs them", async () => {
    const { text } = await redact(undefined, "name,x\nBob,1\n", {
      format: "csv",
      terms,
      operators: { DEFAULT: { type: "replace", with: 'a,"b"' } },
    });
    expect(text).toBe('name,x\n"a,""b""",1\n');
  });

  it("in TSV have no quotes", async () => {
    expect(await redacted("tsv", 'name\tx\n"Bob\t"y\n')).toBe('name\tx\n"[PERSON_1]\t"y\n');
  });

  it("with a quote that never ends lose nothing", async () => {
    expect(await redacted("csv", 'a,b\n"Bob,x\n')).toBe('a,b\n"[PERSON_1],x\n');
  });
});

describe("Markdown", () => {
  it("keeps its marks", async () => {
    const text = [
      "---",
      "author: Bob",
      "---",
      "# Letter to **Bob**",
      "",
      '> - [x] *Anna Smith* wrote to [Bob](mailto:bob@example.com "Bob"), see <https://example.com/x>.',
      "1. `Bob` and __Anna Smith__",
      "",
      "| Name | Mail |",
      "|:-----|-----:|",
      "| Bob  | bob@example.com |",
      "",
      "```js",
      'const x = "bob@example.com"; // **x**',
      "```",
      "",
    ].join("\n");
    expect(await redacted("markdown", text)).toBe(
      [
        "---",
        "author: [PERSON_1]",
        "---",
        "# Letter to **[PERSON_1]**",
        "",
        '> - [x] *[PERSON_2]* wrote to [[PERSON_1]](mailto:[EMAIL_ADDRESS_1] "[PERSON_1]"), see <[URL_1]>.',
        "1. `[PERSON_1]` and __[PERSON_2]__",
        "",
        "| Name | Mail |",
        "|:-----|-----:|",
        "| [PERSON_1]  | [EMAIL_ADDRESS_1] |",
        "",
        "```js",
        'const x = "[EMAIL_ADDRESS_1]"; // **x**',
        "```",
        "",
      ].join("\n"),
    );
  });

  it("loses nothing of any text", async () => {
    const parts = fc.constantFrom(
      "#",
      "*",
      "_",
      "`",
      "```\n",
      "[",
      "](",
      ")",
      "|",
      "<b>",
      "<",
      ">",
      "\n",
      "- ",
      "a",
      " ",
      "---\n",
      "&",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 30 }), async (drawn) => {
        const text = drawn.join("");
        expect((await redact(undefined, text, { format: "markdown", only: [] })).text).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});

describe("HTML", () => {
  it("changes texts and the values of attributes", async () => {
    const text =
      '<!doctype html><p class="Bob">Dear <b>Bob</b> &amp; Anna&nbsp;Smith,<br>mail <a href="mailto:bob@example.com" title=Bob>Bob</a></p>' +
      "<script>const x = 'bob@example.com';</script><style>a::b{}</style><!-- bob@example.com -->";
    expect(await redacted("html", text)).toBe(
      '<!doctype html><p class="Bob">Dear <b>[PERSON_1]</b> &amp; Anna&nbsp;Smith,<br>mail <a href="mailto:[EMAIL_ADDRESS_1]" title="[PERSON_1]">[PERSON_1]</a></p>' +
        "<script>const x = '[EMAIL_ADDRESS_1]';</script><style>a::b{}</style><!-- [EMAIL_ADDRESS_1] -->",
    );
  });

  it("reads what inline tags cut, and leaves the tags", async () => {
    expect(await redacted("html", "<p>Card 4111 <b>1111 1111</b> 1111</p>")).toBe(
      "<p>Card [CREDIT_CARD_1] <b>[CREDIT_CARD_2]</b> [CREDIT_CARD_3]</p>",
    );
    expect(await redacted("html", "<p>4111 1111</p><p>1111 1111</p>")).toBe(
      "<p>4111 1111</p><p>1111 1111</p>",
    );
  });

  it("reads entities, and leaves those that it does not know", async () => {
    expect(await redacted("html", "<p>B&#111;b &lt;&foo; &#x42;ob</p>")).toBe(
      "<p>[PERSON_1] &lt;&foo; [PERSON_1]</p>",
    );
  });

  it("loses nothing of any text", async () => {
    const parts = fc.constantFrom(
      "<p>",
      "</p>",
      "<b",
      ">",
      "<",
      "<!--",
      "-->",
      "<script>",
      "</script>",
      "&amp;",
      "&x;",
      "a",
      '"',
      "='",
      " ",
      '<a href="x">',
      "<!",
      "</",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 30 }), async (drawn) => {
        const text = drawn.join("");
        expect((await redact(undefined, text, { format: "html", only: [] })).text).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});
