// Whether a certificate is for a host, an address of mail, or one of the network (RFC 6125). Each gives the name in it that fits.
import { coded } from '../errors.js';

const labels = (name) => name.toLowerCase().split('.');

// A wildcard is the first label, or part of it, and stands for no dot.
function fitsHost(pattern, name, { wildcards = true, partialWildcards = true, multiLabelWildcards = false, singleLabelSubdomains = false } = {}) {
  if (name.startsWith('.')) {
    const below = pattern.toLowerCase();
    if (!below.endsWith(name.toLowerCase()) || below.length === name.length) return false;
    return !singleLabelSubdomains || !below.slice(0, -name.length).includes('.');
  }
  const [wanted, given] = [labels(name), labels(pattern)];
  if (!pattern.includes('*')) return wanted.join('.') === given.join('.');
  const [first, ...rest] = given;
  if (!wildcards || rest.length < 2 || first.split('*').length !== 2 || rest.some((label) => label.includes('*'))) return false;
  if (first !== '*' && (!partialWildcards || first.startsWith('xn--'))) return false;
  const [before, behind] = first.split('*');
  const head = wanted.slice(0, wanted.length - rest.length);
  const covers = head.length === 1 || (head.length > 1 && multiLabelWildcards && first === '*');
  if (!covers || wanted.slice(-rest.length).join('.') !== rest.join('.')) return false;
  const label = head.join('.');
  return label.length >= before.length + behind.length && label.startsWith(before) && label.endsWith(behind);
}

const named = ({ alternatives }, kind) => alternatives?.names.filter((name) => name.kind === kind).map(({ value }) => value) ?? [];

// The subject counts where nothing of the kind stands elsewhere, or as the author says.
function search(fields, kind, attribute, subject, fits) {
  const names = named(fields, kind);
  const found = names.find(fits);
  if (found !== undefined || subject === 'never' || (names.length > 0 && subject !== 'always')) return found;
  return fields.subject.parts.filter(({ key }) => key === attribute).map(({ value }) => value).find(fits);
}

export const checkHostName = (fields, name, options) => search(fields, 'dns', 'CN', options?.subject, (pattern) => fitsHost(pattern, name, options));

// The part before the @ is taken as it is written.
export function checkMail(fields, email, options) {
  const fold = (address) => address.replace(/@[^@]*$/, (domain) => domain.toLowerCase());
  return search(fields, 'email', 'emailAddress', options?.subject, (given) => fold(given) === fold(email)) === undefined ? undefined : email;
}

function addressBytes(ip) {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(ip)) {
    const bytes = ip.split('.').map(Number);
    return bytes.every((byte) => byte < 256) ? bytes : undefined;
  }
  const halves = ip.split('::');
  if (!ip.includes(':') || halves.length > 2) return undefined;
  const [head, tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (missing < (halves.length === 2 ? 1 : 0) || (halves.length === 1 && missing !== 0)) return undefined;
  const groups = [...head, ...Array(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => parseInt(group, 16)).flatMap((number) => [number >> 8, number & 0xff]);
}

export function checkAddress(fields, ip) {
  const bytes = addressBytes(ip);
  if (bytes === undefined) throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', 'Invalid IP');
  const fits = (given) => given.length === bytes.length && bytes.every((byte, at) => byte === given[at]);
  return named(fields, 'ip').some(fits) ? ip : undefined;
}
