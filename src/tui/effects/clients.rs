//! Clients of both services, made with the credentials that a login says.

use super::shared::Shared;
use crate::accounts::{Account, CredentialError, resolve_dataworld, resolve_domo};
use crate::config::Address;
use crate::services::dataworld::DataWorld;
use crate::services::domo::{Domo, DomoCredential};
use crate::text::secret::Secret;
use crate::transfer::NotBegun;
use crate::tui::state::{DataWorldLogin, DomoLogin, Login};

/// data.world, with what the login says.
pub(super) async fn dataworld(shared: &Shared, login: DataWorldLogin) -> Result<DataWorld, NotBegun> {
    let (token, address) = match login {
        Login::Account(Account { name, .. }) => named_dataworld(shared, Some(&name)).await?,
        Login::Named(name) => named_dataworld(shared, name.as_deref()).await?,
        Login::Environment { credential, address } | Login::Entered { credential, address } => {
            (credential, read(address.as_deref())?)
        }
    };
    Ok(shared.services().await?.dataworld(&token, address.as_ref()))
}

/// Domo, with what the login says.
pub(super) async fn domo(shared: &Shared, login: DomoLogin) -> Result<Domo, NotBegun> {
    let (credential, address) = match login {
        Login::Account(Account { name, .. }) => named_domo(shared, Some(&name)).await?,
        Login::Named(name) => named_domo(shared, name.as_deref()).await?,
        Login::Environment { credential, address } | Login::Entered { credential, address } => {
            (credential, read(address.as_deref())?)
        }
    };
    Ok(shared.services().await?.domo(&credential, address.as_ref()).map_err(CredentialError::from)?)
}

async fn named_dataworld(shared: &Shared, name: Option<&str>) -> Result<(Secret, Option<Address>), NotBegun> {
    let book = shared.book().await?;
    let found = resolve_dataworld(name, &shared.tools.environment, &book, shared.vault().await).await?;
    Ok((found.credential, found.address))
}

async fn named_domo(shared: &Shared, name: Option<&str>) -> Result<(DomoCredential, Option<Address>), NotBegun> {
    let book = shared.book().await?;
    let found = resolve_domo(name, &shared.tools.environment, &book, shared.vault().await).await?;
    Ok((found.credential, found.address))
}

fn read(address: Option<&str>) -> Result<Option<Address>, CredentialError> {
    Ok(address.map(Address::parse).transpose()?)
}
