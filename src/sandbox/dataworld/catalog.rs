//! The sample datasets: more than 120, as a user of an organization sees them.

use axum::body::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tokio::time::Instant;

use super::dataset::{Access, Dataset, File, time};
use super::store::{Arriving, insert};
use crate::sandbox::samples::{CLOSED_BOOKS, FINANCE, LEGACY_ARCHIVE, ORGANIZATION, PROJECT, SALES_MART, USER};

/// The newest sample's update. Fixed, so that tests and pictures show the same every day.
const NEWEST: i64 = 1_795_168_800; // 2026-11-20T10:00:00Z

const TOPICS: [&str; 12] = [
    "Sales",
    "Returns",
    "Inventory",
    "Web traffic",
    "Store visits",
    "Campaigns",
    "Loyalty",
    "Pricing",
    "Shipping",
    "Suppliers",
    "Staffing",
    "Forecast",
];
const PERIODS: [&str; 6] = ["daily", "weekly", "2023", "2024", "2025", "2026"];

pub(crate) fn datasets() -> Vec<Dataset> {
    let mut all = named();
    // More datasets, so that a list has several pages and a filter has something to do.
    for (index, (topic, period)) in PERIODS.iter().flat_map(|period| TOPICS.map(|topic| (topic, *period))).enumerate() {
        let id = format!("{} {period}", topic.to_lowercase()).replace(' ', "-");
        let title = format!("{topic}, {period}");
        all.push(dataset(ORGANIZATION, &id, &title, Access::Write).with_file(&format!("{id}.csv"), 40 + index));
        if index % 2 == 0 {
            let access = if index % 8 == 0 { Access::Write } else { Access::Read };
            all.push(dataset(FINANCE, &format!("fin-{id}"), &format!("Finance: {title}"), access));
        }
        if index % 3 == 0 {
            all.push(dataset(USER, &format!("my-{id}"), &format!("{title} (mine)"), Access::Admin));
        }
    }
    for (age, dataset) in all.iter_mut().enumerate() {
        let updated = dataset.updated - TimeDelta::hours(5 * age as i64);
        dataset.updated = updated;
        dataset.created = updated - TimeDelta::days(200);
        for file in &mut dataset.files {
            file.updated = updated;
            file.created = updated - TimeDelta::days(100);
        }
    }
    all
}

const README: &str = "# Sales Mart\n\nSales as the dashboards read them, exported from Domo every night.\n\n\
    - `daily-sales.csv`: orders by day and region\n- `store_targets.csv`: what each store is to sell\n";
const STORES: &str = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"store\":\"North 1\"},\
    \"geometry\":{\"type\":\"Point\",\"coordinates\":[-97.74,30.27]}}]}\n";

fn named() -> Vec<Dataset> {
    let mut mart = dataset(ORGANIZATION, SALES_MART, "Sales Mart", Access::Write)
        .with_file("daily-sales.csv", 900)
        .with_file("store_targets.csv", 48)
        .with_text("stores.geojson", STORES)
        .with_text("README.md", README);
    mart.description = "Sales as the dashboards read them. Fed from Domo.".to_owned();
    mart.tags = vec!["sales".to_owned(), "domo".to_owned()];
    mart.contributing = true;
    let open = dataset(ORGANIZATION, "public-samples", "Public samples", Access::Admin)
        .with_file("sample rows.csv", 10)
        .with_file("größe.csv", 5);
    let open = Dataset { contributing: true, ..open.open("CC-BY") };
    let closed = dataset(FINANCE, CLOSED_BOOKS, "Closed books 2025", Access::Read).with_file("ledger-2025.csv", 300);
    let mut archive = dataset(USER, LEGACY_ARCHIVE, "Legacy archive", Access::Admin)
        .with_file("exports/2019/orders.csv", 20)
        .with_file("pending.csv", 20);
    if let Some(pending) = archive.file_mut("pending.csv") {
        pending.size = None;
    }
    if let Some(fetched) = archive.with_source("exchange-rates.csv") {
        fetched.description = Some("Fetched each night from the bank.".to_owned());
    }
    let glossary = dataset("jo-steward", "glossary-of-terms", "Glossary of terms", Access::Write);
    let quality = dataset("jo-steward", "quality-reports", "Quality reports", Access::Read);
    let transit = dataset("city-open-data", "transit-stops", "Transit stops", Access::Read);
    let census = dataset("census-mirror", "population-by-county", "Population by county", Access::Read);
    let forecast = dataset(USER, PROJECT, "Q4 forecast", Access::Admin);
    vec![
        mart,
        dataset(USER, "scratch", "Scratch", Access::Admin),
        open,
        closed,
        archive,
        Dataset { project: true, ..forecast.with_file("assumptions.csv", 15) },
        Dataset { contributing: true, ..glossary.with_file("terms.csv", 60) },
        Dataset { contributing: true, ..quality.with_file("october.csv", 60) },
        Dataset { liked: true, ..transit.with_file("stops.csv", 80).open("Public Domain") },
        Dataset { liked: true, ..census.with_file("population.csv", 80).open("Public Domain") },
    ]
}

fn dataset(owner: &str, id: &str, title: &str, access: Access) -> Dataset {
    let newest = DateTime::<Utc>::from_timestamp(NEWEST, 412_000_000).unwrap_or_default();
    Dataset::new(owner, id, title, access, newest)
}

impl Dataset {
    fn open(self, license: &str) -> Dataset {
        Dataset { visibility: "OPEN".to_owned(), license: Some(license.to_owned()), ..self }
    }

    fn with_file(self, name: &str, lines: usize) -> Dataset {
        use std::fmt::Write;
        let mut text = "id,value\n".to_owned();
        for line in 1..=lines {
            // Writing to memory does not fail.
            let _ = writeln!(text, "{line},{}", line * line % 97);
        }
        self.with_text(name, &text)
    }

    fn with_text(mut self, name: &str, text: &str) -> Dataset {
        insert(&mut self, name, Arriving::whole(text.as_bytes()), Instant::now(), None);
        self
    }

    fn with_source(&mut self, name: &str) -> Option<&mut File> {
        let now = self.updated;
        self.files.push(File {
            size: Some(4_096),
            content: Some(Bytes::from_static(b"day,rate\n2026-11-19,1.08\n")),
            labels: vec!["raw data".to_owned()],
            source: Some(json!({
                "url": "https://bank.example/rates.csv", "method": "GET", "syncStatus": "OK", "expandArchive": false,
                "lastSyncStart": time(now), "lastSyncSuccess": time(now),
            })),
            ..File::new(name, now)
        });
        self.files.last_mut()
    }
}
