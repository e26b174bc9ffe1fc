/** Long work in JavaScript lets others run in between, and has the same result. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { inputText } from "../../src/infer/inputs.js";
import { wordsTouched } from "../../src/infer/offsets.js";
import { Pace } from "../../src/infer/pace.js";
import { splitSentences, splitWords, USUAL_RULES } from "../../src/text/index.js";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A pace by which it is always time to pause. */
class Hurried extends Pace {
  pauses = 0;
  override get isDue() {
    return true;
  }
  override pause() {
    this.pauses++;
    return super.pause();
  }
}

const TEXT = "Anna Wolff lives in Berlin, they say. ".repeat(100);

describe("a pace", () => {
  it("is due after some milliseconds, and lets everything else run", async () => {
    let now = 1000;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const pace = new Pace();
    expect(pace.isDue).toBe(false);
    await pace.step();
    now += 10;
    expect(pace.isDue).toBe(true);
    let ran = false;
    setImmediate(() => {
      ran = true;
    });
    await pace.step();
    expect(ran).toBe(true);
    expect(pace.isDue).toBe(false);
  });
});

describe("with pauses", () => {
  it("a text has the same sentences", async () => {
    const pace = new Hurried();
    const sentences = [];
    for await (const sentence of inputText(TEXT, USUAL_RULES).sentences(pace)) sentences.push(sentence);
    expect(sentences).toEqual([...splitSentences(splitWords(TEXT), TEXT)]);
    expect(pace.pauses).toBe(Math.floor(splitWords(TEXT).length / 64));
  });

  it("entities touch the same words", async () => {
    const words = splitWords(TEXT);
    const spans = words.filter((_, index) => index % 9 === 0);
    const pace = new Hurried();
    expect(await wordsTouched(words, spans, pace)).toEqual(
      spans.map(({ start }) => [words.findIndex((word) => word.start === start)]),
    );
    expect(pace.pauses).toBeGreaterThan(10);
  });
});
