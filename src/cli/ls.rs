//! `writeback ls`: lists data.world datasets, or the files of one.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::context::Context;
use super::json;
use super::out::{out, room};
use super::stderr::{eprint_line, eprint_retry};
use super::table::{Column, Table};
use super::trouble::Trouble;
use crate::export::{DatasetKey, IdError};
use crate::services::dataworld::{Access, DataWorld, Dataset, File};
use crate::text::format;
use crate::text::secret::may_be_secret;
use crate::text::terminal_text::printable;

#[derive(Debug, clap::Args)]
pub(super) struct LsArgs {
    /// OWNER lists one owner's datasets, OWNER/DATASET the files of one; if left out, all your datasets.
    path: Option<String>,
    /// List the datasets and projects that you like.
    #[arg(long, conflicts_with_all = ["path", "projects"])]
    liked: bool,
    /// List your projects, and those you contribute to.
    #[arg(long, conflicts_with = "path")]
    projects: bool,
    /// The data.world account to use; if left out, the credentials in the environment.
    #[arg(long, add = super::complete::dataworld_accounts())]
    account: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct DatasetRow<'a> {
    dataset: String,
    title: &'a str,
    access: &'static str,
    project: bool,
    updated: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct FileRow<'a> {
    file: &'a str,
    size: Option<u64>,
    updated: Option<DateTime<Utc>>,
    updated_by: Option<&'a str>,
    sync_status: Option<&'a str>,
}

pub(super) async fn ls(args: &LsArgs, context: &Context) -> Result<ExitCode, Trouble> {
    let dataworld = context.browse(args.account.as_deref(), Arc::new(eprint_retry)).await?;
    match args.path.as_deref() {
        Some(path) if path.trim_matches('/').contains('/') => {
            let key: DatasetKey = path.parse()?;
            let files = dataworld.dataset(&key).await?.files;
            let files = files.ok_or_else(|| Trouble::failed(crate::explain::no_file_list().to_string()))?;
            list_files(&files, args.json).map_err(Trouble::unwritten)?;
        }
        owner => {
            let datasets = datasets(&dataworld, args, owner).await?;
            list_datasets(&datasets, args.json).map_err(Trouble::unwritten)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn datasets(dataworld: &DataWorld, args: &LsArgs, owner: Option<&str>) -> Result<Vec<Dataset>, Trouble> {
    let mut all = Vec::new();
    match owner {
        None if args.liked => dataworld.liked(|page| all.extend(page)).await?,
        None if args.projects => dataworld.projects(|page| all.extend(page)).await?,
        Some(owner) => {
            let owner = owner.trim_matches('/').trim_start_matches('@');
            if may_be_secret(owner) {
                return Err(IdError::MayBeSecret.into());
            }
            if owner.contains(char::is_control) {
                return Err(IdError::MalformedDatasetKey.into());
            }
            dataworld.datasets_of(owner, |page| all.extend(page)).await?;
        }
        None => {
            if let Some(error) = dataworld.datasets(|page| all.extend(page)).await? {
                let sentence = format!("writeback: The list is not complete. {}", crate::explain::api(&error).what);
                eprint_line(&printable(&sentence));
            }
        }
    }
    all.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(all)
}

fn list_datasets(datasets: &[Dataset], json: bool) -> io::Result<()> {
    let rows: Vec<DatasetRow> = datasets
        .iter()
        .map(|dataset| DatasetRow {
            dataset: dataset.key.to_string(),
            title: &dataset.title,
            access: access(dataset.access),
            project: dataset.is_project,
            updated: dataset.updated,
        })
        .collect();
    if json {
        return json::pretty(&mut out(), &rows);
    }
    let mut table = Table::new([
        Column::new("Dataset").at_least(32),
        Column::new("Title").at_least(12).spare(1),
        Column::new("Access"),
        Column::new("Updated (UTC)"),
    ]);
    for row in &rows {
        let kind = if row.project { " (project)" } else { "" };
        table.row([row.dataset.clone(), format!("{}{kind}", row.title), row.access.to_owned(), date(row.updated)]);
    }
    print_table(&table, &format::counted(rows.len() as u64, "dataset"))
}

fn list_files(files: &[File], json: bool) -> io::Result<()> {
    let rows: Vec<FileRow> = files
        .iter()
        .map(|file| FileRow {
            file: &file.name,
            size: file.size,
            updated: file.updated,
            updated_by: file.updated_by.as_deref(),
            sync_status: file.sync_status.as_deref(),
        })
        .collect();
    if json {
        return json::pretty(&mut out(), &rows);
    }
    let mut table = Table::new([
        Column::new("File").at_least(32),
        Column::new("Size").right(),
        Column::new("Updated (UTC)"),
        Column::new("By").at_least(8).spare(1),
        Column::new("Sync").at_least(8).spare(2),
    ]);
    for (row, file) in rows.iter().zip(files) {
        table.row([
            row.file.to_owned(),
            row.size.map_or_else(|| "processing".to_owned(), format::bytes),
            date(row.updated),
            row.updated_by.unwrap_or_default().to_owned(),
            file.sync().unwrap_or_default().to_owned(),
        ]);
    }
    print_table(&table, &format::counted(rows.len() as u64, "file"))
}

fn print_table<const N: usize>(table: &Table<N>, count: &str) -> io::Result<()> {
    let mut out = out();
    write!(out, "{}", table.text(room()))?;
    writeln!(out, "\n{count}")
}

fn access(access: Access) -> &'static str {
    match access {
        Access::None => "none",
        Access::Read => "read",
        Access::Write => "write",
        Access::Admin => "admin",
        Access::Unknown => "unknown",
    }
}

fn date(date: Option<DateTime<Utc>>) -> String {
    date.map(format::date_and_time).unwrap_or_default()
}
