//! What is kept of JavaScript hooks: how much of it there is with many hooks, and what happens when it is of an engine of yesterday.
//! `HOOKBOX_MANY_HOOKS` says how many hooks are many; the figures are printed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Api, Hook, Server, ServerBuilder, context, eventually};

const MIB: u64 = 1 << 20;

fn many() -> usize {
    std::env::var("HOOKBOX_MANY_HOOKS").map_or(100, |count| count.parse().expect("a number"))
}

fn javascript(source: &str) -> Hook {
    Hook::new(source.as_bytes()).with("runtime", "nodejs20.x")
}

/// One server for all: it compiles the engine once, which is the one thing about JavaScript that takes long.
#[test]
fn images() {
    let server = ServerBuilder::new()
        .config("limits.account_hooks = 100000\nlimits.account_deployments = 100000\n[compile]\ntimeout = \"300s\"")
        .start();
    server.admin().put("/v1/accounts/1", &json!({"hooks_per_type": many() + 10})).expect(200);
    let live = server.admin().deploy(&numbered(1_000_000).with("disabled", false));
    state_that_is_too_large_to_keep_is_evaluated_each_time(&server.admin().account(&json!({})).1);
    let (server, ids) = many_hooks_cost_little(server);
    let server = a_large_state_is_kept_and_as_it_was(server);
    images_of_another_engine_are_made_again_while_their_hooks_serve(server, &live, &ids);
}

/// A hook unlike all others.
fn numbered(number: usize) -> Hook {
    let source = format!(
        "const table = {{ a{number}: {number} }};
         exports.handler = async (context) => ({{ success: true, user: {{ policy_id: table.a{number} }} }})"
    );
    javascript(&source).disabled()
}

fn policy(answer: &Value) -> u64 {
    answer["result"]["user"]["policy_id"].as_u64().unwrap_or_else(|| panic!("{answer}"))
}

/// A function whose state is too large to be copied. Each execution writes to it, and says what it found.
fn a_large_state_is_kept_and_as_it_was(server: Server) -> Server {
    let (_, admin) = server.admin().account(&json!({}));
    let source = "const began = Date.now(); if (began < 0) throw new Error('the clock');
        const big = new Uint8Array(6 << 20).fill(7); let calls = 0;
        exports.handler = async () => {
            const before = big[5 << 20] + big[12345] * 10 + calls++ * 100;
            big.fill(9, 5 << 20); big[12345] = 3;
            return { success: true, user: { policy_id: before } };
        }";
    let id = admin.deploy(&javascript(source));
    assert_eq!(admin.get(&format!("/v1/hooks/{id}")).expect(200)["top_level"], "frozen");
    let is_as_it_was = |admin: &Api| (0..20).for_each(|_| assert_eq!(policy(&admin.trigger(&context(1))), 77));
    is_as_it_was(&admin);
    let server = server.stop().start();
    is_as_it_was(&admin.moved_to(server.address()));
    admin.moved_to(server.address()).delete(&format!("/v1/hooks/{id}")).expect(204);
    server
}

fn state_that_is_too_large_to_keep_is_evaluated_each_time(admin: &Api) {
    let source = "const big = new Uint8Array(24 << 20).fill(7);
        exports.handler = async () => ({ success: true, user: { policy_id: big[big.length - 1] } })";
    let id = admin.deploy(&javascript(source));
    assert_eq!(policy(&admin.trigger(&context(1))), 7);
    let detail = admin.get(&format!("/v1/hooks/{id}")).expect(200);
    assert_eq!((&detail["top_level"], &detail["top_level_reason"]), (&json!("evaluated"), &json!("more memory than can be kept")));
}

/// Resident memory of the server, in bytes.
fn resident(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid().as_raw_nonzero())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// How many files the server has open. Only root may list them; to others, Linux 6.2 and newer tell their number as the folder's length.
fn open_files(server: &Server) -> usize {
    let folder = format!("/proc/{}/fd", server.pid().as_raw_nonzero());
    let number = fs::read_dir(&folder).map_or_else(|_| fs::metadata(&folder).unwrap().len() as usize, Iterator::count);
    assert!(number > 0, "the kernel does not tell how many files are open");
    number
}

/// The folder of the images, and the other folders of the cache.
fn folders(data: &Path) -> (PathBuf, Vec<PathBuf>) {
    let (images, others): (Vec<_>, Vec<_>) = fs::read_dir(data.join("cache"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .partition(|path| path.file_name().unwrap().to_str().unwrap().starts_with("images-"));
    assert_eq!(images.len(), 1, "{images:?}");
    (images[0].clone(), others)
}

/// The sizes of the stored images, the base's aside.
fn stored(folder: &Path) -> Vec<u64> {
    let mut sizes: Vec<u64> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).collect();
    sizes.sort_unstable();
    sizes.pop();
    sizes
}

fn many_hooks_cost_little(server: Server) -> (Server, Vec<String>) {
    let (memory, files) = (resident(&server), open_files(&server));
    let begun = Instant::now();
    let ids: Vec<String> =
        (0..many()).map(|number| server.admin().create_hook(&numbered(number))["id"].as_str().unwrap().to_owned()).collect();
    ids.iter().for_each(|id| assert_eq!(server.admin().settled(id)["status"], "ready"));
    println!("{} hooks deployed in {:?}", ids.len(), begun.elapsed());
    let each = (resident(&server).saturating_sub(memory)) / ids.len() as u64;
    println!("{} KiB of memory each when deployed", each / 1024);
    let sizes = stored(&folders(&server.data()).0);
    println!("{} bytes of image each", sizes.iter().sum::<u64>() / sizes.len() as u64);
    assert!(sizes.len() >= ids.len() && sizes.iter().all(|size| *size < 32 << 10), "{sizes:?}");
    assert!(open_files(&server) <= files + 16, "{} open files after {files}", open_files(&server));

    let begun = Instant::now();
    let server = server.stop().start();
    println!("all serve {:?} after the start", begun.elapsed());
    let each = resident(&server) / ids.len() as u64;
    println!("{} KiB of memory each when idle, all of the server counted", each / 1024);
    assert!(resident(&server) < 256 * MIB + ids.len() as u64 * MIB / 2);
    assert!(!server.log().contains("compiled"));
    let mut times: Vec<Duration> =
        ids.iter().enumerate().step_by(ids.len().div_ceil(500)).map(|(number, id)| first(&server, id, number)).collect();
    times.sort_unstable();
    println!("first execution: {:?} in the median, {:?} at most", times[times.len() / 2], times.last().unwrap());
    assert!(open_files(&server) <= files + 16, "{} open files after {files}", open_files(&server));
    (server, ids)
}

/// The time that the first execution of a hook since the start takes inside the server.
fn first(server: &Server, id: &str, number: usize) -> Duration {
    let answer = server.admin().fire(id, &context(1));
    assert_eq!(policy(&answer), number as u64);
    Duration::from_micros(answer["usage"]["duration_us"].as_u64().unwrap())
}

fn images_of_another_engine_are_made_again_while_their_hooks_serve(server: Server, live: &str, ids: &[String]) {
    let stopped = server.stop();
    let (images, code) = folders(&stopped.data());
    let foreign = images.with_file_name("images-00000000000000000000000000000000");
    fs::rename(&images, &foreign).unwrap();
    for folder in &code {
        fs::rename(folder, folder.with_file_name("0123456789abcdef0123456789abcdef")).unwrap();
    }
    // Events from the first moment on. One waits for its hook as long as that may run, which on a busy machine is less than it takes to
    // compile the engine.
    let begun = Instant::now();
    let server = stopped.start_unready();
    let answer = eventually("an event that is answered", || {
        let answer = server.admin().trigger(&context(1));
        assert!(answer["outcome"] == "completed" || answer["outcome"] == "not_ready", "{answer}");
        (answer["outcome"] == "completed").then_some(answer)
    });
    assert_eq!(policy(&answer), 1_000_000);
    println!("an event with everything to be made again: answered {:?} after the start", begun.elapsed());
    assert!(!foreign.exists() && !code.iter().any(|folder| folder.with_file_name("0123456789abcdef0123456789abcdef").exists()));
    for id in ids.iter().step_by(ids.len().div_ceil(20)).chain([&live.to_owned()]) {
        assert_eq!(server.admin().get(&format!("/api/2/hooks/{id}")).expect(200)["status"], "ready");
    }
    eventually("all hooks serve again", || (server.get("/readyz").send().status == 200).then_some(()));
    assert!(stored(&images).len() > ids.len(), "the images are there again");
    for (number, id) in ids.iter().enumerate().step_by(ids.len().div_ceil(20)) {
        first(&server, id, number);
    }
    assert!(!server.log().contains(" ERROR "), "{}", server.log());
}
