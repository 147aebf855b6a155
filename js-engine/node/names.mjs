// Keeps what functions and classes are called through bundling. A bundler renames what would clash with another file's or with a global
// (`Buffer2`), and authors would see that. esbuild can give each its name back with a call of `__name`, which costs time wherever a function
// is made; here those calls are taken out again where the name comes out right without, which is nearly everywhere.
import { parse } from 'acorn';
import { ancestor, full } from 'acorn-walk';

const HELPER = '__name';
const ANONYMOUS = new Set(['FunctionExpression', 'ArrowFunctionExpression', 'ClassExpression']);

const RESERVED = new Set('default delete return catch throw try if in with for function class new void typeof var enum do case else switch let static yield await'.split(' '));

const key = (node) => (node.computed ? undefined : (node.key.name ?? String(node.key.value)));

// The name that an anonymous function gets from what it is assigned to.
function inferred(node, parent) {
  switch (parent?.type) {
    case 'VariableDeclarator': return parent.init === node ? parent.id.name : undefined;
    case 'AssignmentExpression': return parent.right === node ? parent.left.name : undefined;
    case 'AssignmentPattern': return parent.right === node ? parent.left.name : undefined;
    case 'Property': case 'PropertyDefinition': return parent.value === node ? key(parent) : undefined;
    default: return undefined;
  }
}

// Whether an expression may get this name for itself: nothing in it means something else by it.
function mayBeNamed(node, name) {
  if (node.type !== 'FunctionExpression' || !/^[A-Za-z_$][\w$]*$/.test(name) || RESERVED.has(name)) return false;
  let free = true;
  const meant = ({ name: other }) => { if (other === name) free = false; };
  full(node, (each) => { if (each.type === 'Identifier' || each.type === 'VariablePattern') meant(each); });
  return free;
}

// The name that the argument of the call has without it.
function natural(call, ancestors, declared) {
  const [target] = call.arguments;
  const parent = ancestors.at(-2);
  if (target.type === 'ThisExpression') {
    const at = ancestors.findLastIndex((node) => /^Class(Declaration|Expression)$/.test(node.type));
    return ancestors[at].id?.name ?? inferred(ancestors[at], ancestors[at - 1]);
  }
  if (target.type === 'Identifier') return declared.has(target.name) ? target.name : undefined;
  if (!ANONYMOUS.has(target.type)) return undefined;
  return target.id ? target.id.name : inferred(call, parent);
}

export function withOwnNames(text) {
  const tree = parse(text, { ecmaVersion: 'latest' });
  const declared = new Set();
  const edits = [];
  ancestor(tree, { FunctionDeclaration: (node) => declared.add(node.id.name) });
  ancestor(tree, {
    CallExpression(call, _, ancestors) {
      if (call.callee.name !== HELPER) return;
      const [target, { value }] = call.arguments;
      if (natural(call, ancestors, declared) !== value) {
        if (target.id !== null || !mayBeNamed(target, value)) return;
        const at = target.start + text.slice(target.start).search(/\(/);
        edits.push([call.start, target.start, '('], [at, at, ` ${value}`], [target.end, call.end, ')']);
        return;
      }
      const statement = ancestors.findLast((node) => /Statement$|^StaticBlock$/.test(node.type));
      if (target.type === 'ThisExpression') {
        const block = ancestors.findLast((node) => node.type === 'StaticBlock');
        const only = block.body.length === 1 && block.body[0].expression === call;
        edits.push(only ? [block.start, block.end, ''] : [call.start, call.end, '0']);
      } else if (target.type === 'Identifier') {
        edits.push(statement.expression === call ? [statement.start, statement.end, ';'] : [call.start, call.end, target.name]);
      } else {
        // What is inside may hold calls of its own, so only what is around it goes.
        const [open, close] = target.id ? ['(', ')'] : ['', ''];
        edits.push([call.start, target.start, open], [target.end, call.end, close]);
      }
    },
  });
  edits.sort((a, b) => b[0] - a[0]);
  let end = Infinity;
  for (const [from, to, replacement] of edits) {
    if (to > end) throw new Error(`edits overlap at ${from}`);
    end = from;
    text = text.slice(0, from) + replacement + text.slice(to);
  }
  return text;
}
