import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const pages = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map((name) => join(root, name)),
  ...readdirSync(join(root, "docs")).map((name) => join(root, "docs", name)),
].filter((page) => page.endsWith(".md") && existsSync(page));

/** A page's text without its code, where brackets are no links. */
const prose = (page: string) =>
  readFileSync(page, "utf8")
    .replace(/^(```|~~~).*?^\1/gms, "")
    .replace(/`[^`\n]*`/g, "");

/** The anchors that headings of a page get, as GitHub makes them. */
function anchors(page: string): Set<string> {
  const headings = readFileSync(page, "utf8")
    .replace(/^(```|~~~).*?^\1/gms, "")
    .matchAll(/^#{1,6} (.+)$/gm);
  const seen = new Map<string, number>();
  return new Set(
    [...headings].map(([, heading]) => {
      const slug = heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replace(/\s/g, "-");
      const before = seen.get(slug) ?? 0;
      seen.set(slug, before + 1);
      return before === 0 ? slug : `${slug}-${before}`;
    }),
  );
}

describe("the documentation", () => {
  it.each(pages.map((page) => [page.slice(root.length + 1), page]))("%s links to what exists", (_, page) => {
    const links = [...prose(page).matchAll(/\[[^\]]*\]\(([^)\s]+)[^)]*\)/g)].map((match) => match[1]!);
    const broken = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? page : resolve(dirname(page), decodeURIComponent(path));
        if (!existsSync(target)) return true;
        return anchor !== undefined && target.endsWith(".md") && !anchors(target).has(anchor);
      });
    expect(broken).toEqual([]);
  });
});
