use chrono::{TimeDelta, Utc};

use super::board::{Chain, Found, SkipReason};
use super::{CheckPlan, Step, Warning, connection};
use crate::accounts::CredentialOwner;
use crate::export::{Export, Service, file_name, next_number};
use crate::services::dataworld::{Access, DataWorld, File};
use crate::services::http::{Action, Broken};
use crate::text::format::{bytes, day, in_brackets};
use crate::transfer::Refusal;

/// A token that expires sooner gets a warning.
const SOON: TimeDelta = TimeDelta::days(14);

pub(super) async fn check(chain: &Chain<'_>, dataworld: &DataWorld, plan: &CheckPlan) -> Result<(), SkipReason> {
    connection::test(
        chain,
        Service::DataWorld,
        (dataworld.http(), dataworld.address()),
        plan.limits.connect,
        dataworld.probe(),
    )
    .await?;
    let token = chain.step(Step::Token, "the API token was not accepted", async {
        let user = dataworld.user().await?;
        let finding = match &user.display_name {
            Some(name) => format!("{} ({name})", user.id),
            None => user.id.clone(),
        };
        Ok((user, Found::Done(finding)))
    });
    let user = token.await?;
    chain.belongs_to(CredentialOwner::from(&user));
    match user.token_may_write {
        Some(true) => {
            let may = async { Ok(((), Found::Done("read and write".to_owned()))) };
            chain.step(Step::Permission, "", may).await?;
        }
        Some(false) => {
            let may = async {
                // Only an export has to write.
                if plan.export.is_some() {
                    return Err(dataworld.error(Action::Upload, Broken::ReadToken).into());
                }
                Ok(((), Found::Warned("read only".to_owned(), Warning::ReadToken)))
            };
            // The dataset and its files can be read all the same.
            let _ = chain.step(Step::Permission, "", may).await;
        }
        None => chain.skip(Step::Permission, "the token does not state its permissions"),
    }
    match dataworld.token_ends() {
        Some(end) => {
            let soon = end - Utc::now() < SOON;
            let finding = format!("on {}", day(end));
            let found = if soon { Found::Warned(finding, Warning::EndsSoon(end)) } else { Found::Done(finding) };
            chain.step(Step::End, "", async { Ok(((), found)) }).await?;
        }
        None => chain.skip(Step::End, "the token does not state an expiry"),
    }
    match &plan.export {
        Some(export) => of_export(chain, dataworld, export, plan).await,
        None => Ok(()),
    }
}

async fn of_export(
    chain: &Chain<'_>,
    dataworld: &DataWorld,
    export: &Export,
    plan: &CheckPlan,
) -> Result<(), SkipReason> {
    let key = &export.output.dataset;
    let read = chain.step(Step::Dataset, "the dataset cannot be written to", async {
        let dataset = dataworld.dataset(key).await?;
        if !dataset.access.may_write() {
            return Err(Refusal::ReadOnly(key.clone()).into());
        }
        let may = if dataset.access == Access::Unknown {
            "data.world does not say whether you may write"
        } else {
            "may write"
        };
        let finding = format!("{key}, {may}");
        Ok((dataset, Found::Done(finding)))
    });
    let dataset = read.await?;
    let file = chain.step(Step::File, "", async {
        let files = dataset.files.as_deref().ok_or(Refusal::NoFileList)?;
        Ok(((), existing_file(files, export, plan)))
    });
    file.await
}

/// Tells if a file of that name is there, and its origin.
fn existing_file(files: &[File], export: &Export, plan: &CheckPlan) -> Found {
    let output = &export.output;
    let number = next_number(&output.file, files.iter().map(|file| file.name.as_str()), 0);
    let name = file_name(&output.file, output.append, plan.today, number);
    match files.iter().find(|file| file.is_called(&name)) {
        None => Found::Done(format!("{name} is new")),
        Some(file) => {
            let finding = format!("{name} exists{}", described(file));
            if file.sync_status.is_some() {
                Found::Warned(finding, Warning::Synced)
            } else {
                Found::Done(format!("{finding}: it will be replaced"))
            }
        }
    }
}

fn described(file: &File) -> String {
    let by = file.updated_by.as_ref().map(|user| format!("by {user}"));
    in_brackets([file.size.map(bytes), file.updated.map(day), by])
}
