/**
 * Names of types as models have them, and what they are called here: the names that Presidio uses. Types that are not
 * in this table keep their own name, in capital letters.
 */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  PERSON: [
    ...[
      "PER",
      "PERS",
      "PEOPLE",
      "NAME",
      "PERSONNAME",
      "FULLNAME",
      "FIRSTNAME",
      "LASTNAME",
      "GIVENNAME",
      "SURNAME",
    ],
    ...["MIDDLENAME", "PRIVATEPERSON", "PATIENT", "DOCTOR", "STAFF", "NAMEPATIENT", "NAMEDOCTOR"],
  ],
  LOCATION: [
    ...[
      "LOC",
      "GPE",
      "FAC",
      "CITY",
      "STATE",
      "COUNTRY",
      "PLACE",
      "ADDRESS",
      "STREET",
      "STREETADDRESS",
      "ZIPCODE",
    ],
    ...["POSTCODE", "PRIVATEADDRESS", "BUILDINGNUM", "LOCATIONOTHER", "GEOPOLITICAL"],
  ],
  ORGANIZATION: ["ORG", "ORGANISATION", "COMPANY", "COMPANYNAME", "CORP", "CORPORATION", "HOSPITAL", "GROUP"],
  NRP: ["NORP", "NATIONALITY", "RELIGION", "POLITICALGROUP"],
  EMAIL_ADDRESS: ["EMAIL", "MAIL", "PRIVATEEMAIL"],
  PHONE_NUMBER: ["PHONE", "TELEPHONE", "TELEPHONENUM", "TEL", "PRIVATEPHONE", "PHONENUM", "FAX"],
  URL: ["WEBSITE", "PRIVATEURL", "LINK"],
  DATE_TIME: ["DATE", "TIME", "DATETIME", "PRIVATEDATE", "DATEOFBIRTH", "DOB", "BIRTHDATE"],
  AGE: [],
  ACCOUNT_NUMBER: ["ACCOUNT", "ACCOUNTNUM", "BANKACCOUNT", "ID", "IDNUM"],
  CREDIT_CARD: ["CREDITCARD", "CREDITCARDNUMBER", "CREDITDEBITCARD", "CARDNUMBER"],
  IBAN_CODE: ["IBAN"],
  US_SSN: ["SSN", "SOCIALNUM", "SOCIALSECURITYNUMBER"],
  IP_ADDRESS: ["IP", "IPADDRESS", "IPV4", "IPV6"],
  MAC_ADDRESS: ["MAC", "MACADDRESS"],
  SECRET: ["PASSWORD", "APIKEY", "KEY", "TOKEN", "CREDENTIAL"],
};

/** The names that types of models get. */
export const usualTypes: readonly string[] = Object.keys(KNOWN);

const plain = (name: string): string => name.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");

const BY_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries(KNOWN).flatMap(([type, names]) => [type, ...names].map((name) => [plain(name), type])),
);

/**
 * Returns what a type of a model is called: as the user's table says, or else as usual. `private_person` and `PER` are
 * `PERSON`.
 */
export function typeNamed(name: string, table: Readonly<Record<string, string>> = {}): string {
  if (Object.hasOwn(table, name)) return table[name]!;
  return BY_NAME.get(plain(name)) ?? (name.toUpperCase().replace(/[^\p{L}\p{N}]+/gu, "_") || "ENTITY");
}
