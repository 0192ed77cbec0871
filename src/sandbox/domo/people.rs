use crate::sandbox::samples;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) role: &'static str,
}

impl Person {
    /// An Admin sees all rows despite PDP (knowledge base, "Personalized Data Permissions").
    pub(crate) fn is_admin(self) -> bool {
        self.role == "Admin"
    }
}

pub(crate) const ANALYST: Person =
    Person { id: samples::USER_ID, name: "Ana Lyst", email: "ana.lyst@acme.example", role: "Privileged" };
/// Owns everything that the analyst does not own.
pub(crate) const FINANCE: Person =
    Person { id: 1_000_000_021, name: "Fin Ance", email: "fin.ance@acme.example", role: "Privileged" };
/// Owns nothing, and sees everything.
pub(crate) const ADMIN: Person = Person { id: 31_415_926, name: "Ad Min", email: "ad.min@acme.example", role: "Admin" };
pub(crate) const VISITOR: Person =
    Person { id: 27_183_414, name: "Vi Sitor", email: "vi.sitor@acme.example", role: "Participant" };
