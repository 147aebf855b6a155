//! Nothing acknowledged is lost: a server is killed again and again while several clients write, and after each restart what it has
//! is compared with what it said, content and all. A write that was not acknowledged must be there whole, or not at all.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::guests::{allowing, large, telling_its_env};
use crate::harness::{Api, Hook, Reply, Server, ServerBuilder};

/// The most of its things that a writer keeps.
const MOST: usize = 8;

/// What a writer writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Env,
    Hook,
    Credential,
}

impl Sort {
    fn route(self) -> &'static str {
        match self {
            Self::Env => "/api/2/hooks/envs",
            Self::Hook => "/api/2/hooks",
            Self::Credential => "/v1/credentials",
        }
    }

    fn id(self, view: &Value) -> String {
        view[if self == Self::Credential { "client_id" } else { "id" }].as_str().unwrap().to_owned()
    }

    /// A body that makes or changes something, each time another one.
    fn body(self, owner: usize, number: u64, update: bool) -> Value {
        let name = format!("W{owner}_{number}");
        match (self, update) {
            (Self::Env, false) => json!({"name": name, "value": value(number)}),
            (Self::Env, true) => json!({"value": value(number)}),
            (Self::Credential, _) => json!({"name": name, "scopes": [scope(number)]}),
            (Self::Hook, update) => {
                let text = if number.is_multiple_of(3) { large(number) } else { allowing(number) };
                let hook = Hook::wat(&text).disabled().with("timeout", 1 + number % 10);
                if update { hook.without("type").json() } else { hook.json() }
            }
        }
    }
}

/// Short enough not to be masked in a log.
fn value(number: u64) -> String {
    const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    [62 * 62, 62, 1].map(|place| char::from(DIGITS[number as usize / place % 62])).iter().collect()
}

fn scope(number: u64) -> &'static str {
    match number % 3 {
        0 => "read",
        1 => "fire",
        _ => "manage",
    }
}

/// What is compared: everything but what admission and the clock decide.
fn content(view: &Value) -> Value {
    let mut view = view.clone();
    let fields = view.as_object_mut().unwrap();
    for field in ["status", "status_message", "client_secret"] {
        fields.remove(field);
    }
    view
}

/// A write whose acknowledgement never came.
#[derive(Debug)]
enum Doubt {
    Create(Value),
    Update(String, Value),
    Delete(String),
}

/// One client, and what it was told.
struct Writer {
    sort: Sort,
    owner: usize,
    number: u64,
    dice: u64,
    /// The last acknowledged answer, by id.
    known: BTreeMap<String, Value>,
    /// What no later answer shows: the values of env vars, the secrets of credentials. Two, where either may be the one.
    values: BTreeMap<String, Vec<String>>,
    doubt: Option<Doubt>,
    acknowledged: u64,
}

impl Writer {
    fn new(sort: Sort, owner: usize) -> Self {
        let (known, values) = (BTreeMap::new(), BTreeMap::new());
        Self { sort, owner, number: 0, dice: owner as u64 + 1, known, values, doubt: None, acknowledged: 0 }
    }

    fn roll(&mut self, sides: u64) -> u64 {
        // xorshift: the same in every run.
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice % sides
    }

    /// Writes until the server is gone.
    fn work(mut self, api: &Api, stop: &AtomicBool) -> Self {
        while self.doubt.is_none() && !stop.load(Ordering::Relaxed) {
            self.number += 1;
            let some = self.roll(self.known.len().max(1) as u64) as usize;
            let some = self.known.keys().nth(some).cloned();
            match (self.roll(4), some) {
                (0, Some(id)) if self.known.len() > 2 => self.delete(api, id),
                (1 | 2, Some(id)) if self.sort != Sort::Credential => self.update(api, id),
                (_, Some(id)) if self.known.len() >= MOST => self.delete(api, id),
                _ => self.create(api),
            }
        }
        self
    }

    fn create(&mut self, api: &Api) {
        let body = self.sort.body(self.owner, self.number, false);
        match api.request("POST", self.sort.route()).json(&body).try_send() {
            Ok(reply) => self.keep(&reply, 201, &body),
            Err(_) => self.doubt = Some(Doubt::Create(body)),
        }
    }

    fn update(&mut self, api: &Api, id: String) {
        let body = self.sort.body(self.owner, self.number, true);
        match api.request("PUT", &format!("{}/{id}", self.sort.route())).json(&body).try_send() {
            Ok(reply) => self.keep(&reply, 200, &body),
            Err(_) => self.doubt = Some(Doubt::Update(id, body)),
        }
    }

    fn delete(&mut self, api: &Api, id: String) {
        match api.request("DELETE", &format!("{}/{id}", self.sort.route())).try_send() {
            Ok(reply) => {
                assert!(matches!(reply.status, 202 | 204), "{}", reply.text());
                self.forget(&id);
                self.acknowledged += 1;
            }
            Err(_) => self.doubt = Some(Doubt::Delete(id)),
        }
    }

    fn keep(&mut self, reply: &Reply, status: u16, body: &Value) {
        let view = reply.expect(status);
        let id = self.sort.id(&view);
        if let Some(value) = body["value"].as_str().or(view["client_secret"].as_str()) {
            self.values.insert(id.clone(), vec![value.to_owned()]);
        }
        self.known.insert(id, content(&view));
        self.acknowledged += 1;
    }

    fn forget(&mut self, id: &str) {
        self.known.remove(id);
        self.values.remove(id);
    }

    /// Whether something of this sort is this writer's.
    fn owns(&self, view: &Value) -> bool {
        let name = view["name"].as_str().unwrap_or_default();
        self.sort == Sort::Hook || name.starts_with(&format!("W{}_", self.owner))
    }

    /// Compares what there is with what was said, and settles the doubt.
    fn check(&mut self, there: &BTreeMap<String, Value>) {
        let mut there: BTreeMap<String, Value> =
            there.iter().filter(|(_, view)| self.owns(view)).map(|(id, view)| (id.clone(), content(view))).collect();
        match self.doubt.take() {
            None => {}
            Some(Doubt::Create(body)) => self.check_create(&there, &body),
            Some(Doubt::Update(id, body)) => self.check_update(&there, &id, &body),
            Some(Doubt::Delete(id)) if there.contains_key(&id) => {}
            Some(Doubt::Delete(id)) => self.forget(&id),
        }
        for (id, said) in &self.known {
            let found = there.remove(id).unwrap_or_else(|| panic!("{:?} {id} was acknowledged and is gone: {said}", self.sort));
            assert_eq!(found, *said, "{:?} {id}", self.sort);
        }
        assert!(there.is_empty(), "nobody made these, or they were deleted: {there:?}");
    }

    fn check_create(&mut self, there: &BTreeMap<String, Value>, body: &Value) {
        let Some((id, view)) = there.iter().find(|(id, _)| !self.known.contains_key(*id)) else { return };
        let asked = body.as_object().unwrap().iter().filter(|(field, _)| *field != "value");
        asked.for_each(|(field, asked)| assert_eq!(view[field], *asked, "a create that was cut off left half of it: {view}"));
        self.known.insert(id.clone(), view.clone());
        if let Some(value) = body["value"].as_str() {
            self.values.insert(id.clone(), vec![value.to_owned()]);
        }
    }

    fn check_update(&mut self, there: &BTreeMap<String, Value>, id: &str, body: &Value) {
        let (before, after) = (&self.known[id], there.get(id).expect("what was updated is still there"));
        if let (Some(value), Some(values)) = (body["value"].as_str(), self.values.get_mut(id)) {
            // Times are told in milliseconds, so an update that followed the write before at once cannot be told from none.
            match before["updated_at"] == after["updated_at"] {
                true => values.push(value.to_owned()),
                false => *values = vec![value.to_owned()],
            }
        }
        if before == after {
            return;
        }
        let mut expected = before.clone();
        for (field, value) in body.as_object().unwrap().iter().filter(|(field, _)| *field != "value") {
            expected[field] = value.clone();
        }
        expected["updated_at"] = after["updated_at"].clone();
        if self.sort == Sort::Hook {
            expected["version"] = json!(before["version"].as_u64().unwrap() + 1);
        }
        assert_eq!(*after, expected, "an update that was cut off left half of it");
        self.known.insert(id.to_owned(), after.clone());
    }
}

fn everything(api: &Api, sort: Sort) -> BTreeMap<String, Value> {
    let body = api.get(&format!("{}?limit=1000", sort.route())).expect(200);
    let items = if body.is_array() { body } else { body["items"].clone() };
    items.as_array().unwrap().iter().map(|view| (sort.id(view), view.clone())).collect()
}

/// The values of env vars, as a function sees them.
fn check_values(api: &Api, writers: &[Writer], teller: &str) {
    let mut expected = BTreeMap::new();
    for writer in writers.iter().filter(|writer| writer.sort == Sort::Env) {
        for (id, view) in &writer.known {
            expected.insert(view["name"].as_str().unwrap().to_owned(), writer.values[id].clone());
        }
    }
    let names: Vec<&String> = expected.keys().collect();
    api.update_hook(teller, &json!({"env_vars": names}));
    let sent = json!({"user_identifier": "ada", "password": "correct horse"});
    assert_eq!(api.fire(teller, &sent)["usage"]["attempts"], 1, "it runs; its answer is another type's");
    let entry = api.executions(teller).remove(0);
    let printed: String =
        entry["events"].as_array().unwrap().iter().map(|line| line.as_str().unwrap().rsplit('\t').next().unwrap()).collect();
    let seen: BTreeMap<&str, &str> = printed.split("\\x00").filter_map(|pair| pair.split_once('=')).collect();
    assert_eq!(seen.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, value) in seen {
        assert!(expected[name].iter().any(|one| one == value), "{name} has the value {value}, and not one of {:?}", expected[name]);
    }
}

/// Kills a server this often under load. Hooks are in an account for each writer of hooks, because they have no names.
fn kill_again_and_again(engine: &str, kills: u32) {
    let builder = ServerBuilder::new().config(&format!("store.engine = \"{engine}\"\nlog.level = \"warn\""));
    let mut server = builder.start();
    let admin = server.admin().clone();
    admin.allow_many_hooks();
    let teller = admin.deploy(&Hook::wat(&telling_its_env()).with("type", "user-migration"));
    let (_, hooker) = admin.account(&json!({"hooks_per_type": 100}));
    let sorts = [Sort::Env, Sort::Env, Sort::Credential, Sort::Hook];
    let mut writers: Vec<Writer> = sorts.into_iter().enumerate().map(|(owner, sort)| Writer::new(sort, owner)).collect();
    for round in 1..=kills {
        let stop = AtomicBool::new(false);
        let (address, stop) = (server.address(), &stop);
        writers = thread::scope(|scope| {
            let working: Vec<_> = writers
                .into_iter()
                .map(|writer| {
                    let api = if writer.sort == Sort::Hook { &hooker } else { &admin }.moved_to(address);
                    scope.spawn(move || writer.work(&api, stop))
                })
                .collect();
            thread::sleep(Duration::from_millis(u64::from(40 + round * 37 % 160)));
            server.kill_now();
            stop.store(true, Ordering::Relaxed);
            working.into_iter().map(|working| working.join().unwrap()).collect()
        });
        server = builder.start();
        for writer in &mut writers {
            let api = if writer.sort == Sort::Hook { &hooker } else { &admin }.moved_to(server.address());
            writer.check(&everything(&api, writer.sort));
        }
        if round % 10 == 0 || round == kills {
            check_values(&admin.moved_to(server.address()), &writers, &teller);
        }
    }
    let acknowledged: Vec<u64> = writers.iter().map(|writer| writer.acknowledged).collect();
    let enough = acknowledged.iter().all(|one| *one >= u64::from(kills / 4)) && acknowledged.iter().sum::<u64>() > u64::from(4 * kills);
    assert!(enough, "too few writes to show anything: {acknowledged:?} in {kills} rounds");
    let server = server.stop().start();
    for writer in &mut writers {
        let api = if writer.sort == Sort::Hook { &hooker } else { &admin }.moved_to(server.address());
        writer.check(&everything(&api, writer.sort));
    }
    check_secrets(&server, &writers);
}

/// What is checked of a credential is not only that it is listed: its secret gets a token.
fn check_secrets(server: &Server, writers: &[Writer]) {
    for writer in writers.iter().filter(|writer| writer.sort == Sort::Credential) {
        for (id, secrets) in &writer.values {
            Api::login(server.address(), id, &secrets[0]);
        }
        assert!(!writer.values.is_empty());
    }
}

#[test]
fn a_hundred_kills_lose_nothing_acknowledged() {
    kill_again_and_again("redb", 100);
}

#[test]
fn kills_lose_nothing_acknowledged_with_sled_either() {
    kill_again_and_again("sled", 15);
}
