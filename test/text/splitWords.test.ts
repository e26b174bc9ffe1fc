import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitSentences, splitWords, type WordRules } from "../../src/text/index.js";
import { growth, LINEAR } from "../growth.js";

const split = (text: string, rules: Partial<WordRules> = {}): string =>
  splitWords(text, rules)
    .map((word) => word.text)
    .join(" | ");

it.each([
  ["Ada (Oslo) won.", "Ada | ( | Oslo | ) | won | ."],
  ["the U.S. team, J. K. Row", "the | U.S. | team | , | J. | K. | Row"],
  [
    "Mr. Lee of Acme Corp. left at 5 p.m. today",
    "Mr. | Lee | of | Acme | Corp. | left | at | 5 | p.m. | today",
  ],
  ["It ended. The end...", "It | ended | . | The | end | ..."],
  ["It ended.The end", "It | ended | . | The | end"],
  ["1,000 or 3.5, .5 or +44", "1,000 | or | 3.5 | , | .5 | or | +44"],
  ["1996-08-22, 1996/97, 2:29.34", "1996-08-22 | , | 1996/97 | , | 2:29.34"],
  ["O'Neill's dog isn't Lee’s", "O'Neill | 's | dog | is | n't | Lee | ’s"],
  ["they'll say I'm we've you're he'd", "they | 'll | say | I | 'm | we | 've | you | 're | he | 'd"],
  ["the boys' 'quoted' word", "the | boys | ' | ' | quoted | ' | word"],
  [
    "well-known U.S.-led Iraq-U.N. pre- and post-war",
    "well-known | U.S.-led | Iraq-U.N. | pre- | and | post-war",
  ],
  ["$5, US$10, C$ 7 and 5%", "$ | 5 | , | US$ | 10 | , | C$ | 7 | and | 5 | %"],
  ["S&P AT&T this & that", "S&P | AT&T | this | & | that"],
  ["C++ or A+ -- yes*** !!", "C++ | or | A+ | -- | yes | *** | !!"],
  ['and/or {x} [y]; "z"', 'and | / | or | { | x | } | [ | y | ] | ; | " | z | "'],
  ["#NFL @lee a.b@c.org", "#NFL | @lee | a.b@c.org"],
  ["(see https://a.org/b?c=d,e). www.a.org!", "( | see | https://a.org/b?c=d,e | ) | . | www.a.org | !"],
  ["1. Apples\n2. Pears in 12.", "1. | Apples | 2. | Pears | in | 12 | ."],
  ["Zürich a\u0301b нет 서울은", "Zürich | a\u0301b | нет | 서울은"],
  ["👩‍👩‍👧 👍🏽! ok☺️", "👩‍👩‍👧 | 👍🏽 | ! | ok | ☺️"],
])("splits %j", (text, expected) => {
  expect(split(text)).toBe(expected);
});

it.each([
  ["J'ai l'iPhone d'Apple qu'il a", "J' | ai | l' | iPhone | d' | Apple | qu' | il | a"],
  ["D’après l’ONU, aujourd’hui", "D’ | après | l’ | ONU | , | aujourd’hui"],
  ["d'un'altra dell'Italia, l'11 maggio", "d' | un' | altra | dell' | Italia | , | l' | 11 | maggio"],
  ["C'è l'«Eco» e l'FBI", "C' | è | l' | « | Eco | » | e | l' | FBI"],
  ["dans L'Oréal et D'Angelo", "dans | L' | Oréal | et | D' | Angelo"],
  ["D'Angelo left L'Oréal", "D'Angelo | left | L'Oréal"],
  ["N'Djamena, Mar'ie, c'mon, o'clock", "N'Djamena | , | Mar'ie | , | c'mon | , | o'clock"],
  ["I'm at 'l' or 'd'", "I | 'm | at | ' | l | ' | or | ' | d | '"],
])("splits elided articles and pronouns from %j", (text, expected) => {
  expect(split(text)).toBe(expected);
});

it.each([
  ["S24's Trap's TRAP'S 1990’s", "S24 | 's | Trap | 's | TRAP | 'S | 1990 | ’s"],
  ["the U.S.'s and Yahoo!'s and C++'s", "the | U.S. | 's | and | Yahoo | ! | 's | and | C++ | 's"],
  ["Ada 's and they 'd'", "Ada | 's | and | they | ' | d | '"],
  ["6'5 or 'scarf' or rock'n'roll", "6 | ' | 5 | or | ' | scarf | ' | or | rock'n'roll"],
])("splits clitics from any word in %j", (text, expected) => {
  expect(split(text)).toBe(expected);
});

it.each([
  ["Volkswagen-owned 500-Gutschein", "Volkswagen | - | owned | 500 | - | Gutschein"],
  ["pre- and U.S.-led, Iraq-U.N.", "pre | - | and | U.S. | - | led | , | Iraq | - | U.N."],
  ["2-1 on 1996-08-22 for G1-V", "2-1 | on | 1996-08-22 | for | G1 | - | V"],
])("makes hyphens words where that is the rule: %j", (text, expected) => {
  expect(split(text, { hyphens: "split" })).toBe(expected);
});

it("makes characters of scripts without spaces words where that is the rule", () => {
  expect(split("東京タワーへ 2024年，OK", { unspaced: "characters" })).toBe(
    "東 | 京 | タ | ワ | ー | へ | 2024 | 年 | ， | OK",
  );
  // Vowel signs and tone marks stay with their letter, and a character outside the first plane is whole.
  expect(split("ที่นี่ 𠮷野", { unspaced: "characters" })).toBe("ที่ | นี่ | 𠮷 | 野");
});

it("splits scripts without spaces", () => {
  expect(split("東京は日本の首都です。")).toBe("東京 | は | 日本 | の | 首都 | です | 。");
  expect(split("ประเทศไทยอยู่ในเอเชีย")).toBe("ประเทศไทย | อยู่ | ใน | เอเชีย");
});

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(..."aBlL1.,'’-/&$%#@+ \n\t\u00a0\u0301東タไ😀\u200d\ud800\udc00:w()\""),
    maxLength: 60,
  }),
);

const rules = fc.record({
  unspaced: fc.constantFrom("words" as const, "characters" as const),
  hyphens: fc.constantFrom("join" as const, "split" as const),
});

it("words are slices of the text, in order, apart, and cover all that is no white space", () => {
  fc.assert(
    fc.property(texts, rules, (text, rule) => {
      let end = 0;
      for (const word of splitWords(text, rule)) {
        expect(word.text).toBe(text.slice(word.start, word.end));
        expect(word.end).toBeGreaterThan(word.start);
        expect(text.slice(end, word.start)).toMatch(/^[\s\x85]*$/);
        expect(word.text).not.toMatch(/[\s\x85]/);
        end = word.end;
      }
      expect(text.slice(end)).toMatch(/^[\s\x85]*$/);
    }),
    { numRuns: 3000 },
  );
});

it("no word begins or ends inside a character", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const inside = (at: number) => /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
      for (const { start, end } of splitWords(text))
        expect([inside(start), inside(end)]).toEqual([false, false]);
    }),
    { numRuns: 1000 },
  );
});

it("every word is in one sentence", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const words = splitWords(text);
      expect([...splitSentences(words, text)].flat()).toEqual(words);
    }),
    { numRuns: 1000 },
  );
});

describe("a sentence", () => {
  const sentences = (text: string) =>
    [...splitSentences(splitWords(text), text)].map((words) =>
      text.slice(words[0]!.start, words.at(-1)!.end),
    );

  it("ends at final marks and what closes after them", () => {
    const expected = ["He left.", '"Why?"', "She left (too!).", "5 stayed..."];
    expect(sentences(expected.join(" "))).toEqual(expected);
  });

  it("ends without a space in scripts that have none", () => {
    expect(sentences("東京です。大阪です！")).toEqual(["東京です。", "大阪です！"]);
  });

  it("goes on after abbreviations, before small letters, and inside numbers", () => {
    for (const text of [
      "Mr. Lee met J. K. Row",
      "the U.S. Senate of Acme Corp. Europe",
      "at 3.5 p.m. sharp",
      '"Go!" he said',
    ])
      expect(sentences(text)).toEqual([text]);
  });

  it("ends after an abbreviation before a word that opens sentences", () => {
    expect(sentences("He left the U.S. The rest stayed")).toEqual(["He left the U.S.", "The rest stayed"]);
  });

  it("ends with its line and its paragraph", () => {
    expect(sentences("Headline one\nHeadline two\n\nText")).toEqual(["Headline one", "Headline two", "Text"]);
  });

  it("goes on where a line was broken for lack of room", () => {
    const text =
      "On Tuesday morning the harbour master of Gothenburg met Ada\nLovelace at the old customs house, and they spoke for hours\nabout ships.";
    expect(sentences(text)).toHaveLength(1);
  });
});

it.each([
  ["sentences", "Mr. O'Neill's \"U.S.\" dog, (2.5 kg) isn't here. "],
  ["one word", "a"],
  ["hyphens", "a-"],
  ["periods", ".A"],
  ["addresses", "http://a."],
  ["apostrophes", "'s"],
  ["elisions", "l'D'A"],
  ["articles before names", "L'A "],
  ["marks", "\u0301"],
  ["pictures", "😀\u200d"],
  ["newlines", "a \n"],
  ["blank lines", "\n"],
  ["Japanese", "東京は日本の首都です。"],
])("ten times the characters take ten times the work: %s", async (_, part) => {
  const split = (characters: number) => {
    const text = part.repeat(Math.ceil(characters / part.length));
    splitSentences(splitWords(text), text);
  };
  expect(await growth(split, 500_000)).toBeLessThan(LINEAR);
});
