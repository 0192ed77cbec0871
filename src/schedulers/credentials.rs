//! Credentials that a run started by a scheduler of this computer would not find.

use super::{LocalScheduler, SchedulerKind};
use crate::accounts::{Book, CredentialError, FromEnvironment, saved_account};
use crate::config::Environment;
use crate::export::{Export, Service};

/// Credentials of an export that are there now, and not when a scheduler runs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CredentialGaps {
    /// Only this process has these variables.
    pub variables: Vec<(Service, &'static str)>,
    /// Accounts in the keyring, which a scheduler outside the session may not reach.
    pub keyring: Vec<(Service, String)>,
    /// Credentials that are nowhere.
    pub missing: Vec<CredentialError>,
}

impl SchedulerKind {
    /// Looks for an export's credentials as a run would that this scheduler starts. A scheduler elsewhere has none of this
    /// computer's, as its documents say.
    pub fn credential_gaps(
        self,
        (slug, export): (&str, &Export),
        environment: &Environment,
        book: &Book,
    ) -> CredentialGaps {
        let mut gaps = CredentialGaps::default();
        let Ok(local) = self.local() else { return gaps };
        for service in [Service::Domo, Service::DataWorld] {
            let name = export.credentials.get(service);
            if name.is_none() && has_variables(local, slug, service) {
                continue;
            }
            let here = FromEnvironment::for_service(environment, service).filter(|found| found.wrong.is_none());
            match (saved_account(service, name, book), here) {
                (Ok(_), _) if local.is_in_session() => {}
                (Ok(account), _) => gaps.keyring.push((service, account.name)),
                (Err(_), Some(here)) if name.is_none() => gaps.variables.push((service, here.variables)),
                (Err(error), _) => gaps.missing.push(error),
            }
        }
        gaps
    }
}

fn has_variables(local: &dyn LocalScheduler, slug: &str, service: Service) -> bool {
    let sets: &[&[&str]] = match service {
        Service::DataWorld => &[&["DW_AUTH_TOKEN"]],
        Service::Domo => &[&["DOMO_DEVELOPER_TOKEN", "DOMO_INSTANCE"], &["DOMO_CLIENT_ID", "DOMO_CLIENT_SECRET"]],
    };
    sets.iter().any(|set| set.iter().all(|name| local.has_variable(name, slug)))
}
