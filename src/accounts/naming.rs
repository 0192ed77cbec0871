//! Exports that use the only account of a service without naming it. A second account would make their choice
//! ambiguous, so before it is saved they are made to name the first one.

use super::{Account, AccountRef, Choice, Uses};
use crate::config::Environment;
use crate::export::{CredentialNames, DefinitionError, EditedDefinition, Export, Service, name_account};

/// Everything that decides over an export's account besides the accounts.
#[derive(Debug)]
pub struct Beside<'a> {
    pub uses: &'a Uses,
    /// The environment's credentials come before any account.
    pub environment: &'a Environment,
    /// The exports that cron runs, by their names for `writeback run`. The variables of a crontab are not known here,
    /// and a run that names an account ignores them.
    pub cron: Vec<String>,
}

/// The result for the exports that used the only account without naming it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub service: Service,
    pub account: String,
    pub exports: Vec<String>,
    /// Exports that were left alone, because a crontab may give them their credentials.
    pub cron: Vec<String>,
    /// Exports that could not be changed, each with its error.
    pub failed: Vec<(String, DefinitionError)>,
    /// Errors of exports that cannot be read, so that their accounts are not known.
    pub unreadable: Vec<DefinitionError>,
}

impl Beside<'_> {
    /// Makes the exports that use the only one of these accounts name it; `None` if there are no such exports. Returns
    /// the changes, to be undone.
    pub(super) fn name_the_only(
        &self,
        service: Service,
        accounts: &[Account],
    ) -> (Option<Named>, Vec<EditedDefinition>) {
        let mut changed = Vec::new();
        let Some(account) = self.only(service, accounts) else { return (None, changed) };
        let mut named = Named {
            service,
            account: account.clone(),
            exports: Vec::new(),
            cron: Vec::new(),
            failed: Vec::new(),
            unreadable: self.uses.unreadable().to_vec(),
        };
        for (path, Export { name, .. }) in self.uses.unnamed(service) {
            if path.file_stem().is_some_and(|stem| self.cron.iter().any(|slug| stem == slug.as_str())) {
                named.cron.push(name.clone());
                continue;
            }
            match name_account(path, service, &account) {
                Ok(Some(edited)) => {
                    named.exports.push(name.clone());
                    changed.push(edited);
                }
                // Another program has been quicker.
                Ok(None) => {}
                Err(error) => named.failed.push((name.clone(), error)),
            }
        }
        (Some(named).filter(Named::says_something), changed)
    }

    /// The account that an export uses without naming one.
    fn only(&self, service: Service, accounts: &[Account]) -> Option<String> {
        match Choice::new(self.environment, accounts).choose(&CredentialNames::default(), service)? {
            AccountRef::Account(_, name) => Some(name),
            AccountRef::Environment(_) => None,
        }
    }
}

impl Named {
    fn says_something(&self) -> bool {
        let Self { exports, cron, failed, unreadable, .. } = self;
        !(exports.is_empty() && cron.is_empty() && failed.is_empty() && unreadable.is_empty())
    }
}
