/**
 * Writes `generated.txt`: texts with numbers whose check digits are right, the same numbers with one digit changed, and
 * what only looks like a number. The arithmetic of the check digits is written down here once more, so that a mistake in
 * the recognisers shows.
 *
 *     npx tsx test/redact/corpus/generate.ts
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** This seed was chosen after the recognisers were finished. Others were used while they were built. */
export const SEED = 20_261_129;
export const TEXTS = 1200;

/** A generator of random numbers with a seed: mulberry32. */
class Random {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below = (limit: number): number => Math.floor(this.next() * limit);
  of = <T>(items: readonly T[]): T => items[this.below(items.length)]!;
  digits = (count: number): string => Array.from({ length: count }, () => this.below(10)).join("");
  from = (alphabet: string, count: number): string =>
    Array.from({ length: count }, () => alphabet[this.below(alphabet.length)]).join("");
  between = (low: number, high: number): number => low + this.below(high - low + 1);
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const HEX = "0123456789abcdef";
const two = (value: number): string => String(value).padStart(2, "0");
const weighted = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0);

function luhnDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, digit, at) => {
    const twice = at % 2 === 0 ? 2 * Number(digit) : Number(digit);
    return total + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

const bigMod = (code: string, modulus: bigint): bigint =>
  BigInt([...code].map((c) => (/\d/.test(c) ? c : String(c.charCodeAt(0) - 55))).join("")) % modulus;

/** Dihedral group of order 10, by its definition: rotations 0-4 and reflections 5-9 of a pentagon. */
function dihedral(a: number, b: number): number {
  const [x, y] = [a % 5, b % 5];
  if (a < 5) return b < 5 ? (x + y) % 5 : 5 + ((x + y) % 5);
  return b < 5 ? 5 + ((x - y + 5) % 5) : (x - y + 5) % 5;
}

/** Verhoeff's check digit: tries all ten. */
function verhoeffDigit(body: string): string {
  const permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  const permuted = (digit: number, times: number): number =>
    times === 0 ? digit : permutation[permuted(digit, times - 1)]!;
  for (let check = 0; check < 10; check++) {
    const sum = [...`${body}${check}`]
      .reverse()
      .reduce((total, digit, at) => dihedral(total, permuted(Number(digit), at % 8)), 0);
    if (sum === 0) return String(check);
  }
  throw new Error("no digit");
}

function grouped(text: string, sizes: readonly number[], mark: string): string {
  let at = 0;
  return sizes
    .map((size) => {
      at += size;
      return text.slice(at - size, at);
    })
    .join(mark);
}

/** A kind of number: how to make a valid one, how texts announce it, and whether it needs that. */
interface Kind {
  readonly type: string;
  readonly valid: (random: Random) => string;
  readonly frames: readonly string[];
  /** Returns the same with a wrong check digit; usually one digit is changed. */
  readonly wrong?: (valid: string, random: Random) => string;
}

/** Changes the last digit, which breaks every check that sees single digits. */
function changed(valid: string, random: Random): string {
  const at = valid.search(/\d(?=\D*$)/);
  const digit = (Number(valid[at]) + random.between(1, 9)) % 10;
  return valid.slice(0, at) + digit + valid.slice(at + 1);
}

const date = (random: Random, low = 1940, high = 2004) => ({
  year: random.between(low, high),
  month: random.between(1, 12),
  day: random.between(1, 28),
});

const IBANS: Readonly<Record<string, (random: Random) => string>> = {
  DE: (random) => random.digits(18),
  FR: (random) => random.digits(23),
  GB: (random) => random.from(UPPER, 4) + random.digits(14),
  ES: (random) => random.digits(20),
  NL: (random) => random.from(UPPER, 4) + random.digits(10),
  CH: (random) => random.digits(17),
  IT: (random) => random.from(UPPER, 1) + random.digits(22),
  PL: (random) => random.digits(24),
};

function base58Check(payload: Buffer): string {
  const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest();
  const bytes = Buffer.concat([payload, hash(hash(payload)).subarray(0, 4)]);
  let number = BigInt(`0x${bytes.toString("hex")}`);
  let code = "";
  for (; number > 0n; number /= 58n) code = alphabet[Number(number % 58n)] + code;
  for (const byte of bytes) {
    if (byte !== 0) break;
    code = `1${code}`;
  }
  return code;
}

const KINDS: readonly Kind[] = [
  {
    type: "CREDIT_CARD",
    valid(random) {
      const [prefix, length] = random.of([
        ["4", 16],
        ["51", 16],
        ["2221", 16],
        ["34", 15],
        ["6011", 16],
      ] as const);
      const body = prefix + random.digits(length - prefix.length - 1);
      const number = body + luhnDigit(body);
      const mark = random.of(["", " ", "-"]);
      return length === 15 ? grouped(number, [4, 6, 5], mark) : grouped(number, [4, 4, 4, 4], mark);
    },
    frames: ["I paid with {}.", "Card: {}", "{} was declined twice.", "Please charge {} for the order", "{}"],
  },
  {
    type: "IBAN_CODE",
    valid(random) {
      const country = random.of(Object.keys(IBANS));
      const account = IBANS[country]!(random);
      const check = 98n - bigMod(`${account}${country}00`, 97n);
      const iban = `${country}${two(Number(check))}${account}`;
      const written = random.of([iban, iban.match(/.{1,4}/g)!.join(" ")]);
      return random.below(8) === 0 ? written.toLowerCase() : written;
    },
    frames: ["Transfer it to {} please.", "IBAN {}", "Account {} (closed)", "{}"],
  },
  {
    type: "LEI",
    valid(random) {
      const body = random.digits(4) + "00" + random.from(UPPER, 2) + random.from(`${UPPER}0123456789`, 10);
      return body + two(Number(98n - bigMod(`${body}00`, 97n)));
    },
    frames: ["LEI {}", "The issuer {} reported late."],
  },
  {
    type: "UK_NHS",
    valid(random) {
      for (;;) {
        const body = random.digits(9);
        const check = (11 - (weighted(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
        if (check < 10) return grouped(`${body}${check}`, [3, 3, 4], random.of([" ", ""]));
      }
    },
    frames: ["NHS number {}", "Her NHS no. is {}.", "NHS: {}"],
  },
  {
    type: "CA_SIN",
    valid(random) {
      const body = random.between(1, 7) + random.digits(7);
      return grouped(body + luhnDigit(body), [3, 3, 3], random.of([" ", "-", ""]));
    },
    frames: ["SIN {}", "My social insurance number is {}.", "NAS : {}"],
  },
  {
    type: "AU_TFN",
    valid(random) {
      for (;;) {
        const digits = random.between(1, 9) + random.digits(8);
        if (weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0)
          return grouped(digits, [3, 3, 3], random.of([" ", ""]));
      }
    },
    frames: ["TFN {}", "tax file number: {}"],
  },
  {
    type: "DE_TAX_ID",
    valid(random) {
      for (;;) {
        // Of the first ten digits, exactly one comes twice and one is missing.
        const all = [..."0123456789"].sort(() => random.next() - 0.5);
        all[random.below(9)] = all[9]!;
        const body = all.join("");
        if (body.startsWith("0") || new Set(body).size !== 9) continue;
        let product = 10;
        for (const digit of body) {
          const sum = (Number(digit) + product) % 10 || 10;
          product = (sum * 2) % 11;
        }
        const check = (11 - product) % 10;
        return grouped(`${body}${check}`, [2, 3, 3, 3], random.of([" ", ""]));
      }
    },
    frames: ["Steuer-ID {}", "Meine Steueridentifikationsnummer lautet {}.", "IdNr: {}"],
  },
  {
    type: "FR_NIR",
    valid(random) {
      const { year, month } = date(random);
      const body = `${random.between(1, 2)}${two(year % 100)}${two(month)}${two(random.between(1, 89))}${String(random.between(1, 900)).padStart(3, "0")}${String(random.between(1, 999)).padStart(3, "0")}`;
      const number = body + two(97 - Number(BigInt(body) % 97n));
      return random.of([number, grouped(number, [1, 2, 2, 2, 3, 3, 2], " ")]);
    },
    frames: ["Numéro de sécurité sociale : {}", "NIR {}", "Assurée {} depuis 1998", "{}"],
  },
  {
    type: "ES_NIF",
    valid(random) {
      const letters = "TRWAGMYFPDXBNJZSQVHLCKE";
      if (random.below(3) === 0) {
        const first = random.below(3);
        const rest = random.digits(7);
        return `${"XYZ"[first]}${rest}${letters[Number(`${first}${rest}`) % 23]}`;
      }
      const digits = random.digits(8);
      return `${digits}${random.of(["", "-"])}${letters[Number(digits) % 23]}`;
    },
    wrong: (valid) => valid.slice(0, -1) + (valid.endsWith("T") ? "R" : "T"),
    frames: ["DNI {}", "con NIF {} y domicilio en Madrid", "{}"],
  },
  {
    type: "IT_FISCAL_CODE",
    valid(random) {
      const { year, month, day } = date(random);
      const consonants = "BCDFGLMNPRSTVZ";
      const body = `${random.from(consonants, 6)}${two(year % 100)}${"ABCDEHLMPRST"[month - 1]}${two(day + random.of([0, 40]))}${random.of("ABCDFGHL".split(""))}${random.between(1, 9)}${two(random.below(100))}`;
      const odd = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
      ];
      const sum = [...body].reduce((total, character, at) => {
        const value = /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
        return total + (at % 2 === 0 ? odd[value]! : value);
      }, 0);
      return body + UPPER[sum % 26];
    },
    wrong: (valid) => valid.slice(0, -1) + (valid.endsWith("A") ? "B" : "A"),
    frames: ["Codice fiscale {}", "c.f. {}, nata a Torino", "{}"],
  },
  {
    type: "NL_BSN",
    valid(random) {
      for (;;) {
        const digits = random.between(1, 9) + random.digits(8);
        if (weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0) return digits;
      }
    },
    frames: ["BSN {}", "Mijn burgerservicenummer is {}."],
  },
  {
    type: "PL_PESEL",
    valid(random) {
      const { year, month, day } = date(random);
      const body = `${two(year % 100)}${two(month + (year > 1999 ? 20 : 0))}${two(day)}${random.digits(4)}`;
      return `${body}${(10 - (weighted(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10}`;
    },
    frames: ["PESEL {}", "PESEL: {}, zam. Kraków"],
  },
  {
    type: "SE_PERSONNUMMER",
    valid(random) {
      const { year, month, day } = date(random, 1930, 1999);
      const body = `${two(year % 100)}${two(month)}${two(day)}${random.digits(3)}`;
      const number = `${body.slice(0, 6)}-${body.slice(6)}${luhnDigit(body)}`;
      return random.of([number, `19${number}`]);
    },
    frames: ["Personnummer {}", "Patienten {} har ringt.", "{}"],
  },
  {
    type: "BR_CPF",
    valid(random) {
      const body = random.digits(9);
      const check = (digits: string) => {
        const rest =
          [...digits].reduce((sum, digit, at) => sum + Number(digit) * (digits.length + 1 - at), 0) % 11;
        return rest < 2 ? 0 : 11 - rest;
      };
      const first = check(body);
      const number = `${body}${first}${check(`${body}${first}`)}`;
      return `${grouped(number.slice(0, 9), [3, 3, 3], ".")}-${number.slice(9)}`;
    },
    frames: ["CPF {}", "titular {} desde 2019", "{}"],
  },
  {
    type: "IN_AADHAAR",
    valid(random) {
      const body = random.between(2, 9) + random.digits(10);
      return grouped(body + verhoeffDigit(body), [4, 4, 4], random.of([" ", ""]));
    },
    frames: ["Aadhaar {}", "My aadhaar number is {}."],
  },
  {
    type: "SG_NRIC_FIN",
    valid(random) {
      const prefix = random.of(["S", "T", "F", "G"]);
      const digits = random.digits(7);
      const sum = weighted(digits, [2, 7, 6, 5, 4, 3, 2]) + ("TG".includes(prefix) ? 4 : 0);
      return prefix + digits + ("ST".includes(prefix) ? "JZIHGFEDCBA" : "XWUTRQPNMLK")[sum % 11];
    },
    wrong: (valid) =>
      valid.slice(0, -1) + (valid.endsWith("A") ? "B" : valid.endsWith("K") ? "L" : valid < "I" ? "K" : "A"),
    frames: ["NRIC {}", "holder {} of flat 12", "{}"],
  },
  {
    type: "US_NPI",
    valid(random) {
      const body = random.between(1, 2) + random.digits(8);
      return body + luhnDigit(`80840${body}`);
    },
    frames: ["NPI {}", "National Provider Identifier: {}"],
  },
  {
    type: "ABA_ROUTING_NUMBER",
    valid(random) {
      for (;;) {
        const digits = `0${random.between(1, 9)}${random.digits(7)}`;
        if (weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0) return digits;
      }
    },
    frames: ["routing number {}", "ABA {}"],
  },
  {
    type: "CH_AHV",
    valid(random) {
      const body = `756${random.digits(9)}`;
      const sum = [...body].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
      const number = `${body}${(10 - (sum % 10)) % 10}`;
      return grouped(number, [3, 4, 4, 2], ".");
    },
    frames: ["AHV-Nr. {}", "versichert unter {}", "{}"],
  },
  {
    type: "CRYPTO",
    valid: (random) => base58Check(Buffer.from(`${random.of(["00", "05"])}${random.from(HEX, 40)}`, "hex")),
    wrong: (valid) => valid.slice(0, -1) + (valid.endsWith("z") ? "y" : "z"),
    frames: ["Send the coins to {} today.", "wallet {}", "{}"],
  },
];

/** What is parsed as a whole, and has no check digit. */
const PARSED: readonly (readonly [
  type: string,
  make: (random: Random) => string,
  frames: readonly string[],
])[] = [
  [
    "EMAIL_ADDRESS",
    (random) =>
      `${random.from("abcdefghijklmnop", 5)}${random.of([".", "_", "+", ""])}${random.from("qrstuvwxyz", 4)}@${random.of(["example.com", "mail.example.org", "firma.de", "uni-example.ac.uk", "exemple.fr"])}`,
    ["Write to {}.", "{}", "Contact: <{}>", "From: {}; cc nobody", "mailto:{}"],
  ],
  [
    "PHONE_NUMBER",
    (random) =>
      random.of([
        `+49 30 ${random.between(2, 9)}${random.digits(7)}`,
        `+44 20 7${random.digits(3)} ${random.digits(4)}`,
        `+33 1 4${random.below(10)} ${random.digits(2)} ${random.digits(2)} ${random.digits(2)}`,
        `(212) ${random.between(2, 9)}${random.between(2, 9)}${random.below(10)}-${random.digits(4)}`,
        `415-${random.between(2, 9)}${random.between(2, 9)}${random.below(10)}-${random.digits(4)}`,
        `+1 305 ${random.between(2, 9)}${random.between(2, 9)}${random.below(10)} ${random.digits(4)}`,
      ]),
    ["Call {} after six.", "{}", "phone: {}", "Reach me at {}, please."],
  ],
  [
    "URL",
    (random) =>
      `${random.of(["https://", "http://", "https://www."])}${random.of(["example.com", "shop.example.org", "beispiel.de"])}/${random.from("abcdef0123", 6)}${random.of(["", "?id=7", "/a/b.html"])}`,
    ["See {} for details.", "({})", "{}", "The page {}, which is gone"],
  ],
  [
    "IP_ADDRESS",
    (random) =>
      random.of([
        `${random.between(11, 126)}.${random.between(10, 255)}.${random.below(256)}.${random.between(1, 254)}`,
        `2001:db8:${random.from(HEX, 4)}::${random.from(HEX, 3)}1`,
        `fe80::${random.from(HEX, 4)}:${random.from(HEX, 4)}:${random.from(HEX, 4)}:${random.from(HEX, 3)}2`,
      ]),
    ["Login from {} refused.", "{}", "host {} is down"],
  ],
  [
    "MAC_ADDRESS",
    (random) => (random.from(HEX, 11) + random.of(["a", "f"])).match(/../g)!.join(random.of([":", "-"])),
    ["Device {} joined.", "MAC {}"],
  ],
  [
    "SECRET",
    (random) =>
      random.of([
        `AKIA${random.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)}`,
        `ghp_${random.from(`${UPPER}${UPPER.toLowerCase()}0123456789`, 36)}`,
        `sk_live_${random.from(`${UPPER}${UPPER.toLowerCase()}0123456789`, 24)}`,
        `hf_${random.from(`${UPPER}${UPPER.toLowerCase()}`, 34)}`,
        `AIza${random.from(`${UPPER}${UPPER.toLowerCase()}0123456789_-`, 34)}Q`,
      ]),
    ["key={}", "The token {} leaked.", "export TOKEN={}"],
  ],
];

/** What must not be found: it only looks like something. */
const NEAR_MISSES: readonly ((random: Random) => string)[] = [
  (random) =>
    `Upgrade to version ${random.between(1, 20)}.${random.below(30)}.${random.below(30)}.${random.below(2000)} first.`,
  (random) => `commit ${random.from(HEX, 40)} fixes it`,
  (random) => `Fixed in ${random.from(HEX, 7)} and ${random.from(HEX, 12)}.`,
  (random) =>
    `id ${random.from(HEX, 8)}-${random.from(HEX, 4)}-4${random.from(HEX, 3)}-a${random.from(HEX, 3)}-${random.from(HEX, 12)}`,
  (random) => `Part number ${random.from(UPPER, 2)}-${random.digits(4)}-${random.digits(3)} is out of stock.`,
  (random) =>
    `Part ${random.digits(3)}-${random.digits(5)}-${random.digits(2)}${random.from(UPPER, 1)}, revision C`,
  (random) => `SKU ${random.digits(12)}`,
  (random) => `Order ${random.digits(9)} was shipped.`,
  (random) => `Order no. 1${random.digits(10)} was shipped.`,
  (random) =>
    `at ${1_600_000_000 + random.below(200_000_000)} (epoch) or ${1_600_000_000_000 + random.below(200_000_000)}`,
  (random) =>
    `Total: ${random.between(1, 999)},${random.digits(3)},${random.digits(3)}.${random.digits(2)} EUR`,
  (random) => `${random.between(1, 9)} ${random.digits(3)} ${random.digits(3)} inhabitants`,
  (random) => `ISBN 978-3-${random.digits(5)}-${random.digits(3)}-${random.below(10)}`,
  (random) =>
    `position ${random.between(10, 59)}.${random.digits(6)}, ${random.between(10, 99)}.${random.digits(6)}`,
  (random) =>
    `see chapter ${random.between(1, 9)}.${random.between(1, 9)}.${random.between(1, 9)}.${random.between(1, 9)}`,
  (random) => `colour #${random.from(HEX, 6)}, ratio ${random.below(1)}.${random.digits(9)}`,
  (random) => `file img_${random.digits(8)}_${random.digits(6)}.png`,
  (random) => `std::vector<a${random.below(9)}::b> x; f${random.below(9)}::operator()`,
  (random) => `sha256:${random.from(HEX, 64)}`,
  (random) =>
    `range ${random.digits(4)}-${random.digits(4)}, pages ${random.between(10, 99)}-${random.between(100, 400)}`,
  (random) => `The meeting is at ${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}.`,
  (random) =>
    `npm i left-pad@${random.below(9)}.${random.below(9)}.${random.below(9)} and file.name@v${random.below(9)}`,
  (random) => `@user${random.below(100)} and me@home wrote it`,
  (random) => `import x from "./mod${random.below(9)}.js"; import y from "utils.py"`,
  (random) => `fingerprint ${random.from(HEX, 40).match(/../g)!.join(":")}`,
  (random) => `0x${random.from(HEX, 40)} is in the dump`,
  () => `sk-${"x".repeat(40)} is a placeholder, AKIA${"X".repeat(16)} too`,
  (random) =>
    `Serial ${random.from(`${UPPER}0123456789`, 5)}-${random.from(`${UPPER}0123456789`, 5)}-${random.from(`${UPPER}0123456789`, 5)}`,
  (random) => `public licence ${random.digits(7)}, relic ${random.digits(8)}`,
  (random) =>
    `${random.digits(4)} ${random.digits(3)}${random.of(["kg", "px", "ms"])} at ${random.digits(2)}.${random.digits(3)}%`,
  (random) =>
    `published on ${random.between(1990, 2026)}-${two(random.between(1, 12))}-${two(random.between(1, 28))} at noon`,
];

const marked = (type: string, text: string): string => `⟦${type}|${text}⟧`;

/** Returns the lines of the corpus. A third each has valid numbers, parsed texts, and what must not be found. */
export function generated(seed: number, texts: number): string[] {
  const random = new Random(seed);
  return Array.from({ length: texts }, (_, index) => {
    const kind = KINDS[Math.floor(index / 6) % KINDS.length]!;
    const frame = random.of(kind.frames);
    switch (index % 6) {
      case 0:
      case 1:
        return frame.replace("{}", () => marked(kind.type, kind.valid(random)));
      case 2:
        return frame.replace("{}", () => (kind.wrong ?? changed)(kind.valid(random), random));
      case 3: {
        const [type, make, frames] = PARSED[Math.floor(index / 6) % PARSED.length]!;
        return random.of(frames).replace("{}", () => marked(type, make(random)));
      }
      default:
        return NEAR_MISSES[Math.floor(index / 3) % NEAR_MISSES.length]!(random);
    }
  });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename)
  writeFileSync(
    join(import.meta.dirname, "generated.txt"),
    `# Written by generate.ts with the seed ${SEED}.\n${generated(SEED, TEXTS).join("\n")}\n`,
  );
