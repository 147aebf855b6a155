//! Profiles of JavaScript hooks: whose functions are seen, where, and under which names.

use super::*;
use crate::{Frame, Profile, Sample};

async fn profile(source: &str) -> Profile {
    profile_on(source, CONTEXT).await
}

async fn profile_on(source: &str, context: &str) -> Profile {
    let hook = deploy(source).await;
    let profile = world().await.sandbox.profile(&hook, invocation(context), |_, _| ()).await.unwrap();
    assert_eq!(profile.samples.iter().map(|sample| sample.fuel).sum::<u64>(), profile.fuel);
    profile
}

const CONTEXT: &str = r#"{"user":{"policy_id":7},"text":"a b c d e f g h i j k l m n o p q r s t u v w x y z"}"#;

fn named(frame: &Frame) -> String {
    match (frame.line, frame.column) {
        (Some(line), Some(column)) => format!("{}@{line}:{column}", frame.name),
        (Some(line), None) => format!("{}@{line}", frame.name),
        _ => frame.name.clone(),
    }
}

/// Each stack with its part of the fuel, in thousandths; the largest first.
fn shares(profile: &Profile) -> Vec<(String, u64)> {
    let mut shares = std::collections::BTreeMap::<String, u64>::new();
    for sample in &profile.samples {
        let stack = sample.stack.iter().map(|place| named(&profile.frames[*place])).collect::<Vec<_>>().join(";");
        *shares.entry(stack).or_default() += sample.fuel;
    }
    let mut shares: Vec<(String, u64)> = shares.into_iter().map(|(stack, fuel)| (stack, fuel * 1000 / profile.fuel)).collect();
    shares.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    shares
}

fn of(shares: &[(String, u64)], stack: &str) -> u64 {
    shares.iter().find(|(seen, _)| seen == stack).map(|(_, share)| *share).unwrap_or_else(|| panic!("no {stack} in {shares:#?}"))
}

#[tokio::test]
async fn functions_are_seen_where_they_are_written() {
    let source = "function hot(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += i % 7;
  return sum;
}
const cold = (n) => hot(n);
exports.handler = function handle(context) {
  return { user: context.user, sum: hot(9000) + cold(3000), text: context.text };
};";
    let context = format!(r#"{{"user":{{}},"text":"{}"}}"#, "\\n ".repeat(5000));
    let profile = profile_on(source, &context).await;
    let shares = shares(&profile);
    let direct = of(&shares, "handle@7:19;hot@1:1");
    let through = of(&shares, "handle@7:19;cold@6:14;hot@1:1");
    assert!(direct + through > 800 && (2..=4).contains(&(direct / through)), "{shares:#?}");
    assert!(of(&shares, "(reading the context)") > 0 && of(&shares, "(writing the result)") > 0, "{shares:#?}");
    assert!(profile.frames.iter().all(|frame| frame.file.is_none() || frame.file.as_deref() == Some("hook.js")));
}

#[tokio::test]
async fn what_the_engine_brings_has_the_name_that_it_is_called_by() {
    let source = "exports.handler = async function handle(context) {
  const text = JSON.stringify(Array.from({ length: 300 }, (_, i) => ({ i, text: context.text })));
  for (let i = 0; i < 20; i++) JSON.parse(text);
  const upper = JSON.parse(text).map(function shout({ text }) { return text.toUpperCase(); });
  console.log('%o', upper);
  return { upper: upper.length };
};";
    let profile = profile(source).await;
    let shares = shares(&profile);
    assert!(of(&shares, "handle@1:19;JSON.parse") > 300, "{shares:#?}");
    assert!(of(&shares, "handle@1:19;console.log") > 0, "{shares:#?}");
    assert!(of(&shares, "handle@1:19;Array.prototype.map;shout@4:38;String.prototype.toUpperCase") > 0, "{shares:#?}");
}

#[tokio::test]
async fn functions_are_seen_after_await_and_in_timers() {
    let source = "function busy(n) { let sum = 0; for (let i = 0; i < n; i++) sum += i; return sum; }
async function inner() { await null; busy(5000); await new Promise((done) => setTimeout(done, 700)); return busy(6000); }
exports.handler = async function handle() {
  const sum = await inner();
  await new Promise((done) => setTimeout(function late() { busy(4000); done(); }, 800));
  return { user: {}, sum };
};";
    let begun = std::time::Instant::now();
    let profile = profile(source).await;
    let shares = shares(&profile);
    assert!(of(&shares, "inner@2:1;busy@1:1") > 500, "{shares:#?}");
    let late = shares.iter().find(|(stack, _)| stack.ends_with("late@5:42;busy@1:1"));
    assert!(late.is_some_and(|(_, share)| *share > 150), "{shares:#?}");
    assert!(begun.elapsed() < Duration::from_secs(60), "a held clock is not waited for: {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_profile_is_the_same_again() {
    let source = "exports.handler = () => {
  let rounds = 0;
  const until = performance.now() + 0.5;
  while (performance.now() < until) rounds++;
  return { user: {}, random: Math.random(), id: crypto.randomUUID(), rounds };
};";
    let (first, again) = (profile(source).await, profile(source).await);
    assert!(first.failure.is_none(), "{:?}", first.failure);
    assert_eq!((first.fuel, &first.frames, &first.samples), (again.fuel, &again.frames, &again.samples));
}

#[tokio::test]
async fn deep_recursion_is_seen_from_both_ends() {
    let source = "function down(n) { return n === 0 ? bottom() : down(n - 1) + 1; }
function bottom() { let sum = 0; for (let i = 0; i < 90000; i++) sum += i; return sum; }
exports.handler = function handle() { return { user: {}, sum: down(800) }; };";
    let profile = profile(source).await;
    assert!(profile.failure.is_none(), "{:?}", profile.failure);
    let at_bottom = |sample: &&Sample| sample.stack.last().is_some_and(|place| profile.frames[*place].name == "bottom");
    let deepest = profile.samples.iter().find(at_bottom).unwrap();
    let names: Vec<String> = deepest.stack.iter().map(|place| named(&profile.frames[*place])).collect();
    assert_eq!(
        (names[0].as_str(), names[1].as_str(), names[255].as_str(), names[256].as_str()),
        ("handle@3:19", "down@1:1", "down@1:1", "(more calls)")
    );
    assert_eq!((names[257].as_str(), names[512].as_str(), names.len()), ("down@1:1", "bottom@2:1", 513));
    let endless = self::profile("function f() { return f() + 1 } exports.handler = () => f();").await;
    assert_eq!(endless.failure.as_ref().map(|failure| failure.kind), Some(FailureKind::StackOverflow));
    assert!(shares(&endless)[0].0.contains("f@1:1"), "{:?}", shares(&endless)[0]);
}

#[tokio::test]
async fn a_top_level_that_is_evaluated_each_time_is_part_of_it() {
    let source = "const began = Date.now(); let sum = 0; for (let i = 0; i < 50000; i++) sum += i;
exports.handler = () => { throw new TypeError(`no, since ${began}`); };";
    let profile = profile(source).await;
    let shares = shares(&profile);
    assert!(of(&shares, "(top level)@1") > 500, "{shares:#?}");
    assert!(of(&shares, "(loading the source)") > 0, "{shares:#?}");
    assert_eq!(profile.failure.as_ref().map(|failure| failure.kind), Some(FailureKind::Exception));
}
