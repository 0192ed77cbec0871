//! Requests to both services while the wizard is filled in.

use super::Shared;
use crate::accounts::CredentialOwner;
use crate::explain::Explanation;
use crate::export::{DataSetId, DatasetKey, Service};
use crate::ops::accounts;
use crate::services::dataworld::{Dataset, NewDataset, User};
use crate::services::domo::{DataSet, DomoIdentity, Ownership};
use crate::tui::state::{CreateReply, DataSetReply, DataWorldLogin, DomoLogin, Login, Page, Request};

/// Rows of a preview: as many as a high terminal shows.
const PREVIEW: usize = 50;
/// A list that is longer is cut off: a person filters, and a service that repeats itself would never end.
const MOST: usize = 200_000;

/// Finds the token's user. Without retries, as for Domo: the person waits for the result.
pub(super) async fn user(shared: &Shared, login: DataWorldLogin) -> Result<User, Explanation> {
    let user = shared.workspace.dataworld(login.clone()).await?.once().user().await?;
    record_accepted(shared, Service::DataWorld, &login, CredentialOwner::from(&user)).await;
    Ok(user)
}

/// Finds the owner of the credentials.
pub(super) async fn identity(shared: &Shared, login: DomoLogin) -> Result<DomoIdentity, Explanation> {
    let identity = shared.workspace.domo(login.clone()).await?.once().identity().await?;
    record_accepted(shared, Service::Domo, &login, CredentialOwner::from(&identity)).await;
    Ok(identity)
}

/// Records the test of a saved account. Where that fails, only the time of its last test is older than it is.
async fn record_accepted<C>(shared: &Shared, service: Service, login: &Login<C>, owner: CredentialOwner) {
    if let Login::Named(Some(name)) = login
        && let Err(error) = accounts::record_accepted(&shared.workspace, (service, name), owner).await
    {
        tracing::warn!("the test of {service} account {name} is not recorded: {error}");
    }
}

/// A DataSet, then whether it is the person's and its first rows, in the order in which they come.
pub(super) async fn data_set(shared: &Shared, request: &Request<DataSetReply>, login: DomoLogin, id: DataSetId) {
    let domo = match shared.workspace.domo(login).await {
        Ok(domo) => domo,
        Err(why) => return shared.reply(request, DataSetReply::DataSet(Err(why.into()))),
    };
    let mut data_set = match domo.data_set(&id).await {
        Ok(data_set) => data_set,
        Err(error) => return shared.reply(request, DataSetReply::DataSet(Err(error.into()))),
    };
    // The columns' names are good to have; how many there are has come already.
    if let Ok(schema) = domo.once().schema(&data_set).await {
        data_set.schema = schema;
    }
    shared.reply(request, DataSetReply::DataSet(Ok(data_set.clone())));
    let ownership = async {
        // If Domo does not tell, the person has to.
        let ownership = domo.ownership(&data_set).await.unwrap_or(Ownership::Unknown);
        shared.reply(request, DataSetReply::Ownership(ownership));
    };
    let preview = async {
        shared.reply(request, DataSetReply::Preview(domo.preview(&id, PREVIEW).await.map_err(Explanation::from)));
    };
    tokio::join!(ownership, preview);
}

/// All DataSets, page by page.
pub(super) async fn data_sets(shared: &Shared, request: &Request<Page<DataSet>>, login: DomoLogin) {
    let say = |page| shared.reply(request, page);
    let domo = match shared.workspace.domo(login).await {
        Ok(domo) => domo,
        Err(why) => return say(Page::Failed(why.into())),
    };
    let mut next = Some(0);
    while let Some(offset) = next.filter(|offset| *offset < MOST) {
        match domo.data_sets(offset).await {
            Ok(page) => {
                next = page.next;
                say(Page::More(page.data_sets));
            }
            Err(error) => return say(Page::Failed(error.into())),
        }
    }
    say(Page::End);
}

/// All datasets, page by page.
pub(super) async fn datasets(shared: &Shared, request: &Request<Page<Dataset>>, login: DataWorldLogin) {
    let say = |page| shared.reply(request, page);
    let dataworld = match shared.workspace.dataworld(login).await {
        Ok(dataworld) => dataworld,
        Err(why) => return say(Page::Failed(why.into())),
    };
    match dataworld.datasets(|page| say(Page::More(page))).await {
        Ok(None) => say(Page::End),
        Ok(Some(error)) | Err(error) => say(Page::Failed(error.into())),
    }
}

/// The ids of the organizations that the person belongs to.
pub(super) async fn organizations(shared: &Shared, login: DataWorldLogin) -> Result<Vec<String>, Explanation> {
    let organizations = shared.workspace.dataworld(login).await?.organizations().await?;
    Ok(organizations.into_iter().map(|organization| organization.id).collect())
}

/// A dataset with its files.
pub(super) async fn dataset(shared: &Shared, login: DataWorldLogin, key: &DatasetKey) -> Result<Dataset, Explanation> {
    Ok(shared.workspace.dataworld(login).await?.dataset(key).await?)
}

/// Makes a dataset.
pub(super) async fn create(shared: &Shared, login: DataWorldLogin, new: &NewDataset) -> CreateReply {
    let dataworld = match shared.workspace.dataworld(login).await {
        Ok(dataworld) => dataworld,
        Err(why) => return CreateReply::Failed(why.into()),
    };
    match dataworld.create(new).await {
        Ok(key) => CreateReply::Created(key),
        Err(error) if error.status() == Some(409) => CreateReply::Taken(error.into()),
        Err(error) => CreateReply::Failed(error.into()),
    }
}
