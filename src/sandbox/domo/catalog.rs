//! The sample DataSets: a score, like an analyst's list, each with one peculiarity that an export has to get right.

use chrono::{DateTime, TimeDelta, Utc};

use super::dataset::{Column, Content, DataSet, Kind, Share};
use super::people::{ANALYST, FINANCE, VISITOR};
use crate::sandbox::rows::Family;
use crate::sandbox::samples;

/// The newest sample's update. Fixed, so that tests and pictures show the same every day.
const NEWEST: i64 = 1_795_240_806; // 2026-11-21T06:00:06Z

/// All samples, with "Big" on request.
pub(crate) fn datasets(big: Option<u64>) -> Vec<DataSet> {
    let mut all = vec![
        generated(samples::DAILY_SALES, "Daily Sales by Region", 240_000, Family::Sales)
            .described("Every order line of the last two years, by region and store. Updated each morning."),
        generated("acb4e078-21eb-422b-8b56-0d8add561108", "Store Targets", 480, Family::Sales).described(""),
        generated("3a9b2e7f-7261-4adb-b820-4f1e2319a2eb", "Web Sessions by Channel", 64_000, Family::Web).in_millis(),
        generated("c26cb0ce-b47d-4c2e-a98b-252c1077a9bc", "Shipments, Last Mile", 100_000, Family::Shipments),
        generated(samples::QUOTED, "Customer Feedback", 2_500, Family::Feedback)
            .described("Free text as customers wrote it: quotes, line ends, \u{1F600}.")
            .in_millis(),
        generated(samples::HASH_ROWS, "Social Media Hashtags", 360, Family::Tags),
        generated(samples::SINGLE_COLUMN, "Newsletter Opt-outs", 1_200, Family::OptOuts),
        generated(samples::EMPTY, "New Store Openings", 0, Family::Sales),
    ];
    let mut pdp = generated(samples::PDP, "Regional Pipeline", 12_000, Family::Sales);
    pdp.owner = FINANCE;
    pdp.pdp_region = Some(3);
    pdp.shared = vec![Share { with: ANALYST, level: "CAN_EDIT" }];
    let mut not_owned = generated(samples::NOT_OWNED, "General Ledger", 18_250, Family::Ledger);
    not_owned.owner = FINANCE;
    not_owned.shared = vec![Share { with: ANALYST, level: "CAN_VIEW" }];
    let mut co_owned = generated(samples::NOT_OWNED_CO_OWNED, "Supply Chain Shipments", 36_000, Family::Shipments);
    co_owned.owner = FINANCE;
    co_owned.shared = vec![Share { with: ANALYST, level: "CO_OWNER" }, Share { with: VISITOR, level: "CAN_VIEW" }];
    let mut deleted = generated(samples::DELETED, "Inventory Snapshot (old)", 5_000, Family::Sales);
    deleted.deleted = true;
    let mut no_metadata = generated(samples::NO_METADATA, "Headcount Costs", 900, Family::Ledger);
    no_metadata.owner = FINANCE;
    no_metadata.metadata = false;
    all.extend([pdp, not_owned, co_owned, deleted, no_metadata]);
    all.extend(odd_ones());
    all.extend(big.map(|rows| generated(samples::BIG, "Big", rows, Family::Sales)));
    for (age, dataset) in all.iter_mut().enumerate() {
        dataset.updated -= TimeDelta::hours(7 * age as i64);
        dataset.created -= TimeDelta::days(30 + age as i64);
    }
    all
}

/// DataSets whose rows Domo does not count, archives, does not export, or escapes.
fn odd_ones() -> [DataSet; 7] {
    let mut federated = generated(samples::FEDERATED, "Warehouse Orders (federated)", 1_500, Family::Shipments);
    (federated.kind, federated.stated) = (Kind::Federated, Some(0));
    let mut view = generated(samples::STALE_VIEW, "Warehouse Orders, Open (view)", 950, Family::Shipments);
    (view.kind, view.stated) = (Kind::View, Some(800));
    let mut cloud = generated(samples::CLOUD, "Inventory (cloud)", 700, Family::Sales);
    (cloud.kind, cloud.stated) = (Kind::Cloud, Some(-1));
    let mut no_count = generated(samples::NO_COUNT, "Returns (not counted)", 640, Family::Sales);
    (no_count.kind, no_count.stated) = (Kind::Unqueried, None);
    let mut archived = generated(samples::ARCHIVED, "Receipts 2019 (archived)", 3_000, Family::Sales);
    archived.is_archived = true;
    let mut fusion = generated(samples::DATA_FUSION, "Stores and Targets (fusion)", 4_000, Family::Sales);
    fusion.kind = Kind::Fusion;
    let mut escaped = generated(samples::ESCAPED, "Support Comments (escaped)", 1_200, Family::Feedback);
    escaped.always_escapes = true;
    [federated, view, cloud, no_count, archived, fusion, escaped]
}

fn generated(id: &str, name: &str, rows: u64, family: Family) -> DataSet {
    let newest = DateTime::<Utc>::from_timestamp(NEWEST, 567_000_000).unwrap_or_default();
    let column = |&(name, kind): &(&str, &str)| Column { name: name.to_owned(), kind: kind.to_owned() };
    // Derived from the id, so that DataSets of a family differ in their rows.
    let seed = id.bytes().fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    DataSet {
        id: id.to_owned(),
        name: name.to_owned(),
        description: None,
        owner: ANALYST,
        shared: Vec::new(),
        columns: family.columns().iter().map(column).collect(),
        rows,
        stated: i64::try_from(rows).ok(),
        kind: Kind::Stored,
        is_archived: false,
        always_escapes: false,
        content: Content::Generated { family, seed },
        pdp_region: None,
        deleted: false,
        metadata: true,
        millis: false,
        created: newest,
        updated: newest,
    }
}

impl DataSet {
    fn described(mut self, description: &str) -> DataSet {
        self.description = Some(description.to_owned());
        self
    }

    fn in_millis(mut self) -> DataSet {
        self.millis = true;
        self
    }
}
