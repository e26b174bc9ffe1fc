import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/** A page of the documentation. */
export interface Page {
  /** Name to ask for, such as `data-formats`. */
  readonly name: string;
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}

const root = new URL("../../", import.meta.url);

/** Returns all pages, the README first. They are files of the package, beside its code. */
export function allPages(): readonly Page[] {
  const files = readdirSync(new URL("docs/", root)).filter((name) => name.endsWith(".md"));
  return [
    pageOf("readme", new URL("README.md", root)),
    ...files.sort().map((name) => pageOf(basename(name, ".md"), new URL(`docs/${name}`, root))),
  ];
}

function pageOf(name: string, file: URL): Page {
  const text = readFileSync(file, "utf8");
  return { name, title: /^# (.+)$/m.exec(text)?.[1] ?? name, text };
}

/** A heading of a page, with the text below it up to the next heading. */
export interface Section {
  readonly heading: string;
  readonly text: string;
}

/** Cuts a page at its headings. A `#` in a block of code is no heading. */
export function sectionsOf({ text }: Page): readonly Section[] {
  const sections: { heading: string; text: string }[] = [];
  let fence: string | undefined;
  for (const line of text.split("\n")) {
    const mark = /^(```|~~~)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark))
      fence = fence === undefined ? mark : undefined;
    const heading = fence === undefined ? /^#{1,6} (.+)$/.exec(line)?.[1] : undefined;
    if (heading !== undefined) sections.push({ heading, text: "" });
    const last = sections.at(-1);
    if (last !== undefined) last.text += `${line}\n`;
  }
  return sections;
}
