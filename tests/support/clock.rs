//! The clock of this process, for the children of a test that clear their environment otherwise.

use std::ffi::OsString;

/// The variables by which `faketime` sets the clock of a program: without them a child would live on another day than
/// the test that looks at what it did.
pub(crate) fn variables() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        name == "LD_PRELOAD" || name.starts_with("FAKETIME")
    })
}
