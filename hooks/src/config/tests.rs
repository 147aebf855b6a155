//! What holds for the configuration as a whole.

use std::fs;
use std::time::Duration;

use super::*;

const EXAMPLE: &str = include_str!("../../../hookbox.example.toml");

fn with_file(text: &str) -> Result<Loaded, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hookbox.toml");
    fs::write(&path, text).unwrap();
    Config::load(&Sources { file: Some(path), ..Sources::default() })
}

fn error(text: &str) -> String {
    with_file(text).unwrap_err().to_string()
}

#[test]
fn the_example_file_shows_every_setting_at_its_default() {
    let loaded = with_file(EXAMPLE).unwrap();
    assert_eq!(loaded.config, Config::default());
    let missing: Vec<_> = loaded.effective.iter().filter(|one| one.origin == Origin::Default).map(|one| one.key).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_default_keeps_its_own_rule() {
    let mut config = Config::default();
    for setting in &settings::SETTINGS {
        let text = (setting.show)(&config);
        (setting.set)(&mut config, &text).unwrap_or_else(|rule| panic!("{}: {rule}", setting.key));
    }
    assert_eq!(config, Config::default());
}

#[test]
fn a_nearer_source_wins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.toml");
    fs::write(&path, "concurrency = 3\nretention = '2d'\n[limits]\nenv_vars = 4\n").unwrap();
    let loaded = Config::load(&Sources {
        file: Some(path.clone()),
        environment: vec![
            ("HOOKBOX_RETENTION".into(), "3d".into()),
            ("HOOKBOX_LIMITS_ENV_VARS".into(), "5".into()),
            ("HOME".into(), "/".into()),
        ],
        flags: vec![("limits.env_vars", "6".into())],
    })
    .unwrap();
    assert_eq!((loaded.config.concurrency, loaded.config.limits.env_vars), (3, 6));
    assert_eq!(loaded.config.retention, Duration::from_secs(3 * 24 * 3600));
    let origin = |key: &str| loaded.effective.iter().find(|one| one.key == key).unwrap().origin.clone();
    assert_eq!(origin("concurrency"), Origin::File(path));
    assert_eq!(origin("retention"), Origin::Environment("HOOKBOX_RETENTION".into()));
    assert_eq!(origin("limits.env_vars"), Origin::Flag);
    assert_eq!(origin("listen"), Origin::Default);
    assert_eq!(loaded.warnings, Vec::<String>::new());
}

#[test]
fn an_unknown_key_is_an_error_that_suggests_the_nearest() {
    let text = error("[limits]\ncontext_byte = 1\n");
    assert!(text.contains("`limits.context_byte`") && text.contains("did you mean `limits.context_bytes`?"), "{text}");
    assert!(!error("zzz = 1").contains("did you mean"));
    assert!(error("data = ").contains("not valid TOML"));
}

#[test]
fn an_unknown_variable_is_a_warning() {
    let environment = vec![("HOOKBOX_CONCURENCY".into(), "1".into()), ("HOOKBOX_BOOTSTRAP_CLIENT_SECRET".into(), "x".into())];
    let loaded = Config::load(&Sources { environment, ..Sources::default() }).unwrap();
    assert_eq!(loaded.warnings, ["the environment variable HOOKBOX_CONCURENCY is no setting; did you mean HOOKBOX_CONCURRENCY?"]);
}

#[test]
fn a_wrong_value_names_the_setting_the_source_and_the_rule() {
    for (text, key, rule) in [
        ("listen = 'localhost'", "`listen`", "IP address and a port"),
        ("concurrency = 0", "`concurrency`", "from 1 to 4096"),
        ("concurrency = 2.5", "`concurrency`", "whole number"),
        ("retention = '7 elephants'", "`retention`", "30s"),
        ("retention = '0s'", "`retention`", "from 1s"),
        ("data = ''", "`data`", "a path"),
        ("[log]\nformat = 'xml'", "`log.format`", "\"text\" or \"json\""),
        ("[sandbox]\npagemap_scan = 'yes'", "`sandbox.pagemap_scan`", "\"auto\" or \"read\" or \"off\""),
        ("[store]\nengine = 'mysql'", "`store.engine`", "\"redb\" or \"sled\""),
        ("log = []", "`log`", "unknown setting"),
        ("[access]\noperate = ['10.0.0.1/8']", "`access.operate`", "\"10.0.0.1/8\" is not an IP address or a network"),
        ("[access]\nmanage = [1]", "`access.manage`", "a list of networks"),
        ("[http]\nforwarded_header = 'via'", "`http.forwarded_header`", "\"x-forwarded-for\" or \"forwarded\""),
    ] {
        let message = error(text);
        assert!(message.contains(key) && message.contains(rule), "{text}: {message}");
    }
}

#[test]
fn networks_are_listed_as_toml_does_or_with_commas() {
    let wanted = crate::networks::Networks::parse(["10.0.0.0/8", "::1"]).unwrap();
    let listed = with_file("[http]\ntrusted_proxies = ['10.0.0.0/8', '::1']").unwrap();
    assert_eq!(listed.config.http.trusted_proxies, wanted);
    let variable = ("HOOKBOX_HTTP_TRUSTED_PROXIES".into(), "10.0.0.0/8, ::1".into());
    let named = Config::load(&Sources { environment: vec![variable], ..Sources::default() }).unwrap();
    assert_eq!(named.config.http.trusted_proxies, wanted);
}

#[test]
fn whom_hooks_may_call_is_listed_as_toml_does_or_with_commas() {
    let wanted: hookbox_egress::Policy = "*.example.com,10.0.0.0/8,https://api.example:8443".parse().unwrap();
    let listed = with_file("[egress]\nhosts_ceiling = ['*.Example.com', '10.0.0.0/8', 'https://api.example:8443']").unwrap();
    assert_eq!(listed.config.egress.hosts_ceiling.as_ref(), Some(&wanted));
    let shown = listed.effective.iter().find(|one| one.key == "egress.hosts_ceiling").unwrap();
    let variable = ("HOOKBOX_EGRESS_HOSTS_CEILING".into(), shown.value.clone());
    let named = Config::load(&Sources { environment: vec![variable], ..Sources::default() }).unwrap();
    assert_eq!(named.config.egress.hosts_ceiling, Some(wanted));
    let public = with_file("[egress]\nhosts_ceiling = ['*']").unwrap();
    assert_eq!(public.config.egress.hosts_ceiling.unwrap().to_string(), "*");
    assert_eq!(with_file("[egress]\nhosts_ceiling = ''").unwrap().config.egress.hosts_ceiling, None);
    let nobody = with_file("[egress]\nhosts_ceiling = []").unwrap();
    assert!(nobody.config.egress.hosts_ceiling.unwrap().is_empty(), "an empty list allows nobody");
    for (text, rule) in [
        ("hosts_ceiling = ['a b']", "host"),
        ("hosts_ceiling = [1]", "expected a list of hosts"),
        ("hosts_ceiling = ['ftp://a.example']", "ftp"),
    ] {
        let message = error(&format!("[egress]\n{text}"));
        assert!(message.contains("`egress.hosts_ceiling`") && message.contains(rule), "{text}: {message}");
    }
}

#[test]
fn a_named_file_must_exist_and_the_default_one_need_not() {
    let sources = Sources { file: Some("/nonexistent/hookbox.toml".into()), ..Sources::default() };
    assert!(Config::load(&sources).unwrap_err().to_string().contains("cannot be read"));
}
