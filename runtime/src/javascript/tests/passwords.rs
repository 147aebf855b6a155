//! The packages that hash passwords, which are built in: they answer as the packages of npm do, for functions that name them. `passwords/`
//! has the questions, the answers of npm's packages, and the script that asked them.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::FunctionDigest;
use crate::modules::{Asks, Form, Lead, Linked, Modules, NoLead, Node};

const CHECKS: &str = include_str!("passwords/checks.js");
const VECTORS: &str = include_str!("passwords/vectors.json");

/// The packages that a function names, and the checks.
#[derive(Debug)]
struct Named(&'static [&'static str]);

impl Modules for Named {
    fn resolve(&self, _: &str, name: &str, _: Asks) -> Result<Lead, NoLead> {
        match name {
            "./checks" => Ok(Lead::File("/checks.js".to_owned(), Form::CommonJs)),
            name if self.0.contains(&name) => Ok(Lead::BuiltIn(name.to_owned())),
            name => Err(NoLead { code: "MODULE_NOT_FOUND", message: format!("Cannot find module '{name}'") }),
        }
    }

    fn read(&self, path: &str) -> Option<(Form, Bytes)> {
        (path == "/checks.js").then(|| (Form::CommonJs, Bytes::from_static(CHECKS.as_bytes())))
    }

    fn look(&self, _: &str) -> Option<Node> {
        None
    }

    fn digest(&self) -> FunctionDigest {
        FunctionDigest::of(format!("{:?}", self.0).as_bytes())
    }

    fn expected(&self) -> Vec<(String, Form)> {
        Vec::new()
    }
}

async fn naming(packages: &'static [&'static str], text: &str) -> PreparedHook {
    let world = world().await;
    let files = Some(Arc::new(Linked::new(Arc::new(Named(packages)), Default::default(), Box::new(|_| None))));
    let source = Source { text: text.into(), main: MAIN.into(), entries: &["handler"], node_major: 22, files: files.clone() };
    let Evaluated { image, reads, .. } = evaluate(&world.sandbox, &world.engine, &world.base, &source, Arc::default()).await.unwrap();
    let deployed =
        Deployed { engine: world.engine.clone(), image, evaluate: None, serves: false, reads, files, startup_log: StartupLog::default() };
    PreparedHook { shape: Shape::JavaScript(Box::new(deployed)) }
}

async fn executed(hook: &PreparedHook, context: &str) -> Execution {
    let limits = Limits { fuel: 20_000_000_000, memory_bytes: 128 << 20 };
    let deadline = Instant::now() + Duration::from_secs(300);
    world().await.sandbox.execute(hook, Invocation { limits, deadline, ..invocation(context) }).await
}

async fn returned(packages: &'static [&'static str], text: &str, context: &str) -> Value {
    let execution = executed(&naming(packages, text).await, context).await;
    serde_json::from_str(execution.result.unwrap_or_else(|failure| panic!("{failure:?}")).get()).unwrap()
}

async fn answers_as_on_node(package: &'static [&'static str]) {
    let vectors: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_str(VECTORS).unwrap();
    let source = "exports.handler = (name) => require('./checks')(name, require(name))";
    let found = returned(package, source, &json!(package[0]).to_string()).await;
    let expected = &vectors[package[0]];
    assert_eq!(found.as_object().unwrap().len(), expected.len());
    let differing: Vec<_> = expected.iter().filter(|(check, answer)| found[check.as_str()] != **answer).collect();
    let told: Vec<_> = differing.iter().map(|(check, answer)| format!("{check}:\n  {answer}\n  {}", found[check.as_str()])).collect();
    assert!(told.is_empty(), "{} differ\n{}", told.len(), told.join("\n"));
}

#[tokio::test]
async fn bcrypt_answers_as_on_node() {
    answers_as_on_node(&["bcrypt"]).await;
}

#[tokio::test]
async fn bcryptjs_answers_as_on_node() {
    answers_as_on_node(&["bcryptjs"]).await;
}

#[tokio::test]
async fn bcryptjs_2_answers_as_on_node() {
    answers_as_on_node(&["bcryptjs@2"]).await;
}

#[tokio::test]
async fn argon2_answers_as_on_node() {
    answers_as_on_node(&["argon2"]).await;
}

#[tokio::test]
async fn they_are_there_for_those_who_name_them() {
    let source = "const found = (name) => { try { return typeof require(name) } catch (error) { return error.code } };
        exports.handler = async () => [...['bcrypt', 'bcryptjs', 'argon2', 'node:bcrypt'].map(found), require('module').isBuiltin('bcrypt'),
            require('module').builtinModules.includes('bcrypt'), process.getBuiltinModule('bcrypt') === undefined,
            await import('bcrypt').then(() => 'imported', (error) => error.code), await import('argon2').then(() => 'imported', (error) => error.code)]";
    assert_eq!(
        returned(&["bcrypt"], source, "{}").await,
        json!([
            "object",
            "MODULE_NOT_FOUND",
            "MODULE_NOT_FOUND",
            "ERR_UNKNOWN_BUILTIN_MODULE",
            false,
            false,
            true,
            "imported",
            "MODULE_NOT_FOUND"
        ])
    );
    assert!(rejection("require('bcrypt')").await.contains("Cannot find module 'bcrypt'"));
}

#[tokio::test]
async fn modules_import_them() {
    let source = "import bcrypt, { hash, compareSync } from 'bcrypt'; import js, { truncates } from 'bcryptjs'; import * as argon2 from 'argon2';
        export const handler = async () => [bcrypt.hash === hash, compareSync('a', await hash('a', 4)), js.truncates === truncates, Object.keys(argon2),
            argon2.default.hash === argon2.hash, import.meta.resolve('bcrypt'), (await import('bcryptjs')).default === js]";
    assert_eq!(
        returned(&["bcrypt", "bcryptjs", "argon2"], source, "{}").await,
        json!([true, true, true, ["argon2d", "argon2i", "argon2id", "default", "hash", "needsRehash", "verify"], true, "bcrypt", true])
    );
}

#[tokio::test]
async fn what_costs_too_much_is_refused_by_name() {
    let source = "const told = async (call) => { try { return await call() } catch (error) { return [error instanceof Error, error.message] } };
        const bcrypt = require('bcrypt'), js = require('bcryptjs'), argon2 = require('argon2'), salt = '$2b$15$abcdefghijklmnopqrstuu';
        exports.handler = async () => [await told(() => bcrypt.hashSync('a', 15)), await told(() => bcrypt.compare('a', `${salt}${'a'.repeat(31)}`)),
            await told(() => new Promise((resolve) => bcrypt.hash('a', 20, resolve)).then((error) => error.message)), await told(() => js.hash('a', salt)),
            await told(() => argon2.hash('a', { memoryCost: 1 << 16, timeCost: 17 })), await told(() => argon2.hash('a', { memoryCost: 1 << 18 })),
            await told(() => argon2.hash('a', { version: 18 })), await told(() => argon2.hash('a', { associatedData: Buffer.alloc(33) }))]";
    let refused = |message: &str| json!([true, message]);
    let bcrypt = "bcrypt with a cost of 15 is more than one call may ask for: at most 14";
    let found = returned(&["bcrypt", "bcryptjs", "argon2"], source, "{}").await;
    assert_eq!(found[0], refused(bcrypt));
    assert_eq!(found[1], refused(bcrypt));
    assert_eq!(found[2], bcrypt.replace("15", "20"));
    assert_eq!(found[3], refused(bcrypt));
    let argon2 =
        "argon2 with memoryCost=65536 and timeCost=17 is more than one call may ask for: at most 1048576 for memoryCost times timeCost";
    assert_eq!(found[4], refused(argon2));
    let memory = found[5][1].as_str().unwrap();
    assert!(
        memory.starts_with("argon2 with memoryCost=262144 needs 256 MiB, and the hook's memory limit (limits.memory_mib) leaves 1"),
        "{memory}"
    );
    assert_eq!(found[6], refused("argon2 is computed in the versions 16 and 19, not 18"));
    assert_eq!(found[7], refused("argon2 takes 32 bytes of associated data at most, not 33"));
}

/// A login's worth: the package's own costs.
#[tokio::test]
async fn what_they_cost() {
    let source = "const packages = { bcrypt: require('bcrypt'), bcryptjs: require('bcryptjs'), argon2: require('argon2') };
        exports.handler = async ([name, hash]) => (name === 'argon2' ? packages.argon2.verify(hash, 'password') : packages[name].compare('password', hash))";
    let hook = naming(&["bcrypt", "bcryptjs", "argon2"], source).await;
    let ten = "$2b$10$abcdefghijklmnopqrstuu5Lo0g67CiD3M4RpN1BmBb4Crp5w7dbK";
    let defaults = "$argon2id$v=19$m=65536,p=4,t=3$c2FsdHNhbHRzYWx0c2FsdA$rBWULD5jOGpQy32rLvGcmvQMVqIVNAmrCtekWvUA8bw";
    for (name, hash, fuel) in [("bcrypt", ten, 197_000_000), ("bcryptjs", ten, 197_000_000), ("argon2", defaults, 566_000_000)] {
        let Execution { result, usage, .. } = executed(&hook, &json!([name, hash]).to_string()).await;
        assert_eq!(result.unwrap().get(), "true", "{name}");
        assert!((fuel - 3_000_000..fuel).contains(&usage.fuel), "{name}: {}", usage.fuel);
    }
}
