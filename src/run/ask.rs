//! The first phase: what is there on both sides, and may the export go ahead?

use super::{Failure, Job, Note, Refusal};
use crate::dataworld::{File, file_link};
use crate::domo::{DataSet, Ownership};
use crate::export::{Append, DatasetKey, file_name, next_number};

/// What a run is going to do.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) data_set: DataSet,
    pub(super) target: Target,
    /// What the person should know.
    pub(super) notes: Vec<Note>,
}

/// The file that is going to be written.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) key: DatasetKey,
    /// With suffix and extension.
    pub(super) name: String,
    /// The file of that name that is there already.
    pub(super) existing: Option<File>,
    /// Its page, for a browser.
    pub(super) link: String,
}

impl Target {
    /// `owner/id/name.csv`.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.key, self.name)
    }
}

/// Asks both services at once.
pub(super) async fn ask(job: &Job) -> Result<Plan, Failure> {
    let (input, output) = (&job.export.input, &job.export.output);
    let from_domo = async {
        let data_set = job.domo.data_set(&input.dataset).await?;
        let ownership = job.domo.ownership(&data_set).await?;
        Ok::<_, Failure>((data_set, ownership))
    };
    let from_dataworld = async {
        let user = job.dataworld.user().await?;
        let dataset = job.dataworld.dataset(&output.dataset).await?;
        Ok::<_, Failure>((user, dataset))
    };
    let ((data_set, ownership), (user, dataset)) = tokio::try_join!(from_domo, from_dataworld)?;

    match ownership {
        Ownership::Proven => {}
        Ownership::Denied => return Err(Refusal::NotOwner.into()),
        Ownership::Unknown if input.owner_confirmed => {}
        Ownership::Unknown => return Err(Refusal::OwnerUnconfirmed { pdp: data_set.pdp_enabled }.into()),
    }
    if data_set.rows.is_none() {
        return Err(Refusal::NoRowCount.into());
    }
    if !dataset.access.may_write() {
        return Err(Refusal::ReadOnly(output.dataset.clone()).into());
    }

    if output.append == Append::Number && dataset.files.is_none() {
        return Err(Refusal::NoFileList.into());
    }
    let files = dataset.files.unwrap_or_default();
    let number = match output.append {
        Append::Number => {
            let least = next_number(&output.file, files.iter().map(|file| file.name.as_str()), 0);
            job.numbers.next(least).await
        }
        Append::None | Append::Date => 0,
    };
    let name = file_name(&output.file, output.append, job.today, number);
    let link = file_link(user.base_url.as_deref(), &output.dataset, &name);
    let existing = files.into_iter().find(|file| file.name == name);
    let not_acted_on = job.export.not_acted_on();
    let mut notes = Vec::new();
    if !not_acted_on.is_empty() {
        notes.push(Note::NotActedOn(not_acted_on));
    }
    if user.token_may_write == Some(false) {
        notes.push(Note::ReadToken);
    }
    if ownership == Ownership::Unknown && data_set.pdp_enabled {
        notes.push(Note::PdpConfirmed);
    }
    Ok(Plan { data_set, target: Target { key: output.dataset.clone(), name, existing, link }, notes })
}
