// URLs as paths of files, and as the options of `http.request`.
import { coded, invalidArgType, validateObject, validateString } from '../errors.js';
import { posix } from '../path.js';
import { URL, isURL } from './whatwg.js';

const badPath = (text, input) => coded(TypeError, 'ERR_INVALID_FILE_URL_PATH', `File URL path must ${text}`, { input });

function windowsPath(url) {
  if (/%(2f|5c)/i.test(url.pathname)) throw badPath('not include encoded \\ or / characters', url);
  const path = decodeURIComponent(url.pathname.replaceAll('/', '\\'));
  if (url.hostname !== '') return `\\\\${hb.domainToUnicode(url.hostname)}${path}`;
  if (!/^\\[a-z]:/i.test(path)) throw badPath('be absolute', url);
  return path.slice(1);
}

export const { fileURLToPath, pathToFileURL, urlToHttpOptions } = {
  fileURLToPath(path, options = undefined) {
    const url = typeof path === 'string' ? new URL(path) : path;
    if (!isURL(url)) throw invalidArgType('path', ['string', 'URL'], path);
    if (url.protocol !== 'file:') throw coded(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
    if (options?.windows) return windowsPath(url);
    if (url.hostname !== '') {
      throw coded(TypeError, 'ERR_INVALID_FILE_URL_HOST', 'File URL host must be "localhost" or empty on linux');
    }
    if (/%2f/i.test(url.pathname)) throw badPath('not include encoded / characters', url);
    return decodeURIComponent(url.pathname);
  },
  pathToFileURL(filepath) {
    validateString(filepath, 'path');
    let path = posix.resolve(filepath);
    if (filepath.endsWith('/') && !path.endsWith('/')) path += '/';
    return new URL(`file://${path.replace(/[%\\\n\r\t?#[\]^|~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)}`);
  },
  urlToHttpOptions(url) {
    validateObject(url, 'url', { allowArray: true, allowFunction: true });
    const { hostname, pathname, port, username, password, search } = url;
    const options = {
      __proto__: null,
      ...url,
      protocol: url.protocol,
      hostname: hostname && hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
      hash: url.hash,
      search,
      pathname,
      path: `${pathname || ''}${search || ''}`,
      href: url.href,
    };
    if (port !== '') options.port = Number(port);
    if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return options;
  },
};
