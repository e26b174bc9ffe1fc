import { isIPv4, isIPv6 } from "node:net";
import type { Finding, Recogniser } from "../finding.js";
import { CHECKED } from "./numbers.js";
import { ContextWords, Surroundings } from "./surroundings.js";

const IPV4 = /(?<![\w.-])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w-]|\.\w)/g;
const IPV6 = /(?<![\w:.])(?:[\da-f]{0,4}:){2,7}[\da-f.]{0,15}(?![\w:])/gi;
const MAC =
  /(?<![\w:.-])(?:[\da-f]{2}(?::[\da-f]{2}){5}|[\da-f]{2}(?:-[\da-f]{2}){5}|[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4})(?![\w:-]|\.\w)/gi;

/** What a number with four parts is, if it is not an address. */
const VERSION =
  /(?:\b(?:v|ver|version|release|released|build|firmware|sdk|upgrade|upgraded|update|updated|patch|section|chapter|clause|article|paragraph|kapitel|abschnitt)\W{0,3}(?:to|from)?\W{0,2}|§\s?|[=~^<>]=?)$/i;
const ADDRESS = new ContextWords([
  ...[
    "ip",
    "ips",
    "ipv4",
    "address",
    "addresses",
    "host",
    "server",
    "dns",
    "client",
    "ping",
    "from",
    "gateway",
  ],
  ...["login", "logged in", "router", "adresse", "dirección", "connect", "connected"],
]);

/** Finds addresses of the Internet protocol. Those that mean no machine in particular are left alone. */
export class IpRecogniser implements Recogniser {
  readonly name = "ip";
  readonly types = ["IP_ADDRESS"];

  *find(text: string, context: string): Generator<Finding> {
    const surroundings = new Surroundings(text, context);
    const common = {
      type: "IP_ADDRESS",
      score: CHECKED,
      certainty: "checked",
      recogniser: this.name,
    } as const;
    for (const { index: start, 0: match } of text.matchAll(IPV4)) {
      const end = start + match.length;
      if (!isIPv4(match) || /^(?:0\.0\.0\.0$|127\.|255\.255\.)/.test(match)) continue;
      if (VERSION.test(text.slice(Math.max(0, start - 24), start))) continue;
      // Four single digits are rather a version, unless a word says what they are.
      if (match.length === 7 && !ADDRESS.near(surroundings, start, end)) continue;
      yield { ...common, start, end };
    }
    for (const { index: start, 0: match } of text.matchAll(IPV6)) {
      const address = match.replace(/[.:]$/, (mark) => (match.endsWith("::") ? mark : ""));
      if (!isIPv6(address) || !isSpecific(address)) continue;
      yield { ...common, start, end: start + address.length, value: address.toLowerCase() };
    }
  }
}

/** `::1` is every machine, and `a::b` is code. */
const isSpecific = (address: string): boolean =>
  /\d/.test(address) &&
  (/^[\da-f]{3,4}:/i.test(address) || /^::ffff:/i.test(address) || !address.includes("::"));

/** Finds hardware addresses. */
export class MacRecogniser implements Recogniser {
  readonly name = "mac";
  readonly types = ["MAC_ADDRESS"];

  *find(text: string): Generator<Finding> {
    for (const { index: start, 0: match } of text.matchAll(MAC)) {
      const value = match.replace(/[^\da-f]/gi, "").toLowerCase();
      if (/^(.)\1+$/.test(value) || (!match.includes(":") && !/[a-f]/.test(value))) continue;
      yield {
        ...{ type: "MAC_ADDRESS", start, end: start + match.length, value },
        ...{ score: CHECKED, certainty: "checked", recogniser: this.name },
      };
    }
  }
}
