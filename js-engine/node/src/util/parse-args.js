// `util.parseArgs`: options and positionals of a command line.
import { coded, invalidArgType, invalidArgValue, validateArray, validateBoolean, validateObject, validateString } from '../errors.js';
import { process } from '../process.js';

const has = Object.hasOwn;
const unknown = (text) => coded(TypeError, 'ERR_PARSE_ARGS_UNKNOWN_OPTION', text);
const invalid = (text) => coded(TypeError, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE', text);

function validateEach(values, name, check) {
  validateArray(values, name);
  values.forEach((value, at) => check(value, `${name}[${at}]`));
}

function validateOption(name, option) {
  validateObject(option, `options.${name}`);
  const { type } = option;
  if (type !== 'string' && type !== 'boolean') throw invalidArgType(`options.${name}.type`, "('string|boolean')", type);
  if (has(option, 'short')) {
    validateString(option.short, `options.${name}.short`);
    if (option.short.length !== 1) throw invalidArgValue(`options.${name}.short`, option.short, 'must be a single character');
  }
  const multiple = option.multiple ?? false;
  if (has(option, 'multiple')) validateBoolean(option.multiple, `options.${name}.multiple`);
  if (option.default === undefined) return;
  const check = type === 'string' ? validateString : validateBoolean;
  if (multiple) validateEach(option.default, `options.${name}.default`, check);
  else check(option.default, `options.${name}.default`);
}

class Parser {
  constructor(args, options) {
    this.args = [...args];
    this.options = options;
    this.shorts = new Map(Object.entries(options).filter(([, { short }]) => short !== undefined).map(([name, { short }]) => [short, name]));
    this.tokens = [];
  }
  isString(name) { return has(this.options, name) && this.options[name].type === 'string'; }
  named(short) { return this.shorts.get(short) ?? short; }
  option(name, rawName, index, value, inlineValue) {
    this.tokens.push({ kind: 'option', name, rawName, index, value, inlineValue });
  }
  // The option at an argument of its own, with what follows it if it takes a value.
  lone(name, rawName, index) {
    if (this.isString(name) && this.args.length > 0) this.option(name, rawName, index, this.args.shift(), false);
    else this.option(name, rawName, index, undefined, undefined);
  }
  tokenize() {
    let index = -1;
    let grouped = 0;
    while (this.args.length > 0) {
      const arg = this.args.shift();
      if (grouped > 0) grouped--;
      else index++;
      if (arg === '--') {
        this.tokens.push({ kind: 'option-terminator', index });
        for (const value of this.args) this.tokens.push({ kind: 'positional', index: ++index, value });
        return this.tokens;
      }
      const before = this.args.length;
      if (/^-[^-]$/s.test(arg)) {
        this.lone(this.named(arg[1]), arg, index);
        if (this.args.length < before) index++;
      } else if (/^-[^-]./s.test(arg)) {
        grouped += this.group(arg, index);
      } else if (/^--.+/s.test(arg)) {
        this.long(arg, index);
        if (this.args.length < before) index++;
      } else {
        this.tokens.push({ kind: 'positional', index, value: arg });
      }
    }
    return this.tokens;
  }
  // Several short options, or one with its value.
  group(arg, index) {
    const first = this.named(arg[1]);
    if (this.isString(first)) {
      this.option(first, `-${arg[1]}`, index, arg.slice(2), true);
      return 0;
    }
    const expanded = [];
    for (let at = 1; at < arg.length; at++) {
      if (!this.isString(this.named(arg[at])) || at === arg.length - 1) {
        expanded.push(`-${arg[at]}`);
      } else {
        expanded.push(`-${arg.slice(at)}`);
        break;
      }
    }
    this.args.unshift(...expanded);
    return expanded.length;
  }
  long(arg, index) {
    const at = arg.indexOf('=', 3);
    if (at < 0) return this.lone(arg.slice(2), arg, index);
    return this.option(arg.slice(2, at), arg.slice(0, at), index, arg.slice(at + 1), true);
  }
}

function checkUsage(token, { options, allowPositionals, allowNegative }) {
  let { name } = token;
  if (!has(options, name) && allowNegative && name.startsWith('no-')) name = name.slice(3);
  if (!has(options, name)) {
    const suggestion = allowPositionals
      ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- ${JSON.stringify(token.rawName)}`
      : '';
    throw unknown(`Unknown option '${token.rawName}'${suggestion}`);
  }
  const { short, type } = options[name];
  const shown = `${short ? `-${short}, ` : ''}--${name}`;
  if (type === 'string' && typeof token.value !== 'string') throw invalid(`Option '${shown} <value>' argument missing`);
  if (type === 'boolean' && token.value !== undefined && token.value !== null) throw invalid(`Option '${shown}' does not take an argument`);
}

// A value that looks like an option is probably a value that was forgotten.
function checkValue({ name, rawName, value, inlineValue }) {
  if (inlineValue || typeof value !== 'string' || value.length < 2 || value[0] !== '-') return;
  const example = rawName.startsWith('--') ? `'${rawName}=-XYZ'` : `'--${name}=-XYZ' or '${rawName}-XYZ'`;
  throw invalid(`Option '${rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${rawName}'?\n`
    + `To specify an option argument starting with a dash use ${example}.`);
}

function store(values, { name, value }, { options, allowNegative }) {
  if (name === '__proto__') return;
  let stored = value ?? true;
  if (allowNegative && value === undefined && name.startsWith('no-')) {
    name = name.slice(3);
    stored = false;
  }
  if (has(options, name) && options[name].multiple) (values[name] ??= []).push(stored);
  else values[name] = stored;
}

export function parseArgs(config = {}) {
  validateObject(config, 'config');
  const given = (name, otherwise) => (has(config, name) && config[name] !== undefined ? config[name] : otherwise);
  const args = given('args', process.argv.slice(2));
  const strict = given('strict', true);
  const allowPositionals = given('allowPositionals', !strict);
  const wanted = given('tokens', false);
  const options = given('options', { __proto__: null });
  const allowNegative = given('allowNegative', false);
  validateArray(args, 'args');
  validateBoolean(strict, 'strict');
  validateBoolean(allowPositionals, 'allowPositionals');
  validateBoolean(wanted, 'tokens');
  validateBoolean(allowNegative, 'allowNegative');
  validateObject(options, 'options');
  for (const [name, option] of Object.entries(options)) validateOption(name, option);

  const tokens = new Parser(args, options).tokenize();
  const values = { __proto__: null };
  const result = { values, positionals: [] };
  if (wanted) result.tokens = tokens;
  for (const token of tokens) {
    if (token.kind === 'option') {
      if (strict) {
        checkUsage(token, { options, allowPositionals, allowNegative });
        checkValue(token);
      }
      store(values, token, { options, allowNegative });
    } else if (token.kind === 'positional') {
      if (!allowPositionals) {
        throw coded(TypeError, 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL',
          `Unexpected argument '${token.value}'. This command does not take positional arguments`);
      }
      result.positionals.push(token.value);
    }
  }
  for (const [name, option] of Object.entries(options)) {
    if (option.default !== undefined && values[name] === undefined) values[name] = option.default;
  }
  return result;
}
Object.defineProperty(parseArgs, 'length', { value: 0 });
