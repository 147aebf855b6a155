//! The names of Node's own modules, of version 22.

/// Those that are found with and without `node:`.
const NAMES: [&str; 68] = [
    "_http_agent",
    "_http_client",
    "_http_common",
    "_http_incoming",
    "_http_outgoing",
    "_http_server",
    "_stream_duplex",
    "_stream_passthrough",
    "_stream_readable",
    "_stream_transform",
    "_stream_wrap",
    "_stream_writable",
    "_tls_common",
    "_tls_wrap",
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "inspector/promises",
    "module",
    "net",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "repl",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "sys",
    "timers",
    "timers/promises",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// Those that are found with `node:` alone.
const PREFIXED: [&str; 4] = ["sea", "sqlite", "test", "test/reporters"];

/// What a specifier means among Node's modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builtin<'s> {
    /// One of them, without `node:`.
    Known(&'s str),
    /// Nothing, although it is written as one of them.
    Unknown,
    /// A package or a file.
    None,
}

/// Reads a specifier. A name with a slash at its end is a package's, as in `punycode/`.
pub(crate) fn builtin(specifier: &str) -> Builtin<'_> {
    match specifier.strip_prefix("node:") {
        Some(name) if NAMES.contains(&name) || PREFIXED.contains(&name) => Builtin::Known(name),
        Some(_) => Builtin::Unknown,
        None if NAMES.contains(&specifier) => Builtin::Known(specifier),
        None => Builtin::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_is_a_package() {
        let read = ["fs", "node:fs", "fs/promises", "punycode/", "test", "node:test", "node:nothing", "lodash"].map(builtin);
        let known = Builtin::Known;
        let expected =
            [known("fs"), known("fs"), known("fs/promises"), Builtin::None, Builtin::None, known("test"), Builtin::Unknown, Builtin::None];
        assert_eq!(read, expected);
    }
}
