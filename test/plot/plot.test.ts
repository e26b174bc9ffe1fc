import { describe, expect, it } from "vitest";
import { dotChart, lineChart, reliabilityChart, standalone } from "../../src/plot/index.js";

const curve = {
  title: "Loss",
  xName: "step",
  series: [
    {
      name: "training",
      points: [
        [0, 2],
        [50, Number.NaN],
        [100, 1],
      ] as const,
    },
  ],
};

describe("pictures", () => {
  it("are the same for the same data, with places of at most two decimals", () => {
    const picture = lineChart(curve);
    expect(lineChart(curve)).toBe(picture);
    expect(picture.match(/\d+\.\d{3,}/g)).toBeNull();
  });

  it("leave a gap where a value is not finite", () => {
    const [, path] = /class="curve s0" d="([^"]+)"/.exec(lineChart(curve))!;
    expect(path!.match(/M/g)).toHaveLength(2);
    expect(path).not.toContain("NaN");
  });

  it.each([
    ["no points", []],
    ["one point", [[3, 0.5]]],
    [
      "equal values",
      [
        [1, 0],
        [2, 0],
      ],
    ],
    ["no finite value", [[1, Number.NaN]]],
  ] as const)("are drawn of %s", (_, points) => {
    expect(lineChart({ ...curve, series: [{ name: "a", points }] })).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("escape names, and tell screen readers what they show", () => {
    const picture = dotChart({
      title: "F1",
      rows: [{ name: "<b>&", dots: [{ value: 0.5, interval: [0.4, 0.6] }, undefined] }],
      series: ["one", "two"],
    });
    expect(picture).not.toContain("<b>");
    expect(picture).toContain('role="img"');
    expect(picture).toContain('aria-label="F1: &#60;b&#62;&#38; 0.5000 and none"');
  });

  it("have their own colours as files, light and dark, and no part that an <img> would not load", () => {
    const file = standalone(reliabilityChart("Right", [{ from: 0.9, to: 1, count: 3, accuracy: 1 }]));
    expect(file).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^>]*><style>/);
    expect(file).toContain("@media (prefers-color-scheme:dark)");
    expect(file).not.toMatch(/var\(|light-dark|currentColor|<script|href/);
  });
});
