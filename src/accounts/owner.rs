//! Whose credentials are, as the service says: how an account is tested.

use super::credentials::{address_of, domo_credential};
use super::{Account, ChangeError};
use crate::domo::DomoIdentity;
use crate::secret::Secret;
use crate::service::Service;
use crate::services::Services;

/// Whose credentials they are, as the service says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whose {
    /// The user.
    pub user: Option<String>,
    /// The instance, where Domo tells.
    pub instance: Option<String>,
}

impl From<&DomoIdentity> for Whose {
    fn from(identity: &DomoIdentity) -> Self {
        Self { user: identity.user(), instance: identity.instance.clone() }
    }
}

/// What the service calls the secret of an account.
pub fn secret_name(account: &Account) -> &'static str {
    match (account.service, &account.client_id) {
        (Service::DataWorld, _) => "API token",
        (Service::Domo, Some(_)) => "client secret",
        (Service::Domo, None) => "developer token",
    }
}

/// Asks the service whose the credentials of an account are, once: somebody is waiting for the answer.
///
/// # Errors
/// When the account is not complete, or the call fails.
pub(super) async fn whose(services: &Services, account: &Account, secret: Secret) -> Result<Whose, ChangeError> {
    let address = address_of(account)?;
    match account.service {
        Service::DataWorld => {
            let user = services.dataworld(&secret, address.as_ref()).once().user().await?;
            Ok(Whose { user: Some(user.id), instance: None })
        }
        Service::Domo => {
            let credential = domo_credential(account, secret)?;
            let identity = services.domo(&credential, address.as_ref())?.once().identity().await?;
            Ok(Whose::from(&identity))
        }
    }
}
