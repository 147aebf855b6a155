// What the types in guest-sdk/js declare, as the compiler reads them: values that a hook finds, with their members, and the keys of contexts.
import { createRequire } from 'node:module';
import { join } from 'node:path';

export const sdk = join(import.meta.dirname, '../../guest-sdk/js');
const ts = createRequire(join(sdk, 'package.json'))('typescript');
const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(sdk, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, sdk);

// The compiler on the declarations and, if it is given, on one more file, which reaches the types by their package's name.
function compiler(text) {
  const extra = join(sdk, 'test/given.ts');
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  if (text !== undefined) {
    host.getSourceFile = (name, ...rest) => (name === extra ? ts.createSourceFile(name, text, ...rest) : getSourceFile(name, ...rest));
    host.fileExists = (name) => name === extra || fileExists(name);
    host.readFile = (name) => (name === extra ? text : readFile(name));
  }
  const roots = [join(sdk, 'globals.d.ts'), join(sdk, 'index.d.ts'), ...(text === undefined ? [] : [extra])];
  return { program: ts.createProgram(roots, options, host), extra };
}

// What the compiler has to say of each line of a text, by the line's number; one that it takes has no entry.
export function complaints(text) {
  const { program, extra } = compiler(text);
  const file = program.getSourceFile(extra);
  const said = new Map();
  for (const { start, messageText } of [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]) {
    const { line } = file.getLineAndCharacterOfPosition(start);
    if (!said.has(line)) said.set(line, ts.flattenDiagnosticMessageText(messageText, '\n'));
  }
  return said;
}

// What a hook in TypeScript is uploaded as.
export function asJavaScript(text) {
  return ts.transpileModule(text, { compilerOptions: { ...options, noEmit: false, module: ts.ModuleKind.CommonJS } }).outputText;
}

// What the examples of a page are written in.
export function examples(page, language) {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, name]) => name === language).map(([, , text]) => text);
}

// The keys of a type, with those of the objects in it, as `user.policy_id` and `mfa_devices[].default`.
export function keysOfType(text) {
  const { program, extra } = compiler(`import type { Context, Invocation } from '@hookbox/types';\nexport declare const given: ${text};\n`);
  const checker = program.getTypeChecker();
  const [given] = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(extra)));
  const keys = [];
  const walk = (type, path) => {
    for (const part of type.isUnion() ? type.types : [type]) {
      if (checker.isArrayType(part)) walk(checker.getTypeArguments(part)[0], `${path}[]`);
      else if (part.flags & ts.TypeFlags.Object && part.getCallSignatures().length === 0) {
        for (const key of checker.getPropertiesOfType(part)) {
          const name = path === '' ? key.name : `${path}.${key.name}`;
          keys.push(name);
          walk(checker.getTypeOfSymbol(key), name);
        }
      }
    }
  };
  walk(checker.getTypeOfSymbol(given), '');
  return keys.sort();
}

// What a hook finds: the names of globals and modules, and the members of each as [expression, member], as far as a value can be reached
// without a call.
export function declared() {
  const { program } = compiler();
  const checker = program.getTypeChecker();
  const isOurs = (symbol) => symbol?.declarations?.some((one) => one.getSourceFile().fileName.startsWith(sdk) && !one.getSourceFile().fileName.includes('node_modules'));
  const members = [];
  const seen = new Set();
  // The members of `expression` that are declared here, and theirs in turn.
  const walk = (type, expression) => {
    if (seen.has(type)) return;
    seen.add(type);
    for (const member of checker.getPropertiesOfType(type)) {
      if (!isOurs(member) || member.name.startsWith('__@') || !(member.flags & (ts.SymbolFlags.Value | ts.SymbolFlags.Alias))) continue;
      const value = member.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(member) : member;
      if (!(value.flags & ts.SymbolFlags.Value)) continue;
      const optional = Boolean(member.flags & ts.SymbolFlags.Optional);
      if (!optional) members.push([expression, member.name]);
      if (member.name === 'prototype') walk(checker.getTypeOfSymbol(member), `${expression}.prototype`);
      // What is a member of a prototype is only known of what was made with it.
      else if (!expression.endsWith('.prototype')) walk(checker.getTypeOfSymbol(value), `${expression}[${JSON.stringify(member.name)}]`);
    }
    for (const made of type.getConstructSignatures()) walk(made.getReturnType(), `${expression}.prototype`);
  };
  const globals = checker.getSymbolsInScope(program.getSourceFile(join(sdk, 'globals.d.ts')), ts.SymbolFlags.Value)
    // `global` is all of them again, and a module is no global of its name.
    .filter((symbol) => isOurs(symbol) && symbol.name !== 'global' && !symbol.name.startsWith('"'));
  for (const global of globals) walk(checker.getTypeOfSymbol(global), global.name);
  const modules = checker.getAmbientModules();
  for (const module of modules) {
    const expression = `require(${module.name})`;
    const whole = module.exports.get(ts.InternalSymbolName.ExportEquals);
    if (whole) {
      const value = whole.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(whole) : whole;
      walk(checker.getTypeOfSymbol(value), expression);
    } else {
      for (const member of checker.getExportsOfModule(module)) {
        const value = member.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(member) : member;
        if (!(value.flags & ts.SymbolFlags.Value)) continue;
        members.push([expression, member.name]);
        walk(checker.getTypeOfSymbol(value), `${expression}[${JSON.stringify(member.name)}]`);
      }
    }
  }
  const names = (list) => list.map(({ name }) => name.replaceAll('"', '')).sort();
  return { globals: names(globals), modules: names(modules), members };
}
