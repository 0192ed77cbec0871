//! Clients of both services, made with the credentials that a login says.

use super::shared::{Shared, in_its_words};
use crate::accounts::{Account, resolve_dataworld, resolve_domo};
use crate::config::Address;
use crate::explain::Explanation;
use crate::services::dataworld::DataWorld;
use crate::services::domo::{Domo, DomoCredential};
use crate::text::secret::Secret;
use crate::tui::state::{DataWorldLogin, DomoLogin, Login};

/// data.world, with what the login says.
pub(super) async fn dataworld(shared: &Shared, login: DataWorldLogin) -> Result<DataWorld, Explanation> {
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
pub(super) async fn domo(shared: &Shared, login: DomoLogin) -> Result<Domo, Explanation> {
    let (credential, address) = match login {
        Login::Account(Account { name, .. }) => named_domo(shared, Some(&name)).await?,
        Login::Named(name) => named_domo(shared, name.as_deref()).await?,
        Login::Environment { credential, address } | Login::Entered { credential, address } => {
            (credential, read(address.as_deref())?)
        }
    };
    shared.services().await?.domo(&credential, address.as_ref()).map_err(|error| in_its_words(&error))
}

async fn named_dataworld(shared: &Shared, name: Option<&str>) -> Result<(Secret, Option<Address>), Explanation> {
    let book = shared.book().await?;
    let found = resolve_dataworld(name, &shared.tools.environment, &book, shared.vault().await).await;
    let found = found.map_err(|error| in_its_words(&error))?;
    Ok((found.credential, found.address))
}

async fn named_domo(shared: &Shared, name: Option<&str>) -> Result<(DomoCredential, Option<Address>), Explanation> {
    let book = shared.book().await?;
    let found = resolve_domo(name, &shared.tools.environment, &book, shared.vault().await).await;
    let found = found.map_err(|error| in_its_words(&error))?;
    Ok((found.credential, found.address))
}

fn read(address: Option<&str>) -> Result<Option<Address>, Explanation> {
    address.map(Address::parse).transpose().map_err(|error| in_its_words(&error))
}
