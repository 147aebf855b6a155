// `require('url')`: the old parser from its package, the new classes from the globals.
import './web.js';
import * as legacy from 'url/url.js';

const { URL, URLSearchParams } = globalThis;

function fileURLToPath(url) {
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'file:') throw Object.assign(new TypeError('The URL must be of scheme file'), { code: 'ERR_INVALID_URL_SCHEME' });
  return decodeURIComponent(pathname);
}

function format(url, options) {
  if (!(url instanceof URL)) return legacy.format(url);
  const copy = new URL(url);
  if (options?.auth === false) copy.username = copy.password = '';
  if (options?.fragment === false) copy.hash = '';
  if (options?.search === false) copy.search = '';
  return copy.href;
}

function urlToHttpOptions({ protocol, hostname, hash, search, pathname, href, port, username, password }) {
  const options = { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), hash, search, pathname, path: pathname + search, href };
  if (port !== '') options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

const domain = (name) => {
  try {
    return new URL(`http://${name}`).hostname;
  } catch {
    return '';
  }
};

export const urlModule = {
  URL,
  URLSearchParams,
  Url: legacy.Url,
  parse: legacy.parse,
  resolve: legacy.resolve,
  resolveObject: legacy.resolveObject,
  format,
  fileURLToPath,
  pathToFileURL: (path) => new URL(`file://${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`),
  urlToHttpOptions,
  domainToASCII: domain,
};
