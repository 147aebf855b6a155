//! What hooks reach outside, and what they do not, in a network of the tests' own: names and addresses are real there, and nothing of the
//! machine's network is.

mod bounds;
mod names;
mod reach;
mod stub;

use std::process::Command;

/// Says that a test is in the network already.
const INSIDE: &str = "HOOKBOX_TEST_NETWORK";

/// Addresses that the machine has there, beside those of the loopback network.
const ADDRESSES: [&str; 12] = [
    "93.184.216.34/32",
    "1.1.1.1/32",
    "10.0.0.1/32",
    "172.16.0.1/32",
    "192.168.0.1/32",
    "100.64.0.1/32",
    "169.254.169.254/32",
    "2606:4700::1111/128",
    "fd00:ec2::254/128",
    "64:ff9b::7f00:1/128",
    "2002:7f00:1::/128",
    "fec0::1/128",
];

fn run(program: &str, arguments: &[&str]) {
    let ended = Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(ended.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
}

/// Runs a test in a network of its own, where its names are answered by the test.
fn in_own_network(name: &str, test: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        run("ip", &["link", "set", "lo", "up"]);
        ADDRESSES.iter().for_each(|address| run("ip", &["address", "add", address, "dev", "lo", "nodad"]));
        let folder = tempfile::tempdir().unwrap();
        let resolver = folder.path().join("resolv.conf");
        std::fs::write(&resolver, "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n").unwrap();
        run("mount", &["--bind", resolver.to_str().unwrap(), "/etc/resolv.conf"]);
        return test();
    }
    let as_root = rustix::process::getuid().is_root();
    let spaces: &[&str] = if as_root { &["--net", "--mount"] } else { &["--net", "--mount", "--user", "--map-root-user"] };
    let mut inside = Command::new("unshare");
    inside.args(spaces).arg(std::env::current_exe().unwrap()).args(["--exact", "--nocapture", name]).env(INSIDE, "1");
    let ended = inside.output().unwrap();
    let said = [ended.stdout, ended.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(ended.status.success() && said.contains("1 passed"), "{said}");
}
