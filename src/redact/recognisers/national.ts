import type { NumberKind } from "./numbers.js";
import {
  isAbaRouting,
  isImei,
  isItin,
  isKvnr,
  isMedicare,
  isMyNumber,
  isNhs,
  isNpi,
  isNric,
} from "./ownChecks.js";
import { ContextWords } from "./surroundings.js";

/** What a module of the library exports. */
interface Validator {
  validate(value: string): { readonly isValid: boolean };
}

interface Entry {
  readonly country?: string;
  readonly alone?: readonly string[];
  readonly near?: readonly string[];
  /** Words that announce the number, separated by commas. */
  readonly words?: string;
  readonly check: ((compact: string) => boolean) | (() => Promise<Validator>);
  /** False for numbers that have a form and ranges, but no check digit. */
  readonly checked?: false;
  /** How it must begin, if the library knows other numbers of the same form. */
  readonly begins?: RegExp;
  /** Where the library wants marks: returns the number as it does. */
  readonly written?: (compact: string) => string;
}

/** A hyphen before the last digits, which tells the century. */
const hyphenBefore = (digits: number) => (compact: string) =>
  `${compact.slice(0, -digits)}-${compact.slice(-digits)}`;

const own = (check: (compact: string) => boolean) => check;
const library = (load: () => Promise<Validator>) => load;

/**
 * National numbers of people, and of their accounts. Numbers of digits alone with a single check digit are only found
 * near a word that announces them: one in ten such numbers is valid by accident.
 */
const ENTRIES: Readonly<Record<string, Entry>> = {
  US_SSN: {
    country: "US",
    near: ["3_2_4"],
    words: "ssn,ssns,social security,social security number",
    check: library(() => import("stdnum/lib/cjs/us/ssn.js")),
    checked: false,
  },
  US_ITIN: {
    country: "US",
    near: ["3_2_4"],
    words: "itin,individual taxpayer,tax id,taxpayer id,tin",
    check: own(isItin),
    checked: false,
  },
  US_NPI: { country: "US", near: ["10"], words: "npi,national provider,provider", check: own(isNpi) },
  ABA_ROUTING_NUMBER: {
    near: ["9", "4-4-1"],
    words: "aba,routing,routing number,rtn,transit,bank",
    check: own(isAbaRouting),
  },
  UK_NHS: { country: "GB", near: ["3_3_4"], words: "nhs,national health service,patient", check: own(isNhs) },
  UK_NINO: {
    country: "GB",
    near: ["AA_2_2_2_A"],
    words: "nino,ni,ni number,ni no,national insurance,insurance number",
    check: library(() => import("stdnum/lib/cjs/gb/nino.js")),
    checked: false,
  },
  UK_UTR: {
    country: "GB",
    near: ["5_5"],
    words: "utr,unique taxpayer reference,taxpayer reference",
    check: library(() => import("stdnum/lib/cjs/gb/utr.js")),
  },
  IE_PPS: {
    country: "IE",
    alone: ["7A", "7AA"],
    near: ["7 A", "7 AA"],
    words: "pps,ppsn,pps number",
    check: library(() => import("stdnum/lib/cjs/ie/pps.js")),
  },
  CA_SIN: {
    country: "CA",
    near: ["3_3_3"],
    words: "sin,nas,social insurance,social insurance number,assurance sociale",
    check: library(() => import("stdnum/lib/cjs/ca/sin.js")),
  },
  AU_TFN: {
    country: "AU",
    near: ["3_3_3", "3_3_2"],
    words: "tfn,tax file,tax file number",
    check: library(() => import("stdnum/lib/cjs/au/tfn.js")),
  },
  AU_ABN: {
    country: "AU",
    near: ["2_3_3_3"],
    words: "abn,business number,australian business number",
    check: library(() => import("stdnum/lib/cjs/au/abn.js")),
  },
  AU_MEDICARE: { country: "AU", near: ["4_5_1", "10", "11"], words: "medicare", check: own(isMedicare) },
  NZ_IRD: {
    country: "NZ",
    near: ["2_3_3", "3_3_3"],
    words: "ird,inland revenue",
    check: library(() => import("stdnum/lib/cjs/nz/ird.js")),
  },
  DE_TAX_ID: {
    country: "DE",
    near: ["11", "2~3~3~3", "2 3 3 3"],
    words:
      "steuer-id,steuerid,steueridentifikationsnummer,steuerliche identifikationsnummer,identifikationsnummer,idnr,id-nr,tin,tax id",
    check: library(() => import("stdnum/lib/cjs/de/idnr.js")),
  },
  DE_SOCIAL_SECURITY: {
    country: "DE",
    alone: ["2_6_A_3"],
    check: library(() => import("stdnum/lib/cjs/de/svnr.js")),
  },
  DE_HEALTH_INSURANCE: {
    country: "DE",
    near: ["A9", "A3 3 3"],
    words:
      "kvnr,krankenversichertennummer,versichertennummer,versicherten-nr,krankenversicherung,krankenkasse,versichertennr,health insurance",
    check: own(isKvnr),
  },
  AT_SOCIAL_SECURITY: {
    country: "AT",
    near: ["4_6", "10"],
    words: "svnr,sv-nummer,sozialversicherungsnummer,versicherungsnummer,sv-nr",
    check: library(() => import("stdnum/lib/cjs/at/vnr.js")),
  },
  CH_AHV: {
    country: "CH",
    alone: ["3.4.4.2", "3~4~4~2", "13"],
    check: library(() => import("stdnum/lib/cjs/ch/ssn.js")),
  },
  FR_NIR: {
    country: "FR",
    alone: ["1_2_2_2_3_3_2", "15", "13~2"],
    check: library(() => import("stdnum/lib/cjs/fr/nir.js")),
  },
  FR_NIF: {
    country: "FR",
    near: ["13", "2 2 3 3 3"],
    words: "nif,spi,numéro fiscal,identification fiscale",
    check: library(() => import("stdnum/lib/cjs/fr/nif.js")),
  },
  BE_NATIONAL_NUMBER: {
    country: "BE",
    alone: ["2.2.2-3.2", "6~3~2"],
    near: ["11"],
    words: "rijksregisternummer,rijksregister,registre national,numéro national,nn,insz,niss",
    check: library(() => import("stdnum/lib/cjs/be/nn.js")),
  },
  NL_BSN: {
    country: "NL",
    near: ["9", "4.2.3", "4 2 3", "3 3 3"],
    words: "bsn,burgerservicenummer,sofinummer,sofi",
    check: library(() => import("stdnum/lib/cjs/nl/bsn.js")),
  },
  ES_NIF: {
    country: "ES",
    alone: ["8_A", "A7_A"],
    check: library(() => import("stdnum/lib/cjs/es/nif.js")),
    // The numbers of companies begin with other letters.
    begins: /^[\dKLMXYZ]/,
  },
  ES_NSS: {
    country: "ES",
    near: ["12", "2_8_2", "2/8/2"],
    words: "nss,seguridad social,naf,afiliación",
    check: library(() => import("stdnum/lib/cjs/es/nss.js")),
  },
  PT_NIF: {
    country: "PT",
    near: ["3_3_3"],
    words: "nif,contribuinte,identificação fiscal",
    check: library(() => import("stdnum/lib/cjs/pt/nif.js")),
  },
  PT_CITIZEN_CARD: {
    country: "PT",
    alone: ["8_1_AA1", "9AA1"],
    check: library(() => import("stdnum/lib/cjs/pt/cc.js")),
  },
  IT_FISCAL_CODE: {
    country: "IT",
    alone: ["AAAAAA2A2A3A", "AAAAAA 2A2 A3A", "AAA AAA 2A2 A3A"],
    check: library(() => import("stdnum/lib/cjs/it/codicefiscale.js")),
  },
  IT_VAT_CODE: {
    country: "IT",
    near: ["11"],
    words: "iva,partita iva,p.iva,piva",
    check: library(() => import("stdnum/lib/cjs/it/iva.js")),
  },
  PL_PESEL: {
    country: "PL",
    near: ["11"],
    words: "pesel",
    check: library(() => import("stdnum/lib/cjs/pl/pesel.js")),
  },
  PL_NIP: {
    country: "PL",
    near: ["3-3-2-2", "3-2-2-3", "10"],
    words: "nip",
    check: library(() => import("stdnum/lib/cjs/pl/nip.js")),
  },
  CZ_BIRTH_NUMBER: {
    country: "CZ",
    alone: ["6/4"],
    near: ["10", "6/3"],
    words: "rodné číslo,rodné čislo,rč,r.č.,rodne cislo",
    check: library(() => import("stdnum/lib/cjs/cz/rc.js")),
  },
  DK_CPR: {
    country: "DK",
    near: ["6_4"],
    words: "cpr,cpr-nr,cpr-nummer",
    check: library(() => import("stdnum/lib/cjs/dk/cpr.js")),
    checked: false,
  },
  SE_PERSONNUMMER: {
    country: "SE",
    alone: ["6-4", "8-4"],
    near: ["10", "12"],
    words: "personnummer,pnr,samordningsnummer",
    check: library(() => import("stdnum/lib/cjs/se/personnummer.js")),
    written: hyphenBefore(4),
  },
  NO_FODSELSNUMMER: {
    country: "NO",
    alone: ["6 5"],
    near: ["11"],
    words: "fødselsnummer,fodselsnummer,personnummer,fnr,fødselsnr",
    check: library(() => import("stdnum/lib/cjs/no/fodselsnummer.js")),
  },
  FI_HETU: {
    country: "FI",
    alone: ["6-3A", "6-4", "6A3A", "6A4"],
    check: library(() => import("stdnum/lib/cjs/fi/hetu.js")),
    // The hyphen tells the century, and an `A` stands for it in this one.
    written: (compact) => (/^\d{9}/.test(compact) ? `${compact.slice(0, 6)}-${compact.slice(6)}` : compact),
  },
  IS_KENNITALA: {
    country: "IS",
    near: ["6-4", "10"],
    words: "kennitala,kt",
    check: library(() => import("stdnum/lib/cjs/is/kennitala.js")),
  },
  EE_ISIKUKOOD: {
    country: "EE",
    near: ["11"],
    words: "isikukood,ik",
    check: library(() => import("stdnum/lib/cjs/ee/ik.js")),
  },
  LV_PERSONAL_CODE: {
    country: "LV",
    alone: ["6-5"],
    near: ["11"],
    words: "personas kods,pk",
    check: library(() => import("stdnum/lib/cjs/lv/pvn.js")),
  },
  LT_ASMENS_KODAS: {
    country: "LT",
    near: ["11"],
    words: "asmens kodas,a.k.,personal code",
    check: library(() => import("stdnum/lib/cjs/lt/asmens.js")),
  },
  RO_CNP: {
    country: "RO",
    near: ["13"],
    words: "cnp,cod numeric personal",
    check: library(() => import("stdnum/lib/cjs/ro/cnp.js")),
  },
  BG_EGN: {
    country: "BG",
    near: ["10"],
    words: "егн,egn",
    check: library(() => import("stdnum/lib/cjs/bg/egn.js")),
  },
  HR_OIB: {
    country: "HR",
    near: ["11"],
    words: "oib",
    check: library(() => import("stdnum/lib/cjs/hr/oib.js")),
  },
  SI_EMSO: {
    country: "SI",
    near: ["13"],
    words: "emšo,emso",
    check: library(() => import("stdnum/lib/cjs/si/emso.js")),
  },
  RS_JMBG: {
    country: "RS",
    near: ["13"],
    words: "jmbg,јмбг",
    check: library(() => import("stdnum/lib/cjs/rs/jmbg.js")),
  },
  GR_AMKA: {
    country: "GR",
    near: ["11"],
    words: "amka,αμκα",
    check: library(() => import("stdnum/lib/cjs/gr/amka.js")),
  },
  TR_KIMLIK: {
    country: "TR",
    near: ["11"],
    words: "tckn,tc kimlik,kimlik,kimlik no,t.c. kimlik no,tc",
    check: library(() => import("stdnum/lib/cjs/tr/tckimlik.js")),
  },
  UA_TAX_NUMBER: {
    country: "UA",
    near: ["10"],
    words: "іпн,рнокпп,ипн,rntrc",
    check: library(() => import("stdnum/lib/cjs/ua/rntrc.js")),
  },
  RU_INN: {
    country: "RU",
    near: ["10", "12"],
    words: "инн,inn",
    check: library(() => import("stdnum/lib/cjs/ru/inn.js")),
  },
  IL_ID: {
    country: "IL",
    near: ["8", "9", "8-1"],
    words: "teudat zehut,tz,t.z.,ת.ז,ת.ז.,תעודת זהות,israeli id,id number",
    check: library(() => import("stdnum/lib/cjs/il/idnr.js")),
  },
  ZA_ID: {
    country: "ZA",
    near: ["13", "6 4 3", "6 4 2 1"],
    words: "id number,identity number,south african id,said,id no,identity document",
    check: library(() => import("stdnum/lib/cjs/za/idnr.js")),
  },
  IN_AADHAAR: {
    country: "IN",
    near: ["4_4_4"],
    words: "aadhaar,aadhar,adhaar,uidai,uid",
    check: library(() => import("stdnum/lib/cjs/in/aadhaar.js")),
  },
  IN_PAN: {
    country: "IN",
    near: ["AAAAA4A"],
    words: "pan,pan card,permanent account number,income tax",
    check: library(() => import("stdnum/lib/cjs/in/pan.js")),
    checked: false,
  },
  SG_NRIC_FIN: { country: "SG", alone: ["A7A"], check: own(isNric) },
  MY_NRIC: {
    country: "MY",
    near: ["6_2_4"],
    words: "nric,mykad,ic,ic number,kad pengenalan",
    check: library(() => import("stdnum/lib/cjs/my/nric.js")),
    checked: false,
  },
  TH_TNIN: {
    country: "TH",
    alone: ["1-4-5-2-1", "1 4 5 2 1"],
    near: ["13"],
    words: "thai id,national id,บัตรประชาชน,เลขประจำตัวประชาชน",
    check: library(() => import("stdnum/lib/cjs/th/idnr.js")),
  },
  TW_NATIONAL_ID: {
    country: "TW",
    alone: ["A9"],
    check: library(() => import("stdnum/lib/cjs/tw/natid.js")),
  },
  CN_RESIDENT_ID: {
    country: "CN",
    alone: ["18", "17A"],
    check: library(() => import("stdnum/lib/cjs/cn/ric.js")),
  },
  KR_RRN: {
    country: "KR",
    alone: ["6-7"],
    near: ["13"],
    words: "rrn,주민등록번호,주민번호",
    check: library(() => import("stdnum/lib/cjs/kr/rrn.js")),
  },
  JP_MY_NUMBER: {
    country: "JP",
    near: ["4_4_4"],
    words: "my number,マイナンバー,個人番号,kojin bango",
    check: own(isMyNumber),
  },
  BR_CPF: {
    country: "BR",
    alone: ["3.3.3-2"],
    near: ["11"],
    words: "cpf",
    check: library(() => import("stdnum/lib/cjs/br/cpf.js")),
  },
  BR_CNPJ: {
    country: "BR",
    alone: ["2.3.3/4-2"],
    near: ["14"],
    words: "cnpj",
    check: library(() => import("stdnum/lib/cjs/br/cnpj.js")),
  },
  AR_CUIT: {
    country: "AR",
    alone: ["2-8-1"],
    near: ["11"],
    words: "cuit,cuil",
    check: library(() => import("stdnum/lib/cjs/ar/cuit.js")),
  },
  CL_RUT: {
    country: "CL",
    alone: ["2.3.3-1", "2.3.3-A", "1.3.3-1", "1.3.3-A"],
    near: ["8-1", "8-A", "7-1", "7-A", "8A", "9"],
    words: "rut,run",
    check: library(() => import("stdnum/lib/cjs/cl/rut.js")),
  },
  EC_CEDULA: {
    country: "EC",
    near: ["10", "9-1"],
    words: "cédula,cedula,ci",
    check: library(() => import("stdnum/lib/cjs/ec/ci.js")),
  },
  MX_CURP: {
    country: "MX",
    alone: ["AAAA6AAAAAA?1"],
    check: library(() => import("stdnum/lib/cjs/mx/curp.js")),
  },
  MX_RFC: {
    country: "MX",
    alone: ["AAAA6???"],
    check: library(() => import("stdnum/lib/cjs/mx/rfc.js")),
  },
  MX_CLABE: {
    country: "MX",
    near: ["18", "3 3 11 1"],
    words: "clabe,cuenta",
    check: library(() => import("stdnum/lib/cjs/mx/clabe.js")),
  },
  IMEI: { near: ["15", "2_6_6_1"], words: "imei", check: own(isImei) },
};

/** Names of all types of national numbers. */
export const nationalTypes: readonly string[] = Object.keys(ENTRIES);

/** The kinds that were loaded so far: to load all of them takes longer than to read a short text. */
const loaded = new Map<string, Promise<NumberKind>>();

/** Loads what checks these numbers. */
export function nationalNumbers(wanted: (type: string) => boolean): Promise<NumberKind[]> {
  return Promise.all(
    Object.entries(ENTRIES)
      .filter(([type]) => wanted(type))
      .map(([type, entry]) => {
        const kind = loaded.get(type) ?? kindOf(type, entry);
        loaded.set(type, kind);
        return kind;
      }),
  );
}

const kindOf = async (type: string, entry: Entry): Promise<NumberKind> => ({
  type,
  country: entry.country,
  alone: entry.alone,
  near: entry.near,
  context: entry.words === undefined ? undefined : new ContextWords(entry.words.split(",")),
  isValid: await checkOf(entry),
  hasCheckDigit: entry.checked ?? true,
});

async function checkOf(entry: Entry): Promise<(compact: string) => boolean> {
  const { check, begins = /^/, written = (compact) => compact } = entry;
  if (check.length === 1) return check as (compact: string) => boolean;
  const { validate } = await (check as () => Promise<Validator>)();
  return (compact) => begins.test(compact) && validate(written(compact)).isValid;
}
