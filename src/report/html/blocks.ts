import { markupText } from "../../shown.js";
import type { Block, Section, Table } from "../sections.js";

/** Formats a section with a heading of the given level. `of` names the model if there are several. */
export const section = ({ title, blocks }: Section, level: number, of = ""): string =>
  `<section>\n<h${level}>${markupText(title)}</h${level}>\n${blocks.map((each) => block(each, of)).join("\n")}\n</section>`;

function block(each: Block, of: string): string {
  if ("paragraph" in each) return `<p>${markupText(each.paragraph)}</p>`;
  if ("picture" in each) return scrolling(each.name, of, each.picture);
  return "table" in each ? table(each.table, of) : table(each.matrix, of, shares(each.matrix));
}

function table(
  { caption, headers, rows }: Table,
  of: string,
  colours?: (row: number, column: number) => string,
): string {
  const isText = headers.map((_, column) => rows.some((row) => column > 0 && /[a-z]{4}/.test(row[column]!)));
  const kind = (column: number) => (isText[column] ? ' class="words"' : "");
  const head = headers
    .map((header, column) => `<th scope="col"${kind(column)}>${markupText(header)}</th>`)
    .join("");
  const body = rows.map(([name, ...cells], row) => {
    const own = cells.map(
      (cell, column) => `<td${kind(column + 1)}${colours?.(row, column) ?? ""}>${markupText(cell)}</td>`,
    );
    return `<tr><th scope="row">${markupText(name!)}</th>${own.join("")}</tr>`;
  });
  return scrolling(
    caption,
    of,
    `<table><caption>${markupText(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table>`,
  );
}

/** What may be wider than the page scrolls on its own, also by keyboard. */
const scrolling = (name: string, of: string, content: string): string =>
  `<div class="scroll" role="region" tabindex="0" aria-label="${markupText(of === "" ? name : `${of}: ${name}`)}">${content}</div>`;

/** Colours the cells of a table of counts by their share of the row. */
function shares({ rows }: Table): (row: number, column: number) => string {
  const counts = rows.map(([, ...cells]) => cells.map((cell) => Number(cell.replaceAll(",", ""))));
  const sums = counts.map((row) => row.reduce((sum, each) => sum + each, 0));
  return (row, column) => {
    const share = sums[row] === 0 ? 0 : counts[row]![column]! / sums[row]!;
    if (share === 0) return "";
    return `${row === column ? ' class="right"' : ""} style="--share:${share.toFixed(3)}"`;
  };
}
