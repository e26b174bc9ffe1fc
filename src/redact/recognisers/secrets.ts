import type { Finding, Recogniser } from "../finding.js";
import { CHECKED } from "./numbers.js";

const B64 = "[\\w-]";

/** Keys and tokens by their known beginnings. */
export const keyForms: readonly string[] = [
  // Amazon, Google, Azure, DigitalOcean
  "(?:AKIA|ASIA|AROA|AIDA)[A-Z2-7]{16}",
  `AIza${B64}{35}`,
  `GOCSPX-${B64}{28}`,
  "AccountKey=[A-Za-z\\d+/]{86}==",
  "do[opr]_v1_[\\da-f]{64}",
  // GitHub, GitLab, npm, PyPI, Docker, Hugging Face
  "gh[pousr]_[A-Za-z\\d]{36,251}",
  "github_pat_\\w{82}",
  `gl(?:pat|ptt|dt|rt|soat|cbt)-${B64}{20,}`,
  "npm_[A-Za-z\\d]{36}",
  `pypi-AgE${B64}{50,}`,
  `dckr_pat_${B64}{27,}`,
  "hf_[A-Za-z\\d]{30,}",
  // Slack, Telegram, Twilio, SendGrid, Mailgun, Stripe, Shopify, Square
  "xox[abeoprs]-[\\dA-Za-z-]{20,}",
  `\\d{8,10}:AA${B64}{33}`,
  "SK[\\da-f]{32}",
  `SG\\.${B64}{22}\\.${B64}{43}`,
  "key-[\\da-f]{32}",
  "(?:sk|rk)_(?:live|test)_[\\dA-Za-z]{24,}",
  "whsec_[\\dA-Za-z+/=]{32,}",
  "shp(?:at|ca|pa|ss)_[\\da-fA-F]{32}",
  `sq0(?:atp|csp)-${B64}{22,}`,
  // OpenAI, Anthropic, and others who write keys in this way
  `sk-(?:proj-|svcacct-|admin-|ant-(?:api|admin)\\d\\d-|or-v1-)?${B64}{32,}`,
  "gsk_[A-Za-z\\d]{40,}",
  // Databricks, New Relic, Linear, Notion, age
  "dapi[\\da-f]{32}",
  "NRAK-[A-Z\\d]{27}",
  "lin_api_[A-Za-z\\d]{40}",
  "(?:ntn_|secret_)[A-Za-z\\d]{43,}",
  "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
  // JSON web tokens
  `eyJ${B64}{10,}\\.eyJ${B64}{10,}\\.${B64}{20,}`,
];

const KEYS = new RegExp(`(?<![\\w-])(?:${keyForms.join("|")})(?![\\w])`, "g");
const PRIVATE_KEY = "-----BEGIN ";
const BEGIN = /-----BEGIN (?:[A-Z]{2,10} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;

/** Bits for each character, below which a key is a placeholder such as `sk-xxxxxxxx`. */
const LEAST_ENTROPY = 2.8;

/** Finds keys, tokens and private keys. */
export class SecretRecogniser implements Recogniser {
  readonly name = "secret";
  readonly types = ["SECRET"];

  *find(text: string): Generator<Finding> {
    const common = { type: "SECRET", score: CHECKED, certainty: "checked", recogniser: this.name } as const;
    for (const { index: start, 0: match } of text.matchAll(KEYS))
      if (entropy(match) >= LEAST_ENTROPY) yield { ...common, start, end: start + match.length };
    for (let at = text.indexOf(PRIVATE_KEY), end = 0; at >= 0; at = text.indexOf(PRIVATE_KEY, end)) {
      BEGIN.lastIndex = at;
      const head = BEGIN.exec(text);
      end = head === null ? at + 1 : endOfKey(text, at, head[0].length);
      if (head !== null) yield { ...common, start: at, end };
    }
  }
}

/** Whether a place is inside of a private key, which must not be cut. */
export const isInPrivateKey = (text: string): boolean =>
  text.lastIndexOf(PRIVATE_KEY) > text.lastIndexOf("-----END ");

const END = /-----END [A-Z ]{0,40}-----/g;

/** The end of a private key: its last line or, if that is missing, the end of the text. */
function endOfKey(text: string, start: number, head: number): number {
  END.lastIndex = start + head;
  const tail = END.exec(text);
  return tail === null ? text.length : tail.index + tail[0].length;
}

/** Shannon's entropy of the characters, in bits for each. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum -= (count / text.length) * Math.log2(count / text.length);
  return sum;
}
