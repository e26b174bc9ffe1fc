import { describe, expect, it } from "vitest";
import type { Ner } from "../../src/infer/index.js";
import type { Operator } from "../../src/redact/operators/operator.js";
import { type RedactOptions, redact } from "../../src/redact/public.js";

const key = "a secret that nobody guesses";
const CARD = "4111 1111 1111 1111";
const terms = { PERSON: ["Anna Smith", "Bob"] };

const redacted = async (text: string, options: RedactOptions = {}) =>
  (await redact(undefined, text, { terms, key, ...options })).text;
const withOperator = (text: string, operator: Operator, options: RedactOptions = {}) =>
  redacted(text, { operators: { DEFAULT: operator }, ...options });

describe("placeholders", () => {
  it("give the same value the same number, in any case", async () => {
    expect(await redacted("Anna Smith met Bob. ANNA  SMITH waved. anna smith left.")).toBe(
      "[PERSON_1] met [PERSON_2]. ANNA  SMITH waved. [PERSON_1] left.",
    );
  });

  it("give all spellings of a number the same number", async () => {
    expect(await redacted(`${CARD}, 4111-1111-1111-1111, 4111111111111111`)).toBe(
      "[CREDIT_CARD_1], [CREDIT_CARD_1], [CREDIT_CARD_1]",
    );
    expect(await redacted("+1 415 555 2671 or 415-555-2671")).toBe("[PHONE_NUMBER_1] or [PHONE_NUMBER_1]");
  });

  it("leave the possessive in place", async () => {
    expect(await redacted("Bob's car and Bob’s house")).toBe("[PERSON_1]'s car and [PERSON_1]’s house");
  });

  it("count in each document, or in all", async () => {
    const texts = ["Bob", "Anna Smith and Bob"];
    const each = await redact(undefined, texts, { terms });
    expect(each.map(({ text }) => text)).toEqual(["[PERSON_1]", "[PERSON_1] and [PERSON_2]"]);
    const all = await redact(undefined, texts, { terms, numbers: "all" });
    expect(all.map(({ text }) => text)).toEqual(["[PERSON_1]", "[PERSON_2] and [PERSON_1]"]);
  });
});

describe("other operators", () => {
  it("mask letters and digits, and keep the last ones if asked", async () => {
    expect(await withOperator(`Bob ${CARD}`, "mask")).toBe("*** **** **** **** ****");
    expect(await withOperator(CARD, { type: "mask", keepLast: 4 })).toBe("**** **** **** 1111");
    expect(await withOperator(CARD, { type: "mask", character: "#", keepLast: 2 })).toBe(
      "#### #### #### ##11",
    );
  });

  it("remove, keep and replace", async () => {
    expect(await withOperator("Hi Bob!", "remove")).toBe("Hi !");
    expect(await withOperator("Hi Bob!", "keep")).toBe("Hi Bob!");
    expect(await withOperator("Hi Bob!", { type: "replace", with: "<someone>" })).toBe("Hi <someone>!");
  });

  it("hash with the key: equal values look equal, and other keys give other hashes", async () => {
    const first = await withOperator("Bob and BOB", "hash");
    expect(first).toMatch(/^([\da-f]{32}) and \1$/);
    expect(await withOperator("Bob and BOB", "hash", { key: "another secret of mine" })).not.toBe(first);
  });

  it("can differ by type", async () => {
    expect(await redacted(`Bob ${CARD}`, { operators: { CREDIT_CARD: { type: "mask", keepLast: 4 } } })).toBe(
      "[PERSON_1] **** **** **** 1111",
    );
  });

  it.each(["hash", "encrypt"] as const)("%s needs a key", async (operator) => {
    await expect(withOperator("Bob", operator, { key: undefined })).rejects.toMatchObject({
      code: "REDACT_KEY_MISSING",
    });
  });
});

describe("pseudonyms", () => {
  const values = {
    PERSON: "Anna Smith",
    EMAIL_ADDRESS: "jane@corp-example.com",
    CREDIT_CARD: CARD,
    IBAN_CODE: "DE89 3704 0044 0532 0130 00",
    IP_ADDRESS: "10.20.30.40",
    MAC_ADDRESS: "00:1b:44:11:3a:b7",
    URL: "https://corp-example.com/jane",
  };

  it.each(Object.entries(values))(
    "of %s are of the same kind, and stay the same with the key",
    async (type, value) => {
      const first = await redact(undefined, value, { terms, key, operators: { DEFAULT: "pseudonym" } });
      expect(first.text).not.toContain(value);
      expect((await redact(undefined, value, { terms, key, operators: { DEFAULT: "pseudonym" } })).text).toBe(
        first.text,
      );
      // What replaces a checked value is found as one itself.
      const again = await redact(
        undefined,
        first.text,
        type === "PERSON" ? { terms: { PERSON: [first.text] } } : {},
      );
      expect(again.entities.map((entity) => entity.type)).toEqual([type]);
    },
  );

  it("without a key stay the same within a call only", async () => {
    const run = () => withOperator("Bob Bob", "pseudonym", { key: undefined });
    const [first, second] = [await run(), await run()];
    expect(first).toMatch(/^(\S+) \1$/);
    expect(second).not.toBe(first);
  });

  it("keep the form of other types", async () => {
    const text = await withOperator("EMP-004217", "pseudonym", { patterns: { EMPLOYEE: "EMP-\\d{6}" } });
    expect(text).toMatch(/^[A-Z]{3}-0\d{5}$|^[A-Z]{3}-\d{6}$/);
    expect(text).not.toBe("EMP-004217");
  });
});

describe("what to find", () => {
  it("dates and bare numbers are only found on request", async () => {
    const text = "On 2024-03-12, 123456 came.";
    expect(await redacted(text)).toBe(text);
    expect(await redacted(text, { include: ["DATE_TIME", "NUMBER"] })).toBe(
      "On [DATE_TIME_1], [NUMBER_1] came.",
    );
  });

  it("types can be left alone, or be the only ones", async () => {
    const text = `Bob ${CARD} a@example.com`;
    expect(await redacted(text, { exclude: ["CREDIT_CARD"] })).toBe(`[PERSON_1] ${CARD} [EMAIL_ADDRESS_1]`);
    expect(await redacted(text, { only: ["EMAIL_ADDRESS"], terms: {} })).toBe(
      `Bob ${CARD} [EMAIL_ADDRESS_1]`,
    );
  });

  it("texts of the allow list stay, in any case", async () => {
    expect(await redacted("Info@Example.com and a@example.com", { allow: ["info@example.com"] })).toBe(
      "Info@Example.com and [EMAIL_ADDRESS_1]",
    );
  });

  it("numbers of the given countries need no words nearby", async () => {
    expect(await redacted("536-90-4399 and 030/901820")).toBe("536-90-4399 and 030/901820");
    expect(await redacted("536-90-4399 and 030/901820", { countries: ["us", "DE"] })).toBe(
      "[US_SSN_1] and [PHONE_NUMBER_1]",
    );
  });

  it("numbers in a row are found if each of them is valid", async () => {
    const [one, two, wrong] = ["4111 1111 1111 1111", "5500 0000 0000 0004", "4111 1111 1111 1112"];
    const texts = [`${one} ${two}`, `${one} ${wrong}`, `1234 ${one}`];
    const redacted = await redact(undefined, texts);
    expect(redacted.map(({ text }) => text)).toEqual(["[CREDIT_CARD_1] [CREDIT_CARD_2]", texts[1], texts[2]]);
  });

  it("terms are whole words, patterns are expressions", async () => {
    const options = { terms: { PROJECT: ["Falcon"] }, patterns: { EMPLOYEE: /emp-\d{4}/i } };
    expect(await redacted("Falcon, falconry, EMP-1234", options)).toBe("[PROJECT_1], falconry, [EMPLOYEE_1]");
  });

  it("the entities say where everything was", async () => {
    const text = `Bob paid with ${CARD}.`;
    const { entities } = await redact(undefined, text, { terms });
    expect(entities).toMatchObject([
      { type: "PERSON", start: 0, end: 3, recogniser: "terms", replacement: "[PERSON_1]" },
      { type: "CREDIT_CARD", start: 14, end: 33, recogniser: "numbers", replacement: "[CREDIT_CARD_1]" },
    ]);
  });
});

describe("options that do not fit", () => {
  it.each<[string, object, string]>([
    ["an unknown option", { masks: true }, "PACKAGE_OPTION_UNKNOWN"],
    ["an unknown operator", { operators: { PERSON: "blur" } }, "REDACT_OPTION_INVALID"],
    [
      "settings of an operator without any",
      { operators: { PERSON: { type: "hash" } } },
      "REDACT_OPTION_INVALID",
    ],
    [
      "a mask of two characters",
      { operators: { PERSON: { type: "mask", character: "ab" } } },
      "REDACT_OPTION_INVALID",
    ],
    ["a type in lower case", { terms: { person: ["Bob"] } }, "REDACT_OPTION_INVALID"],
    ["a country with three letters", { countries: ["USA"] }, "REDACT_OPTION_INVALID"],
    ["a country that does not exist", { countries: ["DE", "XX"] }, "REDACT_OPTION_INVALID"],
    ["a type that nothing finds", { only: ["EMAIL"] }, "REDACT_OPTION_INVALID"],
    ["an operator for such a type", { operators: { EMAIL: "mask" } }, "REDACT_OPTION_INVALID"],
    ["a short key", { key: "short" }, "REDACT_KEY_SHORT"],
    ["a map without a key", { map: true, key: undefined }, "REDACT_KEY_MISSING"],
    ["a pattern with a backreference", { patterns: { A: "(a)\\1" } }, "REDACT_PATTERN_INVALID"],
    ["a pattern that is none", { patterns: { A: "(" } }, "REDACT_PATTERN_INVALID"],
    ["an unknown format", { format: "docx" }, "PACKAGE_OPTION_INVALID"],
  ])("%s", async (_, options, code) => {
    await expect(redacted("Bob", options as RedactOptions)).rejects.toMatchObject({ code });
  });

  it("any type may be right if the labels of the model are not known", async () => {
    const unlabelled = { analyze: async () => [{ entities: [] }] } as unknown as Ner;
    expect((await redact(unlabelled, "Bob", { only: ["FOO"] })).text).toBe("Bob");
  });

  it("an input that is no text", async () => {
    await expect(redact(undefined, 7 as never)).rejects.toMatchObject({ code: "PACKAGE_ARGUMENT_INVALID" });
  });
});
