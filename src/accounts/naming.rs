//! Exports that use the only account of a service without naming it. Once there is a second one a run would not know
//! which is meant, so before that they are made to name theirs: they go on as they did.

use super::{Account, Choice, Holder, Uses};
use crate::config::Environment;
use crate::export::Service;
use crate::export::{CredentialNames, EditedDefinition, Export, name_account};

/// What there is beside an account that is added.
#[derive(Debug)]
pub struct Beside<'a> {
    pub uses: &'a Uses,
    /// What the environment says: what it has is used before any account.
    pub environment: &'a Environment,
    /// The exports, by the names that `writeback run` takes, that cron has. The variables of a crontab are not known
    /// here, and a run that names an account does not look at them.
    pub cron: Vec<String>,
}

/// What became of the exports that used the only account of a service without naming it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub service: Service,
    pub account: String,
    pub exports: Vec<String>,
    /// Those that do not, because they may get their credentials from a crontab.
    pub cron: Vec<String>,
    /// Those that could not be changed, and why.
    pub failed: Vec<(String, String)>,
    /// Why others cannot be read, so that nobody knows what they use.
    pub unreadable: Vec<String>,
}

/// Definitions that were changed, to change them back.
#[derive(Debug, Default)]
pub(super) struct Changed(Vec<EditedDefinition>);

impl Beside<'_> {
    /// Makes the exports that use the only one of these accounts without naming it name it; `None` where there are none.
    pub(super) fn name_the_only(&self, service: Service, accounts: &[Account]) -> (Option<Named>, Changed) {
        let mut changed = Changed::default();
        let Some(account) = self.only(service, accounts) else { return (None, changed) };
        let mut named = Named {
            service,
            account: account.clone(),
            exports: Vec::new(),
            cron: Vec::new(),
            failed: Vec::new(),
            unreadable: self.uses.unreadable().iter().map(ToString::to_string).collect(),
        };
        for (path, Export { name, .. }) in self.uses.unnamed(service) {
            if path.file_stem().is_some_and(|stem| self.cron.iter().any(|slug| stem == slug.as_str())) {
                named.cron.push(name.clone());
                continue;
            }
            match name_account(path, service, &account) {
                Ok(Some(edited)) => {
                    named.exports.push(name.clone());
                    changed.0.push(edited);
                }
                // Another program has been quicker.
                Ok(None) => {}
                Err(error) => named.failed.push((name.clone(), error.to_string())),
            }
        }
        (Some(named).filter(Named::says_something), changed)
    }

    /// The account that is used where none is named.
    fn only(&self, service: Service, accounts: &[Account]) -> Option<String> {
        match Choice::new(self.environment, accounts).of(&CredentialNames::default(), service)? {
            Holder::Account(_, name) => Some(name),
            Holder::Environment(_) => None,
        }
    }
}

impl Named {
    fn says_something(&self) -> bool {
        let Self { exports, cron, failed, unreadable, .. } = self;
        !(exports.is_empty() && cron.is_empty() && failed.is_empty() && unreadable.is_empty())
    }
}

impl Changed {
    /// Makes the definitions what they were, as far as nobody has changed them since.
    pub(super) fn take_back(&self) {
        self.0.iter().for_each(EditedDefinition::undo);
    }
}
