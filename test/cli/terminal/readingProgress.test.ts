import { describe, expect, it } from "vitest";
import { ReadingProgress } from "../../../src/cli/terminal/readingProgress.js";
import { recorder, shownBy } from "../testIo.js";

function shown(total: number | undefined, texts: readonly string[], secondsEach: number): string {
  const output = recorder({ columns: 80 });
  let now = 0;
  const progress = new ReadingProgress(output, {}, total, () => now);
  for (const text of texts) {
    now += secondsEach * 1000;
    progress.done(text);
  }
  return shownBy(output.text)[0]!;
}

describe("the progress of reading texts", () => {
  it("says how much of the bytes is done, and guesses the time left from it", () => {
    expect(shown(400, [`${"é".repeat(49)}x`], 30)).toBe("predicting  25%  1 text  1:30 left");
  });

  it("does not guess in the first seconds", () => {
    expect(shown(400, ["x".repeat(99)], 1)).toBe("predicting  25%  1 text");
  });

  it("counts alone where nobody knows how much there is", () => {
    expect(shown(undefined, ["a", "b"], 30)).toBe("predicting  2 texts  1:00");
  });

  it("never says that more than all is done", () => {
    expect(shown(1, ["aaa"], 3)).toBe("predicting  100%  1 text  0 s left");
  });
});
