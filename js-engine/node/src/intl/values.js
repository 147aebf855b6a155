// `Intl.supportedValuesOf`, and what is fixed about currencies.
import { NUMBERING_SYSTEMS } from './locales.js';
import { UNITS } from './units.js';

const words = (text) => text.split(' ');
// Currencies that are not written with two digits after the decimal sign.
const FRACTIONS = new Map([
  ...words('ADP AFN ALL BIF BYR CLP COP DJF ESP GNF HUF IDR IQD IRR ISK ITL JPY KMF KPW KRW LAK LBP LUF MGA MGF MMK MRO PKR PYG RWF SLL SOS STD SYP TMM TRL UGX UYI VND VUV XAF XOF XPF YER ZMK ZWD').map((code) => [code, 0]),
  ...words('BHD JOD KWD LYD OMR TND').map((code) => [code, 3]),
  ...words('CLF UYW').map((code) => [code, 4]),
]);

export const fractionDigits = (currency) => FRACTIONS.get(currency) ?? 2;
const CALENDARS = words('buddhist chinese coptic dangi ethioaa ethiopic gregory hebrew indian islamic islamic-civil islamic-rgsa islamic-tbla islamic-umalqura iso8601 japanese persian roc');
export const COLLATIONS = words('compat dict emoji eor phonebk phonetic pinyin searchjl stroke trad unihan zhuyin');
const CURRENCIES = words('AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUC CUP CVE CZK ' +
  'DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF ' +
  'KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP ' +
  'PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD ' +
  'UYU UZS VES VND VUV WST XAF XCD XCG XDR XOF XPF XSU YER ZAR ZMW ZWG ZWL');

// `zones` gives the names of time zones.
export function supportedValuesOf(zones) {
  const lists = { calendar: CALENDARS, collation: COLLATIONS, currency: CURRENCIES, numberingSystem: NUMBERING_SYSTEMS, unit: UNITS };
  return { supportedValuesOf(key) {
    const name = `${key}`;
    if (name === 'timeZone') return zones();
    if (!Object.hasOwn(lists, name)) throw new RangeError(`Invalid key : ${name}`);
    return [...lists[name]];
  } }.supportedValuesOf;
}
