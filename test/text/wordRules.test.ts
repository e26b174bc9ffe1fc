import { describe, expect, it } from "vitest";
import { splitWords, USUAL_RULES, wordRulesOf } from "../../src/text/index.js";

const sentences = (...texts: string[]) => texts.map((text) => ({ words: text.split(" ") }));

describe("the rules for words", () => {
  it("are single characters where training data has them, apart from some noise", () => {
    const characters = sentences("我 在 北 京 ， 2024 年 OK", ...new Array(20).fill("他 们 说"), "公司 说");
    expect(wordRulesOf(characters)).toEqual({ unspaced: "characters", hyphens: "join" });
    expect(wordRulesOf(sentences("ป ร ะ เ ท ศ ไ ท ย ที่"))).toMatchObject({ unspaced: "characters" });
  });

  it("are those of a dictionary where training data has longer words", () => {
    expect(wordRulesOf(sentences("我 在 北京 的 公司 说", "他们 在 上海"))).toEqual(USUAL_RULES);
    // One foreign word in other data says nothing.
    expect(wordRulesOf(sentences("the 東 station"))).toEqual(USUAL_RULES);
  });

  it("split hyphens where training data has nearly no compounds, but hyphens as words", () => {
    const split = sentences(
      "a Volkswagen - owned firm",
      ...new Array(4).fill("a well - known one"),
      "2-1 wins",
    );
    expect(wordRulesOf(split)).toEqual({ unspaced: "words", hyphens: "split" });
    expect(
      wordRulesOf(sentences("LONDON - a", "x - y", "x - y", "x - y", "x - y", "a well-known U.S.-led one")),
    ).toEqual(USUAL_RULES);
    expect(wordRulesOf(sentences("no hyphens - here"))).toEqual(USUAL_RULES);
    // Scores, datelines and lists say nothing about compounds.
    expect(wordRulesOf(sentences(...new Array(9).fill("- won 2 - 1 -")))).toEqual(USUAL_RULES);
  });

  it("that data show give the words of the data again", () => {
    const words = "我 和 张 京 文 明 天 到 上 海".split(" ");
    const rules = wordRulesOf([{ words }]);
    expect(splitWords(words.join(""), rules).map(({ text }) => text)).toEqual(words);
  });
});
