//! Finds the accounts to test, with their clients.

use super::{Client, Line};
use crate::accounts::{Book, CredentialError, CredentialOrigin, Vault, resolve_dataworld, resolve_domo};
use crate::config::Environment;
use crate::export::{CredentialNames, Service};
use crate::services::Services;
use crate::transfer::NotBegun;

#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub environment: &'a Environment,
    pub book: &'a Book,
    pub vault: &'a Vault,
    pub services: &'a Services,
}

impl Source<'_> {
    /// The line of an account; without a name, of the environment's credentials, or of the only account.
    pub async fn line(self, service: Service, name: Option<&str>) -> Line {
        let Self { environment, book, vault, services } = self;
        let resolved = match service {
            Service::Domo => resolve_domo(name, environment, book, vault).await.map(|found| {
                let client = services.domo(&found.credential, found.address.as_ref());
                (found.origin, client.map(Client::Domo).map_err(CredentialError::from))
            }),
            Service::DataWorld => resolve_dataworld(name, environment, book, vault).await.map(|found| {
                let client = services.dataworld(&found.credential, found.address.as_ref());
                (found.origin, Ok(Client::DataWorld(client)))
            }),
        };
        let (account, client) = match resolved {
            Ok(found) => found,
            Err(error) => {
                let origin =
                    name.map_or(CredentialOrigin::Environment, |name| CredentialOrigin::Account(name.to_owned()));
                (origin, Err(error))
            }
        };
        Line { service, account, client: client.map_err(|error| NotBegun::from(error).into()) }
    }

    pub async fn lines_of(self, names: &CredentialNames) -> Vec<Line> {
        let domo = self.line(Service::Domo, names.domo.as_deref()).await;
        let dataworld = self.line(Service::DataWorld, names.dataworld.as_deref()).await;
        vec![domo, dataworld]
    }
}
