//! npm packages of hooks on the real server, from a folder that is its registry.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Api, Hook, ServerBuilder, context};

/// Packs a package as `npm pack` does.
fn pack(registry: &Path, name: &str, manifest: &Value, files: &[(&str, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("package");
    fs::create_dir(&package).unwrap();
    let version = manifest["version"].as_str().unwrap();
    fs::write(package.join("package.json"), manifest.to_string()).unwrap();
    for (file, text) in files {
        fs::create_dir_all(package.join(file).parent().unwrap()).unwrap();
        fs::write(package.join(file), text).unwrap();
    }
    let tarball = registry.join(format!("{name}-{version}.tgz"));
    let packed = Command::new("tar").arg("-czf").arg(tarball).arg("-C").arg(folder.path()).arg("package").status().unwrap();
    assert!(packed.success());
}

fn registry(folder: &Path) {
    pack(
        folder,
        "greet",
        &json!({"name": "greet", "version": "1.2.0", "main": "lib/index.js", "dependencies": {"deep": "^2.0.0"}}),
        &[
            (
                "lib/index.js",
                "const deep = require('deep'); exports.greet = (name) => `${deep.word} ${name}`; exports.late = () => require('./late');",
            ),
            (
                "lib/late.js",
                "module.exports = { file: __filename, again: require('deep').word, text: require('fs').readFileSync(`${__dirname}/word.txt`, 'utf8') };",
            ),
            ("lib/word.txt", "read"),
        ],
    );
    let newer = json!({"name": "greet", "version": "2.0.0", "main": "index.js"});
    pack(folder, "greet", &newer, &[("index.js", "exports.greet = () => 'newer';")]);
    let modern = json!({"name": "deep", "version": "2.1.0", "type": "module", "exports": {".": "./main.js"}});
    pack(folder, "deep", &modern, &[("main.js", "export const word = 'hello';"), ("hidden.js", "export default 1;")]);
    // As lodash does: it reads the clock, and keeps what it read.
    let clock = json!({"name": "clock", "version": "1.0.0", "main": "index.js"});
    pack(folder, "clock", &clock, &[("index.js", "const began = Date.now(); exports.began = () => began;")]);
    pack(folder, "broken", &json!({"name": "broken", "version": "1.0.0"}), &[("index.js", "throw new Error('broken at load')")]);
    pack(folder, "machine", &json!({"name": "machine", "version": "1.0.0", "gypfile": true}), &[("binding.gyp", "{}"), ("index.js", "")]);
}

fn javascript(source: &str, packages: Value) -> Hook {
    Hook::new(source.as_bytes()).with("runtime", "nodejs22.x").with("packages", packages)
}

fn answer(admin: &Api) -> Value {
    admin.trigger(&context(1))["result"].clone()
}

/// One server for all: it compiles the engine once, which is the one thing about JavaScript that takes long.
#[test]
fn packages() {
    let folder = tempfile::tempdir().unwrap();
    let tarballs = folder.path().join("registry");
    fs::create_dir(&tarballs).unwrap();
    registry(&tarballs);
    let server = ServerBuilder::new()
        .config(&format!("[packages]\nfolder = {:?}\n[compile]\ntimeout = \"300s\"", tarballs.display().to_string()))
        .start();
    let admin = server.admin();
    admin.put("/v1/accounts/1", &json!({"hooks_per_type": 20})).expect(200);

    let source = "const { greet, late } = require('greet');
        exports.handler = async ({ user }) => ({ success: true, user: { ...user, user_identifier: `${greet('jim')} ${late().file} ${late().again} ${late().text}` } })";
    let id = admin.deploy(&javascript(source, json!({"greet": "^1.0.0"})));
    let found = admin.get(&format!("/v1/hooks/{id}")).expect(200);
    assert_eq!(found["top_level"], "frozen");
    let packages = found["lock"]["packages"].as_object().unwrap();
    let versions: Vec<(&str, &str)> = packages.iter().map(|(path, entry)| (path.as_str(), entry["version"].as_str().unwrap())).collect();
    assert_eq!(versions, [("node_modules/deep", "2.1.0"), ("node_modules/greet", "1.2.0")]);
    assert!(packages["node_modules/greet"]["integrity"].as_str().unwrap().starts_with("sha512-"));
    let greeted = "hello jim /node_modules/greet/lib/late.js hello read";
    assert_eq!(answer(admin)["user"]["user_identifier"], greeted);

    what_cannot_be_had_says_why(admin);
    imports_find_packages_too(&server.admin().account(&json!({})).1);
    passwords_are_hashed_by_the_host(&server.admin().account(&json!({})).1);

    // The lock and what was fetched are the server's: no registry is needed for what serves.
    fs::remove_dir_all(&tarballs).unwrap();
    fs::create_dir(&tarballs).unwrap();
    fs::remove_dir_all(server.data().join("cache")).unwrap();
    let server = server.stop().start();
    assert_eq!(answer(server.admin())["user"]["user_identifier"], greeted);
    assert_eq!(server.admin().get(&format!("/v1/hooks/{id}")).expect(200)["lock"], found["lock"]);
    // Nor for another source with the same packages, which keeps the versions.
    let body = json!({"function": base64("exports.handler = async () => ({ success: true, user: { policy_id: 1, user_identifier: require('greet').greet('kim') } })")});
    server.admin().put(&format!("/v1/hooks/{id}"), &body).expect(200);
    assert_eq!(server.admin().settled(&id)["status"], "ready");
    assert_eq!(answer(server.admin())["user"]["user_identifier"], "hello kim");
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn what_cannot_be_had_says_why(admin: &Api) {
    let fails = [
        (json!({"absent": "1"}), "require('absent')", "absent"),
        (json!({"greet": "^3.0.0"}), "require('greet')", "greet"),
        (json!({"greet": "github:x/greet"}), "require('greet')", "git repository"),
        (json!({"machine": "1"}), "require('machine')", "machine@1.0.0"),
        (json!({"broken": "1"}), "require('broken')", "broken at load"),
        (json!({"deep": "2"}), "require('deep/hidden.js')", "Package subpath './hidden.js' is not defined by \"exports\""),
        (json!({"greet": "1"}), "require('other')", "Cannot find module 'other'"),
        (json!({}), "require('greet')", "name what it needs in `packages`"),
    ];
    for (packages, requires, why) in fails {
        let source = format!("{requires}; exports.handler = async () => ({{ success: true }})");
        let made = admin.create_hook(&javascript(&source, packages.clone()).disabled());
        let settled = admin.settled(made["id"].as_str().unwrap());
        let message = settled["status_message"].as_str().unwrap_or_default();
        assert!(settled["status"] == "create-failed" && message.contains(why), "{packages} {requires}: {settled}");
    }
}

fn imports_find_packages_too(admin: &Api) {
    let source = "import { greet } from 'greet'; import { word } from 'deep'; import * as clock from 'clock';
        export const handler = async () => {
            const late = await import('greet');
            return { success: true, user: { policy_id: 1, user_identifier: [greet(word), late.default === undefined, typeof clock.began()].join() } };
        }";
    let id = admin.deploy(&javascript(source, json!({"greet": "latest", "deep": "*", "clock": "1.x"})));
    assert_eq!(answer(admin)["user"]["user_identifier"], "newer,false,number");
    // What a package keeps of the clock is as old as in a process that was started then.
    assert_eq!(admin.get(&format!("/v1/hooks/{id}")).expect(200)["top_level"], "frozen");
}

fn passwords_are_hashed_by_the_host(admin: &Api) {
    let source = "const bcrypt = require('bcrypt'), js = require('bcryptjs');
        exports.handler = async () => {
            const hash = await bcrypt.hash('secret', 6), old = js.hashSync('secret', 4);
            const right = [await js.compare('secret', hash), bcrypt.compareSync('secret', old), await bcrypt.compare('wrong', hash)];
            return { success: true, user: { policy_id: 1, user_identifier: [...right, hash.slice(0, 7), old.slice(0, 4)].join() } };
        }";
    admin.deploy(&javascript(source, json!({"bcrypt": "^5.1.0", "bcryptjs": "^2.4.3"})));
    assert_eq!(answer(admin)["user"]["user_identifier"], "true,true,false,$2b$06$,$2a$");
}
