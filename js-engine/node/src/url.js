// `require('url')`.
import { missingArgs, validateObject } from './errors.js';
import { URL, asciiDomain, isURL } from './address/whatwg.js';
import { URLSearchParams } from './address/params.js';
import { fileURLToPath, pathToFileURL, urlToHttpOptions } from './address/files.js';
import { Url, formatLegacy, urlParse, urlResolve, urlResolveObject } from './address/legacy.js';

function formatUrl(url, { fragment = true, unicode = false, search = true, auth = true }) {
  const copy = new URL(url.href);
  if (!fragment) copy.hash = '';
  if (!search) copy.search = '';
  if (!auth) copy.username = copy.password = '';
  const { href, hostname } = copy;
  if (!unicode || hostname === '') return href;
  const at = href.indexOf(hostname, copy.protocol.length + (copy.username || copy.password ? href.indexOf('@') - copy.protocol.length : 0));
  return href.slice(0, at) + hb.domainToUnicode(hostname) + href.slice(at + hostname.length);
}

const { urlFormat, domainToASCII, domainToUnicode } = {
  urlFormat(urlObject, options) {
    if (!isURL(urlObject)) return formatLegacy(urlObject);
    if (options) validateObject(options, 'options');
    return formatUrl(urlObject, options ?? {});
  },
  domainToASCII(domain) {
    if (arguments.length < 1) throw missingArgs('domain');
    return asciiDomain(`${domain}`);
  },
  domainToUnicode(domain) {
    if (arguments.length < 1) throw missingArgs('domain');
    return hb.domainToUnicode(asciiDomain(`${domain}`));
  },
};

export const urlModule = {
  Url,
  parse: urlParse,
  resolve: urlResolve,
  resolveObject: urlResolveObject,
  format: urlFormat,
  URL,
  URLSearchParams,
  domainToASCII,
  domainToUnicode,
  pathToFileURL,
  fileURLToPath,
  urlToHttpOptions,
};
