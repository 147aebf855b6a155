//! How much memory the machine has for this process: what is built in, or less where a control group sets a limit.

use std::path::Path;

/// Where the kernel says what the process's control group may have, by the name of the interface.
const LIMITS: [&str; 2] = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

/// The bytes of memory that the process may use.
pub(super) fn bytes() -> usize {
    let system = rustix::system::sysinfo();
    let all = usize::try_from(system.totalram).unwrap_or(usize::MAX).saturating_mul(system.mem_unit as usize);
    LIMITS.iter().filter_map(|path| limit(Path::new(path))).fold(all, usize::min)
}

/// A control group's limit; `None` where there is none.
fn limit(path: &Path) -> Option<usize> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("memory.max");
        for (text, expected) in [("max\n", None), ("1073741824\n", Some(1 << 30)), ("", None)] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(limit(&file), expected, "{text:?}");
        }
        assert_eq!(limit(&folder.path().join("none")), None);
        assert!(bytes() > 64 << 20);
    }
}
