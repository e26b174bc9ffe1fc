import { createHash } from "node:crypto";
import type { Finding, Recogniser } from "../finding.js";
import { keccak256 } from "./keccak.js";
import { CHECKED, UNCHECKED } from "./numbers.js";
import { ContextWords, Surroundings } from "./surroundings.js";

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

const BASE58_ADDRESS = /(?<![A-Za-z\d])[123LMmnDXTt][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z\d])/g;
const WALLET_KEY =
  /(?<![A-Za-z\d])(?:[5KL][1-9A-HJ-NP-Za-km-z]{50,51}|xprv[1-9A-HJ-NP-Za-km-z]{107})(?![A-Za-z\d])/g;
const BECH32_ADDRESS = /(?<![A-Za-z\d])(?:bc1|tb1|ltc1)[02-9ac-hj-np-z]{8,87}(?![A-Za-z\d])/gi;
const ETHEREUM = /(?<![A-Za-z\d])0x[\da-f]{40}(?![A-Za-z\d])/gi;

/** First byte of an address: Bitcoin and its test network, Litecoin, Dogecoin, Dash, Tron, Zcash. */
const VERSIONS = new Set([0x00, 0x05, 0x6f, 0xc4, 0x30, 0x32, 0x1e, 0x4c, 0x41, 0x1c]);

const WALLET = new ContextWords([
  ...[
    "eth",
    "ethereum",
    "wallet",
    "ether",
    "usdt",
    "usdc",
    "erc20",
    "erc-20",
    "metamask",
    "polygon",
    "crypto",
  ],
]);

/** Finds addresses of crypto currencies by their check sums, and private keys of wallets. */
export class CryptoRecogniser implements Recogniser {
  readonly name = "crypto";
  readonly types = ["CRYPTO", "SECRET"];

  *find(text: string, context: string): Generator<Finding> {
    const surroundings = new Surroundings(text, context);
    const common = { score: CHECKED, certainty: "checked", recogniser: this.name } as const;
    for (const { index: start, 0: match } of text.matchAll(BASE58_ADDRESS))
      if (isBase58Check(match, 25, 26)) yield { type: "CRYPTO", start, end: start + match.length, ...common };
    for (const { index: start, 0: match } of text.matchAll(WALLET_KEY))
      if (isBase58Check(match, 37, 82)) yield { type: "SECRET", start, end: start + match.length, ...common };
    for (const { index: start, 0: match } of text.matchAll(BECH32_ADDRESS))
      if (isBech32(match)) yield { type: "CRYPTO", start, end: start + match.length, ...common };
    for (const { index: start, 0: match } of text.matchAll(ETHEREUM)) {
      const end = start + match.length;
      const isMixed = /[a-f]/.test(match.slice(2)) && /[A-F]/.test(match.slice(2));
      if (isMixed ? isEip55(match) : WALLET.near(surroundings, start, end))
        yield {
          ...{ type: "CRYPTO", start, end, value: match.toLowerCase(), recogniser: this.name },
          score: isMixed ? CHECKED : UNCHECKED,
          certainty: isMixed ? "checked" : "unchecked",
        };
    }
  }
}

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** https://en.bitcoin.it/wiki/Base58Check_encoding */
function isBase58Check(code: string, least: number, most: number): boolean {
  let number = 0n;
  for (const letter of code) number = number * 58n + BigInt(BASE58.indexOf(letter));
  const hex = number.toString(16);
  const zeros = /^1*/.exec(code)![0].length;
  const bytes = Buffer.from("00".repeat(zeros) + (hex.length % 2 === 0 ? hex : `0${hex}`), "hex");
  if (bytes.length < least || bytes.length > most) return false;
  if (most === 26 && !VERSIONS.has(bytes[0]!)) return false;
  return sha256(sha256(bytes.subarray(0, -4)))
    .subarray(0, 4)
    .equals(bytes.subarray(-4));
}

/** Bech32 and Bech32m. https://github.com/bitcoin/bips/blob/master/bip-0350.mediawiki */
function isBech32(code: string): boolean {
  if (code !== code.toLowerCase() && code !== code.toUpperCase()) return false;
  const lower = code.toLowerCase();
  const split = lower.lastIndexOf("1");
  const prefix = lower.slice(0, split);
  const letters = [...prefix].map((letter) => letter.charCodeAt(0));
  const values = [
    ...letters.map((letter) => letter >> 5),
    0,
    ...letters.map((letter) => letter & 31),
    ...[...lower.slice(split + 1)].map((letter) => BECH32.indexOf(letter)),
  ];
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].forEach((generator, bit) => {
      if ((top >> bit) & 1) check ^= generator;
    });
  }
  return check === 1 || check === 0x2bc830a3;
}

/** Ethereum writes a check into the case of the letters. https://eips.ethereum.org/EIPS/eip-55 */
function isEip55(address: string): boolean {
  const digits = address.slice(2);
  const hash = keccak256(digits.toLowerCase());
  return [...digits].every((digit, at) =>
    /\d/.test(digit) ? true : (digit === digit.toUpperCase()) === Number.parseInt(hash[at]!, 16) >= 8,
  );
}
