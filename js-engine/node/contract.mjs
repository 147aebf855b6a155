// Makes the module `hookbox:crypto` from the contract with the host's cryptography: one function per operation, the lists of values,
// and the errors. What the operations are for is the business of src/crypto/.
import { readFile } from 'node:fs/promises';

const definition = new URL('../../host-api/crypto/contract.json', import.meta.url);

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

// Parts' names can be words that JavaScript keeps for itself. Framed answers begin like requests: the length of a JSON header, the
// header, the parts.
function operation({ name, parts, answer }) {
  const parameters = parts.map((part) => `$${part}`);
  const lengths = parameters.map((part) => `${part}.length`);
  const sent = `send({ op: '${name}', ...fields, parts: [${lengths}] }, [${parameters}])`;
  const [, named] = answer.split('parts: ');
  const read = named === undefined ? sent : `framed(${JSON.stringify(named.split(', '))}, ${sent})`;
  return `export const ${camel(name)} = (${['fields', ...parameters]}) => ${read};`;
}

// `library`, `reason` and `code` stand on an error in the order in which Node sets them.
const support = `
const { stringify, parse } = JSON;
const CRYPTO = 0;
const CLASSES = { Error, TypeError, RangeError };

// What the host refuses with, as Node throws it. The kind stays readable for those who throw something else. What it says of a request that
// it cannot read is for us, not for authors.
const kinds = new WeakMap();
export const kindOf = (error) => kinds.get(error);

function made(text) {
  const { kind, message } = parse(text);
  const [name, code, usual] = ERRORS[kind];
  const error = new CLASSES[name](kind === 'malformed' ? usual : message ?? usual);
  const [, , library, , reason] = usual.startsWith('error:') ? usual.split(':') : [];
  if (reason !== undefined) Object.assign(error, { library, reason });
  if (code !== null) error.code = code;
  kinds.set(error, kind);
  return error;
}

function send(header, parts) {
  let text;
  try {
    return hb.compute(CRYPTO, stringify(header), parts);
  } catch (error) {
    text = error.message;
    if (text[0] !== '{') throw error;
  }
  throw made(text);
}

function framed(names, answer) {
  const length = new DataView(answer.buffer, answer.byteOffset).getUint32(0, true);
  const { parts, ...fields } = parse(hb.decodeUtf8(answer.subarray(4, 4 + length)));
  let at = 4 + length;
  parts.forEach((size, index) => { fields[names[index]] = answer.slice(at, at += size); });
  return fields;
}
`;

export async function cryptoModule() {
  const { values, operations, errors } = JSON.parse(await readFile(definition, 'utf8'));
  const lists = Object.entries(values).map(([name, list]) => `export const ${name.toUpperCase()}S = ${JSON.stringify(list)};`);
  return [`const ERRORS = ${JSON.stringify(errors)};`, support, ...lists, ...operations.map(operation)].join('\n');
}

export const contract = {
  name: 'contract',
  setup(bundler) {
    bundler.onResolve({ filter: /^hookbox:crypto$/ }, ({ path }) => ({ path, namespace: 'contract' }));
    bundler.onLoad({ filter: /.*/, namespace: 'contract' }, async () => ({ contents: await cryptoModule(), loader: 'js' }));
  },
};
