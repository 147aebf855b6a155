//! Functions that are made of several files: how they find each other, in both module systems, compiled beforehand and not.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::*;
use crate::FunctionDigest;
use crate::modules::{Asks, Form, Lead, Linked, Modules, NoLead, Node};

/// Files by their paths. Names lead to them by the plainest rules.
#[derive(Debug)]
struct Tree(Vec<(&'static str, &'static str)>);

impl Tree {
    fn form(path: &str) -> Form {
        match path.rsplit('.').next() {
            Some("mjs") => Form::Module,
            Some("json") => Form::Json,
            Some("node") => Form::Addon,
            _ => Form::CommonJs,
        }
    }
}

impl Modules for Tree {
    fn resolve(&self, from: &str, name: &str, asks: Asks) -> Result<Lead, NoLead> {
        if name == "built-in" {
            return Ok(Lead::BuiltIn("path".to_owned()));
        }
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = match (name.strip_prefix("./"), name.starts_with('/')) {
            (Some(file), _) => format!("{folder}/{file}"),
            (None, true) => name.to_owned(),
            (None, false) => format!("/node_modules/{name}"),
        };
        let entry = format!("{path}/index.{}", if asks == Asks::Import { "mjs" } else { "js" });
        let found = [path.clone(), format!("{path}.js"), entry, format!("{path}/index.js"), format!("{path}/index.mjs")];
        let found = found.into_iter().find(|path| self.0.iter().any(|(other, _)| other == path));
        let found = found.map(|path| (Self::form(&path), path)).map(|(form, path)| Lead::File(path, form));
        found.ok_or(NoLead { code: "MODULE_NOT_FOUND", message: format!("Cannot find module '{name}'") })
    }

    fn read(&self, path: &str) -> Option<(Form, Bytes)> {
        let (path, text) = self.0.iter().find(|(other, _)| *other == path)?;
        Some((Self::form(path), Bytes::from_static(text.as_bytes())))
    }

    fn look(&self, path: &str) -> Option<Node> {
        if let Some((_, text)) = self.0.iter().find(|(other, _)| *other == path) {
            return Some(Node::File(text.len() as u64));
        }
        let prefix = format!("{}/", path.trim_end_matches('/'));
        let rest = self.0.iter().filter_map(|(other, _)| other.strip_prefix(&prefix));
        let names: std::collections::BTreeSet<String> =
            rest.map(|rest| rest.split_once('/').map_or(rest.to_owned(), |(folder, _)| format!("{folder}/"))).collect();
        (!names.is_empty()).then(|| Node::Folder(names.into_iter().collect()))
    }

    fn digest(&self) -> FunctionDigest {
        FunctionDigest::of(format!("{:?}", self.0).as_bytes())
    }

    fn expected(&self) -> Vec<(String, Form)> {
        self.0.iter().map(|(path, _)| ((*path).to_owned(), Self::form(path))).collect()
    }
}

/// Deploys a source with files, with their code compiled or not.
async fn deployed(text: &str, files: Vec<(&'static str, &'static str)>, compile: bool) -> Result<PreparedHook, AdmissionError> {
    let world = world().await;
    let tree = Tree(files);
    let (mut names, mut codes) = (BTreeMap::new(), BTreeMap::new());
    for (path, form) in tree.expected().into_iter().filter(|(path, form)| compile && form.is_code() && !path.ends_with(".txt")) {
        let (_, text) = tree.read(&path).unwrap();
        let name = code_key(FunctionDigest::of(b"engine"), &path, form, &text);
        let code = compile_file(&world.sandbox, &world.engine, &world.base, &path, form, &text).await;
        assert_eq!(code.is_ok(), !path.contains("syntax"), "{path}: {code:?}");
        if let Ok(code) = code {
            codes.insert(name.to_hex(), code);
            names.insert(path, name);
        }
    }
    let files = Some(Arc::new(Linked::new(Arc::new(tree), names, Box::new(move |name| codes.get(&name.to_hex()).cloned()))));
    let source = Source { text: text.into(), main: MAIN.into(), entries: &["handler"], node_major: 22, files: files.clone() };
    let Evaluated { image, reads, .. } = evaluate(&world.sandbox, &world.engine, &world.base, &source, Arc::default()).await?;
    assert_eq!(reads.fleeting, None);
    let startup_log = StartupLog::default();
    let deployed = Deployed { engine: world.engine.clone(), image, evaluate: None, serves: false, reads, files, startup_log };
    Ok(PreparedHook { shape: Shape::JavaScript(Box::new(deployed)) })
}

/// What a function of several files returns: the same whether they were compiled beforehand or not.
async fn returned(text: &str, files: &[(&'static str, &'static str)]) -> String {
    let mut results = Vec::new();
    for compile in [true, false] {
        let hook = deployed(text, files.to_vec(), compile).await.unwrap();
        let execution = call(&hook, "{}").await;
        results.push(execution.result.unwrap_or_else(|failure| panic!("{failure:?}")).get().to_owned());
    }
    assert_eq!(results[0], results[1], "compiled beforehand and not");
    results.pop().unwrap()
}

#[tokio::test]
async fn files_require_each_other() {
    let files = [
        ("/node_modules/a/index.js", "exports.name = 'a'; exports.b = require('b').name; exports.late = () => require('./late').value;"),
        ("/node_modules/a/late.js", "module.exports = { value: require('./data.json').list.length, file: __filename, folder: __dirname };"),
        ("/node_modules/a/data.json", "\u{feff}{\"list\": [1, 2, 3]}"),
        ("/node_modules/b/index.js", "#!/usr/bin/env node\nconst a = require('a'); exports.name = `b after ${a.name} ${a.b}`;"),
    ];
    let source = "const a = require('a');
        exports.handler = () => ({ name: a.name, b: a.b, late: a.late(), same: require('a') === a, path: require('built-in') === require('path'),
            file: require('a/late').file, folder: require('a/late').folder, resolved: require.resolve('b'),
            cached: Object.keys(require.cache), loaded: require.cache['/node_modules/a/index.js'].loaded,
            children: require.cache['/node_modules/a/index.js'].children.map((child) => child.id) })";
    assert_eq!(
        returned(source, &files).await,
        concat!(
            r#"{"name":"a","b":"b after a undefined","late":3,"same":true,"path":true,"file":"/node_modules/a/late.js","folder":"/node_modules/a","#,
            r#""resolved":"/node_modules/b/index.js","cached":["/node_modules/a/index.js","/node_modules/b/index.js","/node_modules/a/late.js","#,
            r#""/node_modules/a/data.json"],"loaded":true,"children":["/node_modules/b/index.js","/node_modules/a/late.js"]}"#
        )
    );
}

#[tokio::test]
async fn both_module_systems_load_each_other() {
    let files = [
        ("/node_modules/common/index.js", "module.exports = { one: 1, two: 2 };"),
        (
            "/node_modules/modern/index.mjs",
            "import common, { two } from 'common'; import { sep } from 'node:path'; export default common.one + two; export const named = sep + import.meta.url;",
        ),
        ("/node_modules/plain/index.mjs", "export const only = 'named';"),
        ("/node_modules/waits/index.mjs", "await null; export default 1;"),
    ];
    let source = "const modern = require('modern'), plain = require('plain'); let code; try { require('waits') } catch (error) { code = error.code }
        exports.handler = async () => {
            const imported = await import('modern'), late = await import('waits');
            return [modern.default, modern.named, modern.__esModule, imported.default, plain.only, plain.__esModule ?? null, late.default, code]
        }";
    assert_eq!(
        returned(source, &files).await,
        r#"[3,"/file:///node_modules/modern/index.mjs",true,3,"named",null,1,"ERR_REQUIRE_ASYNC_MODULE"]"#
    );
    let source = "import modern, { named } from 'modern'; import { one } from 'common'; import { readFileSync } from 'fs'; import data from './data.json' with { type: 'json' };
        export const handler = async () => [modern, named.length, one, typeof readFileSync, data.here, (await import('./data.json', { with: { type: 'json' } })).default.here, import.meta.filename]";
    let files = [files[0], files[1], ("/data.json", "{\"here\": true}")];
    assert_eq!(returned(source, &files).await, r#"[3,38,1,"function",true,true,"/hook.js"]"#);
}

#[tokio::test]
async fn what_is_missing_or_broken_says_so() {
    let files = [
        ("/node_modules/asks/index.js", "module.exports = require('absent');"),
        ("/node_modules/throws/index.js", "\n\n  throw new TypeError('at load');"),
        ("/node_modules/syntax/index.js", "const a = ;"),
        ("/node_modules/json/index.json", "{"),
        ("/node_modules/machine/index.node", "\u{7f}ELF"),
        (
            "/node_modules/again/index.js",
            "globalThis.times = (globalThis.times ?? 0) + 1; if (times === 1) throw new Error('once'); exports.times = times;",
        ),
        ("/node_modules/circle/index.js", "exports.early = require('ring').early;"),
        ("/node_modules/ring/index.mjs", "import circle from 'circle'; export const early = circle.early;"),
    ];
    let source = "const of = (name) => { try { return require(name) } catch ({ code, message, requireStack, stack }) { return [code, message, requireStack, stack.split('\\n')[1]?.trim()] } };
        const found = ['asks', 'throws', 'syntax', 'json/index.json', 'machine/index.node', 'again', 'again'].map(of);
        exports.handler = () => found";
    let found = returned(source, &files[..6]).await;
    let found: Vec<serde_json::Value> = serde_json::from_str(&found).unwrap();
    assert_eq!(found[0][0], "MODULE_NOT_FOUND");
    assert_eq!(found[0][1], "Cannot find module 'absent'\nRequire stack:\n- /node_modules/asks/index.js\n- /hook.js");
    assert_eq!(found[0][2], serde_json::json!(["/node_modules/asks/index.js", "/hook.js"]));
    assert_eq!(
        (&found[1][1], found[1][3].as_str().unwrap()),
        (&"at load".into(), "at Object.<anonymous> (/node_modules/throws/index.js:3:9)")
    );
    assert!(found[2][1].as_str().unwrap().contains("Unexpected token"), "{}", found[2]);
    assert!(found[3][1].as_str().unwrap().starts_with("/node_modules/json/index.json: "), "{}", found[3]);
    assert_eq!(found[4][0], "ERR_DLOPEN_FAILED");
    assert_eq!((&found[5][1], &found[6]), (&"once".into(), &serde_json::json!({"times": 2})));

    let circle = deployed("const ring = require('ring'); exports.handler = () => ring", files[6..].to_vec(), true).await;
    let refused = circle.map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("Cannot require() ES Module /node_modules/ring/index.mjs in a cycle"), "{refused}");
    assert!(rejection("require('axios')").await.contains("name what it needs in `packages`"));
    assert!(rejection("import axios from 'axios'; export const handler = axios").await.contains("Cannot find"));
}

#[tokio::test]
async fn a_place_in_a_file_is_named() {
    let files = vec![(
        "/node_modules/deep/index.js",
        "exports.fail = () => {\n  throw new Error('deep down')\n}; exports.text = exports.fail.toString();",
    )];
    let hook = deployed("const deep = require('deep');\nexports.handler = ({ text }) => text ? deep.text : deep.fail()", files, true)
        .await
        .unwrap();
    let failure = call(&hook, "{}").await.result.unwrap_err();
    let stack = failure.stack.unwrap();
    assert!(stack.contains("/node_modules/deep/index.js:2:9") && stack.contains("hook.js:2:57"), "{stack}");
    assert!(call(&hook, r#"{"text":1}"#).await.result.unwrap().get().contains("[native code]"));
}

#[tokio::test]
async fn a_file_beside_a_module_can_be_read() {
    let files = [
        (
            "/node_modules/data/index.js",
            "const fs = require('fs'), { join } = require('path'); exports.read = (name) => fs.readFileSync(join(__dirname, name), 'utf8'); exports.fs = fs; exports.dir = __dirname;",
        ),
        ("/node_modules/data/list.txt", "one two"),
        ("/node_modules/data/deep/more.json", "{}"),
    ];
    let source = "const { read, fs, dir } = require('data'); const early = read('list.txt');
        const code = (run) => { try { return run() } catch ({ code, syscall }) { return [code, syscall] } };
        exports.handler = async () => ({ early, late: read('list.txt'), exists: [fs.existsSync(dir), fs.existsSync(dir + '/none')],
            names: fs.readdirSync(dir), kinds: fs.readdirSync(dir, { withFileTypes: true }).map((one) => one.isDirectory()),
            size: fs.statSync(dir + '/list.txt').size, folder: fs.statSync(dir).isDirectory(), buffer: fs.readFileSync(dir + '/list.txt').length,
            promise: await fs.promises.readFile(dir + '/deep/more.json', 'utf8'), real: fs.realpathSync(dir + '/deep/../list.txt'),
            callback: await new Promise((resolve) => fs.stat(dir + '/list.txt', (error, stats) => resolve([error, stats.isFile()]))),
            stream: await require('stream/consumers').text(fs.createReadStream(dir + '/list.txt')),
            codes: [code(() => fs.readFileSync(dir + '/none')), code(() => fs.readFileSync(dir)), code(() => fs.readdirSync(dir + '/list.txt')),
                code(() => fs.writeFileSync(dir + '/list.txt', 'x'))[0]] })";
    assert_eq!(
        returned(source, &files).await,
        concat!(
            r#"{"early":"one two","late":"one two","exists":[true,false],"names":["deep","index.js","list.txt"],"kinds":[true,false,false],"#,
            r#""size":7,"folder":true,"buffer":7,"promise":"{}","real":"/node_modules/data/list.txt","callback":[null,true],"stream":"one two","#,
            r#""codes":[["ENOENT","open"],["EISDIR","read"],["ENOTDIR","scandir"],"ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"]}"#
        )
    );
}
