/** Colours of a picture: text, lines, and one for each series. */
interface Colours {
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  readonly series: readonly string[];
}

/** Series differ in brightness too, for people who see no difference between hues. */
const LIGHT: Colours = {
  text: "#221d21",
  soft: "#655c62",
  line: "#d9d2d5",
  series: ["#a3195b", "#1f6f8b", "#8a6100", "#4b3fa0", "#1d7a4c", "#9a3a10"],
};
const DARK: Colours = {
  text: "#ece7e9",
  soft: "#b0a6ac",
  line: "#3f383e",
  series: ["#f29ac0", "#7cc8e3", "#e3bd5f", "#b9b0f5", "#7fd3a5", "#f2a27c"],
};

/** Number of series with a colour of their own; further ones begin again. */
export const SERIES = LIGHT.series.length;

/** The colour of each series in CSS, for pages that have set `color-scheme`. */
export const SERIES_COLOURS: readonly string[] = LIGHT.series.map(
  (light, index) => `light-dark(${light},${DARK.series[index]})`,
);

const SHAPES = `.chart{max-width:100%;height:auto}
.chart text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif}
.chart .title{font-size:13px;font-weight:600}
.chart .tick{font-size:11px}
.chart path,.chart line{fill:none}
.chart .curve{stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.chart .whisker{stroke-width:1.5}
.chart .ideal{stroke-dasharray:4 4}`;

const coloured = ({ text, soft, line, series }: Colours): string =>
  [
    `.chart .label,.chart .title{fill:${text}}`,
    `.chart .tick{fill:${soft}}`,
    `.chart .axis,.chart .ideal{stroke:${soft}}`,
    `.chart .grid{stroke:${line}}`,
    ...series.map(
      (colour, index) => `.chart .s${index}{stroke:${colour}}.chart .f${index}{fill:${colour};stroke:none}`,
    ),
  ].join("\n");

/**
 * The style sheet of pictures that stand alone. It follows the system's colour scheme by itself, because a picture
 * in an `<img>` does not know the colours of its page. Only what all programs that draw SVG understand.
 */
export const PICTURE_STYLE = `${SHAPES}
${coloured(LIGHT)}
@media (prefers-color-scheme:dark){
${coloured(DARK)}
}`;

/** The style sheet of pictures in a page that has set `color-scheme`. */
export const PAGE_STYLE = `${SHAPES}
${coloured({
  text: "var(--text)",
  soft: "var(--soft)",
  line: "var(--line)",
  series: SERIES_COLOURS,
})}`;
