import { isIP } from "node:net";
import type { Finding, Recogniser } from "../finding.js";
import { CHECKED } from "./numbers.js";

/** What is known about a host name. */
export type HostParser = (host: string) => {
  readonly isIcann: boolean | null;
  readonly domain: string | null;
};

const isHost = (parse: HostParser, host: string): boolean => {
  const { isIcann, domain } = parse(host);
  return isIcann === true && domain !== null;
};

const LOCAL = /[\p{L}\p{N}\p{M}._%+'-]/u;
const DOMAIN = /[\p{L}\p{N}\p{M}.-]/u;
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 253;

/** Finds mail addresses whose host has a real top-level domain. */
export class EmailRecogniser implements Recogniser {
  readonly name = "email";
  readonly types = ["EMAIL_ADDRESS"];

  constructor(private readonly parse: HostParser) {}

  *find(text: string): Generator<Finding> {
    for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
      const start = localStart(text, at);
      if (start === at) continue;
      const end = this.hostEnd(text, at + 1);
      if (end === undefined) continue;
      yield {
        ...{ type: "EMAIL_ADDRESS", start, end, value: text.slice(start, end).toLowerCase() },
        ...{ score: CHECKED, certainty: "checked", recogniser: this.name },
      };
    }
  }

  /** Returns the end of the longest real host. A sentence may go on behind its period without a space. */
  private hostEnd(text: string, from: number): number | undefined {
    let end = from;
    while (end - from < LONGEST_DOMAIN && end < text.length && DOMAIN.test(text[end]!)) end++;
    for (let labels = 0; labels < 10; labels++) {
      while (end > from && /[.-]/.test(text[end - 1]!)) end--;
      const host = text.slice(from, end);
      if (!host.includes(".")) return undefined;
      if (/^[\p{L}\p{N}]/u.test(host) && !host.includes("..") && isHost(this.parse, host.toLowerCase()))
        return end;
      end = from + host.lastIndexOf(".");
    }
    return undefined;
  }
}

function localStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < LONGEST_LOCAL && LOCAL.test(text[start - 1]!)) start--;
  // Quotes, dashes and periods before an address do not belong to it.
  while (start < at && /['.\-%]/.test(text[start]!)) start++;
  return text[at - 1] === "." ? at : start;
}

const SCHEME = /[a-z][a-z\d+.-]{0,20}$/i;
const WWW = /(?<![\p{L}\p{N}_.@/-])www\./giu;
const STOPS = /[\s<>"`\u00ab\u00bb\u201c\u201d{}|\\^]/g;

/** Finds addresses with a scheme or `www.` whose host is real, and passwords in addresses. */
export class UrlRecogniser implements Recogniser {
  readonly name = "url";
  readonly types = ["URL", "SECRET"];

  constructor(private readonly parse: HostParser) {}

  *find(text: string): Generator<Finding> {
    for (let at = text.indexOf("://"); at >= 0; ) {
      const scheme = SCHEME.exec(text.slice(Math.max(0, at - 21), at))?.[0];
      const end = endOfUrl(text, at + 3);
      if (scheme !== undefined) yield* this.at(text, at - scheme.length, at + 3, end);
      at = text.indexOf("://", Math.max(end, at + 3));
    }
    WWW.lastIndex = 0;
    for (let match = WWW.exec(text); match !== null; match = WWW.exec(text)) {
      const next = WWW.lastIndex;
      yield* this.at(text, match.index, match.index, endOfUrl(text, match.index));
      WWW.lastIndex = next;
    }
  }

  private *at(text: string, start: number, authority: number, end: number): Generator<Finding> {
    const inner = text.slice(authority, end);
    const [whole] = /^[^/?#]*/.exec(inner)!;
    const user = whole.slice(0, whole.lastIndexOf("@") + 1);
    const host = whole.slice(user.length).replace(/:\d{0,5}$/, "");
    const common = { score: CHECKED, certainty: "checked", recogniser: this.name } as const;
    if (/^[^:]*:[^:]+@$/.test(user))
      yield { type: "SECRET", start: authority, end: authority + user.length - 1, ...common };
    const isReal = isIP(host.replace(/^\[|\]$/g, "")) > 0 || isHost(this.parse, host.toLowerCase());
    if (isReal) yield { type: "URL", start, end, ...common };
  }
}

/** The end of an address: white space or a quote, without the marks of the sentence behind it. */
function endOfUrl(text: string, from: number): number {
  STOPS.lastIndex = from;
  let end = STOPS.exec(text)?.index ?? text.length;
  for (; end > from; end--) {
    const last = text[end - 1]!;
    if (/[.,;:!?'*_~]/.test(last)) continue;
    // A bracket that was opened before the address, but not a pair in it.
    if (last === ")" && count(text, "(", from, end) < count(text, ")", from, end)) continue;
    if (last === "]" && count(text, "[", from, end) < count(text, "]", from, end)) continue;
    break;
  }
  return end;
}

function count(text: string, mark: string, from: number, to: number): number {
  // Long addresses hold data, and brackets at their end are rare: what is looked at stays short.
  let found = 0;
  for (let at = Math.max(from, to - 2048); at < to; at++) if (text[at] === mark) found++;
  return found;
}
