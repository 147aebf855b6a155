//! What is left of a source without its types, and what is refused with its place.

use super::*;

/// What is left of a source, with the places that hold spaces only left out.
fn left(source: &str) -> String {
    let javascript = stripped(source).unwrap_or_else(|fault| panic!("{source}: {fault:?}"));
    assert_eq!(javascript.chars().count(), source.chars().count(), "{source}: every character keeps its place");
    let newlines =
        |text: &str| text.char_indices().filter(|(_, c)| *c == '\n').map(|(at, _)| text[..at].chars().count()).collect::<Vec<_>>();
    assert_eq!(newlines(&javascript), newlines(source), "{source}: every line stays");
    javascript.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn types_become_spaces() {
    for (source, javascript) in [
        ("const a: number = 1;", "const a = 1;"),
        ("let a!: string, b: Map<string, number[]>;", "let a , b ;"),
        ("function f<T extends object>(a: T, b?: string, ...c: T[]): asserts a is T {}", "function f (a , b , ...c ) {}"),
        ("function f(this: Window, a = 1 as number) {}", "function f( a = 1 ) {}"),
        ("function f(this: Window) {}", "function f( ) {}"),
        ("const f = async <T,>(a: T): Promise<T> => a;", "const f = async (a ) => a;"),
        ("f<string>(x)!.y satisfies Z;", "f (x) .y ;"),
        ("new Map<string, Array<Array<number>>>();", "new Map ();"),
        ("(a as any) = b!; (c satisfies D)[0]++", "(a ) = b ; (c )[0]++"),
        ("try {} catch (e: unknown) {}", "try {} catch (e ) {}"),
        ("for (const a of b as string[]) {}", "for (const a of b ) {}"),
        ("const { a, b }: { a: 1; b: 2 } = c;", "const { a, b } = c;"),
        ("label: for (;;) { break label }", "label: for (;;) { break label }"),
        ("const x = a ? (b) : c => d;", "const x = a ? (b) : c => d;"),
        ("const x = a < b || c > (d as number);", "const x = a < b || c > (d );"),
        ("type A = { b: string }; const c = 1", "; const c = 1"),
        ("interface A extends B<C> { d(): void }\nconst e = 1", "; const e = 1"),
        ("declare const a: string; declare function f(): void; declare class D {}", "; ; ;"),
        ("declare module 'x' { export const y: 1 }\ndeclare global { interface Window {} }", "; ;"),
        ("declare enum E { A }\ndeclare namespace N { const a: 1 }", "; ;"),
        ("export namespace N { export type A = 1; interface B {} }\nnamespace C.D { type E = 1 }", "; ;"),
        ("function f(a: string): void;\nfunction f(a: any) { return a }", "; function f(a ) { return a }"),
        ("export default interface A {}\nexport type { B } from 'b';\nexport type C = 1;", "; ; ;"),
        ("import type { A } from 'a';\nimport { type B, c, type D } from 'b';", "; import { c, } from 'b';"),
        ("export { type A, b }; export { c, type D as E } from 'f'", "export { b }; export { c, } from 'f'"),
        ("const a = 'é😀' as string; const é: /* 😀 */ number = 2", "const a = 'é😀' ; const é = 2"),
    ] {
        assert_eq!(left(source), javascript, "{source}");
    }
}

#[test]
fn classes_keep_what_runs() {
    for (source, javascript) in [
        ("class A<T> extends B<T> implements C, D<E> { }", "class A extends B { }"),
        ("abstract class A { abstract b(): void; abstract c: string; d() {} }", "class A { ; ; d() {} }"),
        ("class A { private readonly a: string = ''; protected static b?: number; c!: D }", "class A { ; a = ''; ; static b ; c }"),
        ("class A { declare a: string; [key: string]: unknown; b = 1 }", "class A { ; ; b = 1 }"),
        ("class A { public async *f?<T>(a: T): AsyncGenerator<T> {} }", "class A { ; async *f (a ) {} }"),
        ("class A { override get a(): number { return 1 } set a(b: number) {} }", "class A { ; get a() { return 1 } set a(b ) {} }"),
        (
            "class A { f(a: string): void; f(a: any) {} constructor(a: string); constructor(a?: any) {} }",
            "class A { ; f(a ) {} ; constructor(a ) {} }",
        ),
        ("class A { readonly = 1; private() {} }", "class A { readonly = 1; private() {} }"),
        ("class A { private ['a']: string; readonly #b: number = 1 }", "class A { ; ['a'] ; ; #b = 1 }"),
        ("export default abstract class A { }", "export default class A { }"),
    ] {
        assert_eq!(left(source), javascript, "{source}");
    }
}

/// Where a line ended a statement before, it does so without the types.
#[test]
fn no_line_goes_on_with_the_one_before() {
    for (source, javascript) in [
        ("const a = b as C\n(d)", "const a = b ; (d)"),
        ("const a = b!\n[0].x", "const a = b [0].x"),
        ("a satisfies B\n`c`", "a ; `c`"),
        ("const a = b\ntype C = 1\n;(d)", "const a = b ; (d)"),
        ("const a = b\ninterface C {}\n(d)", "const a = b ; (d)"),
        ("class A { b = 1 as C\n['d'] = 2 }", "class A { b = 1 ; ['d'] = 2 }"),
        ("class A { b = 1\n private ['d'] = 2 }", "class A { b = 1 ; ['d'] = 2 }"),
        ("class A { get: string\n b() {} }", "class A { get; b() {} }"),
        ("const a = (b: C): {\n d: 1\n} => b", "const a = (b ) => b"),
        ("function f() { return <\n T\n>(a: T) => a }", "function f() { return ( a ) => a }"),
        ("const a = b as C\n  .d", "const a = b"),
    ] {
        assert_eq!(left(source).replace(" ;", ";"), javascript.replace(" ;", ";"), "{source}");
    }
}

#[test]
fn what_is_more_than_types_is_refused_with_its_place() {
    for (source, place, says) in [
        ("const a = 1;\nenum E { A }", "hook.ts:2:1: ", "an enum is more than types"),
        ("export const enum E { A }", "hook.ts:1:8: ", "an enum"),
        ("namespace N { export const a = 1 }", "hook.ts:1:1: ", "a namespace"),
        ("class A {\n  constructor(private a: string) {}\n}", "hook.ts:2:15: ", "a parameter property"),
        ("import a = require('a')", "hook.ts:1:1: ", "`import ... =`"),
        ("export = 1", "hook.ts:1:1: ", "`export =`"),
        ("const a = <string>b;", "hook.ts:1:11: ", "use `... as string`"),
        ("@a class B {}", "hook.ts:1:1: ", "a decorator"),
        ("const a: = 1", "hook.ts:1:", "SyntaxError"),
    ] {
        let said = strip(Path::new("hook.ts"), source).unwrap_err().to_string();
        assert!(said.starts_with(place) && said.contains(says) && said.contains(" | "), "{source}: {said}");
    }
}

#[test]
fn javascript_stays_as_it_is() {
    for source in [
        "exports.handler = async (c) => ({ success: c.a < 1 && c.b > 2 })",
        "import { createHash } from 'crypto'; export default async () => null;",
        "const type = 1, as = type, declare = as; label: { break label }",
        "if (a) return; with_(b)",
    ] {
        assert_eq!(stripped(source).unwrap(), source);
    }
}
