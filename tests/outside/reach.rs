//! Which addresses and names a hook reaches, in every spelling.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::in_own_network;
use super::names::Names;
use super::stub::Stub;
use crate::harness::{Hook, Server, ServerBuilder, context};

/// Calls each URL of the context, and logs how that ended.
const CALLER: &str = "
const http = require('http');
const net = require('net');
const dns = require('dns');
const ways = {
  fetch: async (url) => (await fetch(url)).text(),
  http: (url) => new Promise((done, failed) => http.get(url, (answer) => {
    answer.resume();
    answer.on('end', () => done(answer.statusCode));
  }).on('error', failed)),
  net: (url) => new Promise((done, failed) => {
    const { hostname, port } = new URL(url);
    const socket = net.connect(Number(port || 80), hostname.replace(/[[\\]]/g, ''), () => { socket.end('GET /net HTTP/1.0\\r\\n\\r\\n'); done('connected'); });
    socket.on('error', failed);
  }),
  lookup: (url) => dns.promises.lookup(new URL(url).hostname),
};
exports.handler = async ({ user }) => {
  for (const [way, url] of JSON.parse(user.user_identifier)) {
    try {
      console.log(JSON.stringify([url, 'ok', await ways[way](url)]));
    } catch (error) {
      const { code, message } = error.cause ?? error;
      console.log(JSON.stringify([url, code ?? error.name, message]));
    }
  }
  return { success: true };
};";

/// The network: names, stubs on two ports, and a server whose hook calls what it is told.
struct Network {
    names: Names,
    stubs: [Stub; 2],
    server: Server,
}

impl Network {
    fn new(builder: ServerBuilder) -> Self {
        let names = Names::serve();
        for (name, addresses) in [
            ("public.test", ["93.184.216.34"].as_slice()),
            ("api.test", &["93.184.216.34"]),
            ("a.sub.test", &["93.184.216.34"]),
            ("a.b.sub.test", &["93.184.216.34"]),
            ("sub.test", &["93.184.216.34"]),
            ("xsub.test", &["93.184.216.34"]),
            ("evilapi.test", &["93.184.216.34"]),
            ("api.test.evil.test", &["93.184.216.34"]),
            ("six.test", &["2606:4700::1111"]),
            ("both.test", &["127.0.0.1", "1.1.1.1"]),
            ("internal.test", &["10.0.0.1"]),
            ("loop6.test", &["::1"]),
            ("mapped.test", &["::ffff:127.0.0.1"]),
            ("metadata.test", &["169.254.169.254"]),
        ] {
            names.set(name, &[addresses]);
        }
        Self { names, stubs: [80, 8080].map(Stub::serve), server: builder.start() }
    }

    /// Makes the hook that may call these.
    fn hook(&self, allowed: &[&str]) -> String {
        let admin = self.server.admin();
        let hook = Hook::new(CALLER.as_bytes()).with("runtime", "nodejs22.x").with("allowed_hosts", json!(allowed)).disabled();
        admin.allow_many_hooks();
        admin.deploy(&hook)
    }

    /// Calls URLs in this way, and returns how each ended. What has reached the stubs is forgotten before.
    fn call(&self, hook: &str, way: &str, urls: &[&str]) -> BTreeMap<String, (String, String)> {
        self.reached();
        let mut ended = BTreeMap::new();
        for urls in urls.chunks(15) {
            let asked: Vec<Value> = urls.iter().map(|url| json!([way, url])).collect();
            let mut event = context(1);
            event["user"]["user_identifier"] = json!(Value::from(asked).to_string());
            let answer = self.server.admin().fire(hook, &event);
            assert_eq!(answer["outcome"], "completed", "{answer}");
            let entry =
                self.server.admin().executions(hook).into_iter().find(|entry| entry["execution_id"] == answer["execution_id"]).unwrap();
            for event in entry["events"].as_array().unwrap() {
                let told: Vec<Value> = serde_json::from_str(event.as_str().unwrap().splitn(4, '\t').last().unwrap().trim()).unwrap();
                let text = |at: usize| told[at].as_str().map_or_else(|| told[at].to_string(), str::to_owned);
                ended.insert(text(0), (text(1), text(2)));
            }
        }
        assert_eq!(ended.len(), urls.len(), "{ended:?}");
        ended
    }

    fn reached(&self) -> Vec<String> {
        let all = self.stubs.iter().flat_map(Stub::reached);
        all.map(|(address, path)| format!("{address}{path}")).collect()
    }

    /// None of them is reached, in any way.
    fn refuses(&self, hook: &str, urls: &[&str]) {
        for way in ["fetch", "http", "net"] {
            for (url, (code, message)) in self.call(hook, way, urls) {
                let refused = matches!(code.as_str(), "ERR_ACCESS_DENIED" | "ERR_INVALID_URL" | "ERR_SOCKET_BAD_PORT")
                    || message.contains("Invalid URL");
                assert!(refused, "{way} {url}: {code} {message}");
            }
            assert_eq!(self.reached(), [""; 0], "{way}");
        }
    }

    /// All of them are reached, in every way.
    fn allows(&self, hook: &str, urls: &[&str]) {
        for way in ["fetch", "http"] {
            for (url, (code, message)) in self.call(hook, way, urls) {
                assert_eq!(code, "ok", "{way} {url}: {message}");
            }
            assert_eq!(self.reached().len(), urls.len(), "{way}");
        }
    }
}

/// Every way to write an address that is no part of the public Internet, and names that lead to one.
const INSIDE: [&str; 42] = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.0.1:8080/",
    "http://127.255.255.254/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://127.0.0.1./",
    "http://%31%32%37.0.0.1/",
    "http://localhost/",
    "http://LocalHost./",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fd00:ec2::254]/",
    "http://[fec0::1]/",
    "http://[fe80::1]/",
    "http://10.0.0.1/",
    "http://167772161/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://internal.test/",
    "http://internal.test./",
    "http://INTERNAL.test:8080/",
    "http://loop6.test/",
    "http://mapped.test/",
    "http://metadata.test/",
];

#[test]
fn what_is_inside_is_reached_in_no_spelling() {
    in_own_network("outside::reach::what_is_inside_is_reached_in_no_spelling", || {
        let builder = ServerBuilder::new().env("HTTP_PROXY", "http://127.0.0.1:8080").env("http_proxy", "http://127.0.0.1:8080");
        let network = Network::new(builder);
        let anybody = network.hook(&["*"]);
        network.refuses(&anybody, &INSIDE);
        network.allows(
            &anybody,
            &["http://93.184.216.34/", "http://public.test/", "http://PUBLIC.test./", "http://six.test/", "http://both.test:8080/"],
        );
        // Without a list, nothing is reached at all.
        let nobody = network.hook(&[]);
        network.refuses(&nobody, &["http://public.test/", "http://93.184.216.34/", "http://127.0.0.1/"]);
    });
}

#[test]
fn an_address_is_reached_where_an_entry_names_it() {
    in_own_network("outside::reach::an_address_is_reached_where_an_entry_names_it", || {
        let network = Network::new(ServerBuilder::new());
        let hook = network.hook(&["10.0.0.0/8", "127.0.0.1:8080", "internal.test"]);
        network.allows(
            &hook,
            &["http://10.0.0.1/", "http://10.0.0.1:8080/", "http://internal.test/", "http://127.0.0.1:8080/", "http://2130706433:8080/"],
        );
        network.refuses(&hook, &["http://127.0.0.1/", "http://192.168.0.1/", "http://metadata.test/", "http://public.test/"]);
        // The name of a private address is not the address, nor the other way round.
        let name = network.hook(&["internal.test"]);
        network.refuses(&name, &["http://internal.test/", "http://10.0.0.1/"]);
    });
}

#[test]
fn names_schemes_and_ports_are_matched_as_they_are_written() {
    in_own_network("outside::reach::names_schemes_and_ports_are_matched_as_they_are_written", || {
        let network = Network::new(ServerBuilder::new());
        let hook = network.hook(&["api.test", "*.sub.test"]);
        network.allows(
            &hook,
            &["http://api.test/", "http://API.test./", "http://api.test:8080/", "http://a.sub.test/", "http://a.b.sub.test/"],
        );
        network.refuses(
            &hook,
            &["http://sub.test/", "http://xsub.test/", "http://evilapi.test/", "http://api.test.evil.test/", "http://93.184.216.34/"],
        );
        let port = network.hook(&["http://api.test:8080"]);
        network.allows(&port, &["http://api.test:8080/"]);
        network.refuses(&port, &["http://api.test/", "http://public.test:8080/"]);
        let secure = network.hook(&["https://api.test"]);
        network.refuses(&secure, &["http://api.test/", "http://api.test:8080/"]);
    });
}

#[test]
fn a_name_is_looked_up_once_and_what_was_checked_is_called() {
    in_own_network("outside::reach::a_name_is_looked_up_once_and_what_was_checked_is_called", || {
        let network = Network::new(ServerBuilder::new());
        let hook = network.hook(&["*"]);
        // Public when it is checked, and loopback from the next question on.
        network.names.set("turn.test", &[&["93.184.216.34"], &["127.0.0.1"]]);
        let first = network.call(&hook, "fetch", &["http://turn.test/"]);
        assert_eq!(first["http://turn.test/"], ("ok".to_owned(), "93.184.216.34".to_owned()));
        assert_eq!((network.names.asked("turn.test"), network.reached()), (1, vec!["93.184.216.34/".to_owned()]));
        let second = network.call(&hook, "fetch", &["http://turn.test/"]);
        assert_eq!(second["http://turn.test/"].0, "ERR_ACCESS_DENIED");
        assert_eq!(network.reached(), [""; 0]);
        // A look-up tells what may be called, and nothing else.
        let told = network.call(&hook, "lookup", &["http://both.test/", "http://internal.test/"]);
        assert!(told["http://both.test/"].1.contains("1.1.1.1"), "{told:?}");
        assert_eq!(told["http://internal.test/"].0, "ERR_ACCESS_DENIED");
    });
}

#[test]
fn redirects_do_not_lead_inside() {
    in_own_network("outside::reach::redirects_do_not_lead_inside", || {
        let network = Network::new(ServerBuilder::new());
        let hook = network.hook(&["*"]);
        let urls: Vec<String> = INSIDE.iter().filter(|url| url.is_ascii()).map(|url| format!("http://public.test/to?{url}")).collect();
        let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
        for (url, (code, message)) in network.call(&hook, "fetch", &urls) {
            assert_eq!(code, "ERR_ACCESS_DENIED", "{url}: {message}");
        }
        let reached = network.reached();
        assert!(reached.iter().all(|one| one.starts_with("93.184.216.34/to?")), "{reached:?}");
        let there = network.call(&hook, "fetch", &["http://public.test/to?http://six.test/there", "http://public.test/to?/here"]);
        assert!(there.values().all(|(code, _)| code == "ok"), "{there:?}");
        // A redirect to a host that the hook may not call.
        let narrow = network.hook(&["public.test"]);
        let refused = network.call(&narrow, "fetch", &["http://public.test/to?http://six.test/"]);
        assert_eq!(refused["http://public.test/to?http://six.test/"].0, "ERR_ACCESS_DENIED");
    });
}

#[test]
fn a_ceiling_stands_above_what_hooks_say() {
    in_own_network("outside::reach::a_ceiling_stands_above_what_hooks_say", || {
        let network = Network::new(ServerBuilder::new().config("[egress]\nhosts_ceiling = [\"*\", \"10.0.0.0/8\"]"));
        let hook = network.hook(&["127.0.0.1", "10.0.0.1", "public.test"]);
        network.allows(&hook, &["http://10.0.0.1/", "http://public.test/"]);
        network.refuses(&hook, &["http://127.0.0.1/", "http://six.test/"]);
        network.server.admin().put("/v1/accounts/1", &json!({"hosts_ceiling": ["public.test"]})).expect(200);
        network.allows(&hook, &["http://public.test/"]);
        network.refuses(&hook, &["http://10.0.0.1/"]);
    });
}
