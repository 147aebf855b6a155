//! Which Node a hook believes to run on: the last release of the line that its `runtime` names.

/// `process.version` for a major number; the nearest line for a number that was never released.
pub(crate) fn of_major(major: u32) -> &'static str {
    match major {
        0..=12 => "v12.22.12",
        13 => "v13.14.0",
        14 => "v14.21.3",
        15 => "v15.14.0",
        16 => "v16.20.2",
        17 => "v17.9.1",
        18 => "v18.20.8",
        19 => "v19.9.0",
        20 => "v20.20.2",
        21 => "v21.7.3",
        22 => "v22.21.1",
        23 => "v23.11.1",
        _ => "v24.11.1",
    }
}
