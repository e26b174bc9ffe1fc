/** Random texts that are redacted and restored. */
import fc from "fast-check";
import { redact, restore } from "../../src/redact/public.js";

export const key = Buffer.alloc(32, 7);

const VALUES = [
  "Anna Smith",
  "ANNA SMITH",
  "anna smith's",
  "Bob",
  "4111 1111 1111 1111",
  "4111111111111111",
  "DE89 3704 0044 0532 0130 00",
  "jane.doe@example.com",
  "https://example.com/a?b=1",
  "+49 30 901820",
  "10.20.30.40",
  "[PERSON_1]",
  "[PERSON_1:2]",
  "[TEXT_7]",
  "[PERSON:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA]",
  "[",
  "]",
  "[PERSON_",
  "\n",
  "\r\n\r\n",
  "😀",
  "\ud83d",
  "\0",
];
export const terms = { PERSON: ["Anna Smith", "Bob"] };

export const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(...VALUES),
      fc.string({ unit: "binary", maxLength: 6 }),
      fc.constantFrom(" ", ", "),
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(""));

/** What the token of an earlier redaction looks like in a text that is redacted again. */
const earlier = redact(undefined, "Bob", { terms, key, operators: { DEFAULT: "encrypt" } });

/** The property that a text which is redacted and restored is the same text. */
export const roundTrip = (way: "encrypted values" | "placeholders with their map") =>
  fc.asyncProperty(texts, fc.boolean(), async (drawn, nested) => {
    const text = nested ? `${drawn}${(await earlier).text}${drawn}` : drawn;
    const how =
      way === "encrypted values" ? { operators: { DEFAULT: "encrypt" as const } } : { map: true as const };
    const { text: safe, map } = await redact(undefined, text, { terms, key, ...how });
    const restored = await restore(safe, { key, map });
    if (restored !== text) throw new Error(`${JSON.stringify(text)} became ${JSON.stringify(restored)}`);
  });
