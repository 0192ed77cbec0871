//! The people of the sample instance.

use crate::sandbox::samples;

/// Somebody with a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    /// The security role. An Admin would see all rows whatever PDP says, so nobody here who signs in is one.
    pub(crate) role: &'static str,
}

/// The user of the sample credentials.
pub(crate) const ANALYST: Person =
    Person { id: samples::USER_ID, name: "Ana Lyst", email: "ana.lyst@acme.example", role: "Privileged" };
/// The owner of what the analyst does not own.
pub(crate) const FINANCE: Person =
    Person { id: 1_000_000_021, name: "Fin Ance", email: "fin.ance@acme.example", role: "Privileged" };
/// Owns nothing.
pub(crate) const VISITOR: Person =
    Person { id: 27_183_414, name: "Vi Sitor", email: "vi.sitor@acme.example", role: "Participant" };
