// Details of the language that older code relies on.
t('spread a string', () => [{ ...'ab' }, { ...'' }, { ...'a😀', b: 1 }, { x: 1, ...'yz', 0: 'q' }, { ...new String('ab') }]);
t('spread others', () => [{ ...null }, { ...undefined }, { ...5 }, { ...true }, { ...Symbol.iterator }, { ...1n }, { ...[1, 2] }, { ...(() => 1) }, { ...new Map([[1, 2]]) }, { ...new Date(0) }]);
t('spread and rest', () => { const { 0: a, ...r } = 'xyz'; return [a, r] });
t('spread getters', () => { let n = 0; const o = { get a() { n++; return 1 } }; return [{ ...o, ...o }, n] });
t('spread proxies', () => { const l = []; const p = new Proxy({ a: 1 }, { ownKeys(x) { l.push('keys'); return Reflect.ownKeys(x) }, get(x, k) { l.push(String(k)); return x[k] } }); return [{ ...p }, l] });

const after = (run) => { run(); return [RegExp.$1, RegExp.$2, RegExp.$9, RegExp.lastMatch, RegExp['$&'], RegExp.lastParen, RegExp['$+'], RegExp.leftContext, RegExp['$`'], RegExp.rightContext, RegExp["$'"], RegExp.input, RegExp.$_] };
t('exec', () => after(() => /(b)(c)?/.exec('abd')));
t('test', () => after(() => /x(y)z/.test('-xyz-')));
t('match', () => after(() => 'hello world'.match(/o(.)/)));
t('match all of them', () => after(() => 'hello world'.match(/o(.)/g)));
t('replace', () => after(() => 'john smith'.replace(/(\w+) (\w+)/, '$2 $1')));
t('replace in a callback', () => 'a1b2'.replace(/([a-z])(\d)/g, () => RegExp.$2 + RegExp.$1));
t('replace with nothing', () => after(() => 'banana'.replace(/n(a)/g, '')));
t('search', () => after(() => 'abc'.search(/(c)/)));
t('split', () => after(() => 'a-b-c'.split(/(-)/)));
t('no match keeps the last', () => { /(a)/.exec('xay'); /q/.exec('xay'); return [RegExp.$1, RegExp.lastMatch] });
t('nine groups', () => { /(1)(2)(3)(4)(5)(6)(7)(8)(9)(0)/.exec('1234567890'); return [RegExp.$1, RegExp.$9, RegExp.lastParen] });
t('wide', () => after(() => /(ü)(😀)/u.exec('aü😀b')));
t('setting does nothing', () => { /(a)/.exec('a'); RegExp.$1 = 'z'; return RegExp.$1 });

t('joined cycles', () => { const a = [1]; a.push(a); a.push(2); return [String(a), a.join('-'), `${a}`, a + '', a.toString()] });
t('joined cycles of two', () => { const a = ['a'], b = ['b', a]; a.push(b); return [String(a), String(b)] });
t('joined twice is no cycle', () => { const b = [1, 2]; return String([b, b]) });
t('joined after an error', () => { const a = [{ toString() { throw new Error('x') } }]; try { String(a) } catch {} a[0] = 1; return String(a) });
t('localised cycles', () => { const a = [1]; a.push(a); return a.toLocaleString('en-US') });

t('many alternatives with names', () => [3, 100, 254, 255, 256, 300].map((n) => { try { return new RegExp(['(?<a>X)', ...Array(n).fill('z'), '(?<b>Y)'].join('|')).exec('Y').groups.b } catch (e) { return e.name } }));
t('many alternatives with the same name', () => [3, 254, 255, 300].map((n) => { try { return new RegExp(['(?<a>X)', ...Array(n).fill('z'), '(?<a>Y)'].join('|')).test('Y') } catch (e) { return e.message.slice(-28) } }));

const plain = (n) => (n ? 1 + plain(n - 1) : 0);
const mapped = (n) => (n ? [n].map((x) => mapped(x - 1))[0] : 'bottom');
t('plain recursion', () => [1000, 3000, 5000].map(plain));
t('recursion through map', () => [500, 1000, 2000].map(mapped));
t('recursion without end', () => { let n = 0; const f = () => { n++; f() }; try { f() } catch (e) { return [e instanceof RangeError, e.name, e.message, n > 5000] } });
t('recursion without end through a getter', () => { const o = { get a() { return this.a } }; return o.a });
t('recursion without end, and on', () => { const f = () => f() + 1; for (let i = 0; i < 3; i++) try { f() } catch {} return plain(1000) });
t('recursion of methods', () => { class A { m(n) { return n ? this.m(n - 1) : 'done' } } return new A().m(4000) });
t('recursion of constructors', () => { class A { constructor(n) { this.n = n && new A(n - 1) } } let d = 0; for (let a = new A(1500); a.n; a = a.n) d++; return d });
t('recursion with many locals', () => { const f = (n) => { const a = n, b = n + 1, c = n + 2, d = [a, b, c]; return n ? f(n - 1) + d.length - 3 : 0 }; return f(3000) });
await ta('recursion of async functions', async () => { const f = async (n) => (n ? 1 + await f(n - 1) : 0); return f(1000) });
t('sorted within a sort', () => { const f = (n) => { [2, 1].sort(() => { if (n) f(n - 1); return 0 }); return n }; return f(500) });
t('replaced within a replace', () => { const f = (n) => 'x'.replace(/x/, () => (n ? f(n - 1) : 'y')); return f(500) });
t('source nested deeply', () => [50, 500].map((n) => new Function(`return ${'['.repeat(n)}1${']'.repeat(n)}.flat(Infinity)[0]`)()));
t('parentheses nested deeply', () => new Function(`return ${'('.repeat(400)}7${')'.repeat(400)}`)());

t('sorted by what is true or false', () => [5, 2, 8, 1, 9, 3].sort((a, b) => a > b));
t('sorted by what contradicts itself', () => [[5, 2, 8, 1, 9, 3].sort(() => -1), [5, 2, 8, 1].sort(() => 1), [3, 1, 2].sort(() => 0), [5, 3, 4].sort((a, b) => a < b), ['b', 'a'].sort(() => NaN)]);
t('many sorted by what is true or false', () => { const a = Array.from({ length: 200 }, (_, i) => (i * 7919) % 211); return a.slice().sort((x, y) => x > y).join() === a.join() });
t('sorted and stable', () => Array.from({ length: 300 }, (_, i) => ({ k: (i * 7919) % 7, i })).sort((a, b) => a.k - b.k).map((x) => x.i).join());
t('what a comparison is given', () => { const l = []; [3, 1, 2].sort((a, b) => { l.push([a, b]); return a - b }); return l });
t('sorted with holes', () => [[, 3, undefined, 1, , 2].sort(), [3, , 1].toSorted?.()]);
