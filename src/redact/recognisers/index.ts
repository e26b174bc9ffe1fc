import type { Recogniser } from "../finding.js";
import type { LinearExpression } from "../linear/expression.js";
import { iban, lei } from "./accounts.js";
import { cards } from "./cards.js";
import { CryptoRecogniser } from "./crypto.js";
import { BareNumberRecogniser, DateRecogniser } from "./dates.js";
import { EmailRecogniser, UrlRecogniser } from "./hosts.js";
import { nationalNumbers, nationalTypes } from "./national.js";
import { IpRecogniser, MacRecogniser } from "./network.js";
import { NumberRecogniser } from "./numbers.js";
import { ExpressionRecogniser, TermRecogniser } from "./own.js";
import { PhoneRecogniser } from "./phones.js";
import { SecretRecogniser } from "./secrets.js";

/** Types that are only found if they are asked for: they have no check digit. */
export const typesOnRequest: readonly string[] = ["DATE_TIME", "NUMBER"];

/** Types that patterns find without being asked. */
export const patternTypes: readonly string[] = [
  ...[
    "CREDIT_CARD",
    "CRYPTO",
    "EMAIL_ADDRESS",
    "IBAN_CODE",
    "IP_ADDRESS",
    "LEI",
    "MAC_ADDRESS",
    "PHONE_NUMBER",
  ],
  ...["SECRET", "URL"],
  ...nationalTypes,
];

/** Which recognisers to load. */
export interface RecogniserChoice {
  readonly wanted: (type: string) => boolean;
  readonly countries: ReadonlySet<string>;
  readonly terms: Readonly<Record<string, readonly string[]>>;
  readonly expressions: readonly { readonly type: string; readonly expression: LinearExpression }[];
}

/** Loads the recognisers, those of the user first. */
export async function loadRecognisers(choice: RecogniserChoice): Promise<Recogniser[]> {
  const { wanted, countries, terms, expressions } = choice;
  return [
    ...(Object.keys(terms).length > 0 ? [new TermRecogniser(terms)] : []),
    ...(expressions.length > 0 ? [new ExpressionRecogniser(expressions)] : []),
    ...(await ownOf(wanted, countries)),
  ];
}

/** Recognisers of earlier calls, by their types and countries: to make them takes longer than to read a short text. */
const earlier = new Map<string, Promise<readonly Recogniser[]>>();
const MOST_EARLIER = 16;

function ownOf(
  wanted: RecogniserChoice["wanted"],
  countries: ReadonlySet<string>,
): Promise<readonly Recogniser[]> {
  const types = [...patternTypes, ...typesOnRequest].filter(wanted);
  const name = `${types.join()} ${[...countries].sort().join()}`;
  const known = earlier.get(name) ?? load(new Set(types), countries);
  // The oldest goes first.
  earlier.delete(name);
  earlier.set(name, known);
  if (earlier.size > MOST_EARLIER) earlier.delete(earlier.keys().next().value!);
  return known;
}

/** Makes recognisers, and loads the libraries that only they need. */
async function load(types: ReadonlySet<string>, countries: ReadonlySet<string>): Promise<Recogniser[]> {
  const wanted = (type: string) => types.has(type);
  const [national, phones, hosts] = await Promise.all([
    nationalNumbers(wanted),
    wanted("PHONE_NUMBER") ? import("libphonenumber-js/max") : undefined,
    ["EMAIL_ADDRESS", "URL", "SECRET"].some(wanted) ? import("tldts") : undefined,
  ]);
  const numbers = [...(wanted(cards.type) ? [cards] : []), ...national];
  const all: (Recogniser | undefined)[] = [
    new NumberRecogniser(
      numbers,
      [iban, lei].filter(({ type }) => wanted(type)),
      countries,
    ),
    phones &&
      new PhoneRecogniser(
        (text, country) =>
          phones.parsePhoneNumberFromString(text, {
            extract: false,
            ...(country === undefined ? {} : { defaultCountry: country }),
          }),
        countries,
      ),
    hosts && new EmailRecogniser(hosts.parse),
    hosts && new UrlRecogniser(hosts.parse),
    new IpRecogniser(),
    new MacRecogniser(),
    new CryptoRecogniser(),
    new SecretRecogniser(),
    wanted("DATE_TIME") ? new DateRecogniser() : undefined,
    wanted("NUMBER") ? new BareNumberRecogniser() : undefined,
  ];
  return all.filter((each) => each !== undefined).filter(({ types }) => types.some(wanted));
}
