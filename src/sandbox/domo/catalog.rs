//! The sample DataSets: a score, like an analyst's list, each with one peculiarity that an export has to get right.

use chrono::{DateTime, TimeDelta, Utc};

use super::dataset::{Column, Content, DataSet, Kind, Share};
use super::people::{ANALYST, FINANCE, Person, VISITOR};
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
        DataSet {
            pdp_region: Some(3),
            ..generated(samples::PDP, "Regional Pipeline", 12_000, Family::Sales).of_finance(&[(ANALYST, "CAN_EDIT")])
        },
        generated(samples::NOT_OWNED, "General Ledger", 18_250, Family::Ledger).of_finance(&[(ANALYST, "CAN_VIEW")]),
        generated(samples::NOT_OWNED_CO_OWNED, "Supply Chain Shipments", 36_000, Family::Shipments)
            .of_finance(&[(ANALYST, "CO_OWNER"), (VISITOR, "CAN_VIEW")]),
        DataSet { deleted: true, ..generated(samples::DELETED, "Inventory Snapshot (old)", 5_000, Family::Sales) },
        DataSet {
            metadata: false,
            ..generated(samples::NO_METADATA, "Headcount Costs", 900, Family::Ledger).of_finance(&[])
        },
    ];
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
    let fusion = generated(samples::DATA_FUSION, "Stores and Targets (fusion)", 4_000, Family::Sales);
    let archived = generated(samples::ARCHIVED, "Receipts 2019 (archived)", 3_000, Family::Sales);
    let escaped = generated(samples::ESCAPED, "Support Comments (escaped)", 1_200, Family::Feedback);
    [
        generated(samples::FEDERATED, "Warehouse Orders (federated)", 1_500, Family::Shipments)
            .stating(Kind::Federated, Some(0)),
        generated(samples::STALE_VIEW, "Warehouse Orders, Open (view)", 950, Family::Shipments)
            .stating(Kind::View, Some(800)),
        generated(samples::CLOUD, "Inventory (cloud)", 700, Family::Sales).stating(Kind::Cloud, Some(-1)),
        generated(samples::NO_COUNT, "Returns (not counted)", 640, Family::Sales).stating(Kind::Unqueried, None),
        DataSet { is_archived: true, ..archived },
        DataSet { kind: Kind::Fusion, ..fusion },
        DataSet { always_escapes: true, ..escaped },
    ]
}

fn generated(id: &str, name: &str, rows: u64, family: Family) -> DataSet {
    let newest = DateTime::<Utc>::from_timestamp(NEWEST, 567_000_000).unwrap_or_default();
    let column = |&(name, kind): &(&str, &str)| Column { name: name.to_owned(), kind: kind.to_owned() };
    // Derived from the id, so that DataSets of a family differ in their rows.
    let seed = id.bytes().fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    DataSet {
        columns: family.columns().iter().map(column).collect(),
        rows,
        stated: i64::try_from(rows).ok(),
        ..DataSet::new(id.to_owned(), name.to_owned(), ANALYST, Content::Generated { family, seed }, newest)
    }
}

impl DataSet {
    fn described(self, description: &str) -> DataSet {
        DataSet { description: Some(description.to_owned()), ..self }
    }

    fn in_millis(self) -> DataSet {
        DataSet { millis: true, ..self }
    }

    fn of_finance(self, shared: &[(Person, &'static str)]) -> DataSet {
        let shared = shared.iter().map(|(with, level)| Share { with: *with, level }).collect();
        DataSet { owner: FINANCE, shared, ..self }
    }

    fn stating(self, kind: Kind, stated: Option<i64>) -> DataSet {
        DataSet { kind, stated, ..self }
    }
}
