//! Asks a service for the owner of credentials, which is how an account is tested.

use super::credentials::{address_of, domo_credential};
use super::{Account, ChangeError, CredentialError};
use crate::export::Service;
use crate::services::Services;
use crate::services::dataworld::User;
use crate::services::domo::DomoIdentity;
use crate::text::secret::Secret;

/// The owner of credentials, as the service names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CredentialOwner {
    pub user: Option<String>,
    pub instance: Option<String>,
    /// Set if data.world's token may only read.
    pub reads_only: bool,
}

impl From<&User> for CredentialOwner {
    fn from(user: &User) -> Self {
        Self { user: Some(user.id.clone()), instance: None, reads_only: user.token_may_write == Some(false) }
    }
}

impl From<&DomoIdentity> for CredentialOwner {
    fn from(identity: &DomoIdentity) -> Self {
        Self { user: identity.user(), instance: identity.instance.clone(), reads_only: false }
    }
}

/// The service's name for the secret of an account.
pub fn secret_name(account: &Account) -> &'static str {
    match (account.service, &account.client_id) {
        (Service::DataWorld, _) => "API token",
        (Service::Domo, Some(_)) => "client secret",
        (Service::Domo, None) => "access token",
    }
}

/// Asks for the owner once, without retries: a person is waiting.
///
/// # Errors
///
/// The account is not complete, or the call fails.
pub(super) async fn find_owner(
    services: &Services,
    account: &Account,
    secret: Secret,
) -> Result<CredentialOwner, ChangeError> {
    let address = address_of(account)?;
    match account.service {
        Service::DataWorld => {
            let user = services.dataworld(&secret, address.as_ref()).once().user().await?;
            Ok(CredentialOwner::from(&user))
        }
        Service::Domo => {
            let credential = domo_credential(account, secret)?;
            let identity =
                services.domo(&credential, address.as_ref()).map_err(CredentialError::from)?.once().identity().await?;
            Ok(CredentialOwner::from(&identity))
        }
    }
}
