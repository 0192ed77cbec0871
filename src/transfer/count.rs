//! Finds the number of rows of a DataSet: from its metadata or, if that keeps no true number, by a query.

use super::{Failure, Refusal};
use crate::export::{Checks, Export};
use crate::history::RowCount;
use crate::services::domo::{DataSet, DataSetKind, Domo, Hiding, Ownership};
use crate::services::http::{ApiError, Broken};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCount {
    /// The metadata has none, and the query was refused or gave none.
    NotCounted(ApiError),
    /// The metadata has none, and the query counts only the rows that the account may see.
    Filtered(Hiding),
}

#[derive(Debug, Clone)]
pub(crate) struct Counted {
    pub(crate) data_set: DataSet,
    /// `None` for [`RowCount::NotProven`].
    pub(crate) rows: Option<u64>,
    pub(crate) by: RowCount,
    pub(crate) missing: Option<NoCount>,
}

impl Counted {
    pub(super) fn version(&self) -> impl PartialEq + use<> {
        (self.rows, self.by, self.data_set.data_date())
    }
}

pub(crate) fn check_exportable(data_set: &DataSet) -> Result<(), Refusal> {
    match data_set {
        DataSet { is_archived: true, .. } => Err(Refusal::Archived),
        DataSet { kind: DataSetKind::DataFusion, .. } => Err(Refusal::DataFusion),
        _ => Ok(()),
    }
}

/// Trust in the number of rows in a DataSet's metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatedCount {
    Trusted,
    /// The export had another number of rows. The stated one may be old: a View on a federated DataSet states that of
    /// the day on which it was made (Domo's knowledge base, "Federated DataSets"), and a client is not told what is a
    /// View.
    Doubted,
}

pub(crate) async fn count_for(
    domo: &Domo,
    data_set: DataSet,
    ownership: Ownership,
    export: &Export,
    stated: StatedCount,
) -> Result<Counted, Failure> {
    let needs_metadata = export.input.only_when_updated;
    if needs_metadata {
        check_updates(&data_set)?;
    }
    let counted = count(domo, data_set, ownership, export.checks, stated).await?;
    match counted.by {
        RowCount::Query | RowCount::NotProven if needs_metadata => Err(Refusal::UpdatesUnknown.into()),
        _ => Ok(counted),
    }
}

/// Refuses *only when updated* for a DataSet whose metadata does not show changes of its rows.
pub(crate) fn check_updates(data_set: &DataSet) -> Result<(), Refusal> {
    if data_set.kind.keeps_row_count() { Ok(()) } else { Err(Refusal::UpdatesUnknown) }
}

async fn count(
    domo: &Domo,
    data_set: DataSet,
    ownership: Ownership,
    checks: Checks,
    trust: StatedCount,
) -> Result<Counted, Failure> {
    let stated = data_set.stated_rows();
    let by_metadata = |data_set| Ok(Counted { data_set, rows: stated, by: RowCount::Metadata, missing: None });
    let is_doubted = trust == StatedCount::Doubted && stated.is_some();
    // A federated DataSet states 0, and a client is not told that it is federated.
    let is_doubtful = is_doubted || (stated == Some(0) && data_set.kind == DataSetKind::Unsaid);
    if stated.is_some() && !is_doubtful {
        return by_metadata(data_set);
    }
    let hiding = data_set.hiding();
    let is_filtered = hiding != Hiding::Nothing && !ownership.sees_all();
    let missing = match domo.count_rows(&data_set.id).await {
        Ok(rows) if is_doubtful && stated == Some(rows) => return by_metadata(data_set),
        Ok(_) if is_doubted && is_filtered => return by_metadata(data_set),
        Ok(_) if is_filtered => NoCount::Filtered(hiding),
        Ok(rows) => return Ok(Counted { data_set, rows: Some(rows), by: RowCount::Query, missing: None }),
        Err(error) if !is_final(&error) => return Err(error.into()),
        Err(_) if is_doubtful => return by_metadata(data_set),
        Err(error) => NoCount::NotCounted(error),
    };
    match checks.allow_unproven {
        true => Ok(Counted { data_set, rows: None, by: RowCount::NotProven, missing: Some(missing) }),
        false => Err(Refusal::NoRowCount(missing).into()),
    }
}

/// Asking again would give the same error: the query itself was refused, or its answer is not a number.
fn is_final(error: &ApiError) -> bool {
    match error.broken {
        Broken::Unreadable(_) => true,
        Broken::Status { code, .. } => matches!(code, 400 | 403..=405 | 409 | 410 | 415 | 422 | 501),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Limits;
    use crate::sandbox::{Effect, Fault, Options, Route, Sandbox, samples};
    use crate::services::domo::DomoCredential;
    use crate::services::http::{Backoff, Http, Trust};
    use crate::text::secret::Secret;

    async fn domo(sandbox: &Sandbox, id: &str, said: &str) -> (Domo, DataSet) {
        let credential =
            DomoCredential::Client { id: samples::CLIENT_ID.to_owned(), secret: Secret::new(samples::CLIENT_SECRET) };
        let trust = Trust::new(Vec::new()).unwrap();
        let http =
            Http::new(&Limits::default(), Backoff::new(5), crate::services::http::Proxies::none(), &trust).unwrap();
        let domo = Domo::new(http, &sandbox.domo_url(), credential);
        let body = format!(r#"{{"id":"{id}",{said}}}"#);
        sandbox.fault(Fault::once(Route::DomoDataSet, Effect::status(200, body)));
        let data_set = domo.data_set(&id.parse().unwrap()).await.unwrap();
        (domo, data_set)
    }

    #[tokio::test]
    async fn a_filtered_count_proves_nothing() {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let (domo, data_set) = domo(&sandbox, samples::PDP, r#""rows":null,"pdpEnabled":true"#).await;
        let count = async |ownership, allow_unproven| {
            count(
                &domo,
                data_set.clone(),
                ownership,
                Checks { allow_unproven, ..Checks::default() },
                StatedCount::Trusted,
            )
            .await
        };
        let filtered = NoCount::Filtered(Hiding::Pdp);
        for ownership in [Ownership::Unknown, Ownership::Denied] {
            let refused = count(ownership, false).await.unwrap_err();
            assert_eq!(refused, Refusal::NoRowCount(filtered.clone()).into());
            let allowed = count(ownership, true).await.unwrap();
            assert_eq!(
                (allowed.rows, allowed.by, allowed.missing),
                (None, RowCount::NotProven, Some(filtered.clone()))
            );
        }
        for ownership in [Ownership::Proven, Ownership::SeesAll] {
            let counted = count(ownership, false).await.unwrap();
            assert_eq!((counted.rows, counted.by), (Some(2_400), RowCount::Query));
        }
    }

    #[tokio::test]
    async fn a_failing_service_is_not_a_missing_number() {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        for stated in ["null", "0", "-1"] {
            let (domo, data_set) = domo(&sandbox, samples::DAILY_SALES, &format!(r#""rows":{stated}"#)).await;
            let on = Route::Path { method: Some("POST"), prefix: "/v1/datasets/query".to_owned() };
            sandbox.fault(Fault::once(on, Effect::status(503, "{}")));
            let checks = Checks { allow_unproven: true, ..Checks::default() };
            let failed = count(&domo.once(), data_set, Ownership::Proven, checks, StatedCount::Trusted).await;
            assert!(matches!(failed, Err(Failure::Api(_))), "{stated}: {failed:?}");
        }
    }

    #[tokio::test]
    async fn a_data_set_without_rows_keeps_its_stated_number() {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let (domo, data_set) = domo(&sandbox, samples::EMPTY, r#""rows":0"#).await;
        let counted =
            count(&domo, data_set, Ownership::Unknown, Checks::default(), StatedCount::Trusted).await.unwrap();
        assert_eq!((counted.rows, counted.by), (Some(0), RowCount::Metadata));
    }

    #[tokio::test]
    async fn a_doubted_number_is_replaced_by_an_unfiltered_query() {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let rows = async |id, said| {
            let (domo, data_set) = domo(&sandbox, id, said).await;
            let counted =
                count(&domo, data_set, Ownership::Unknown, Checks::default(), StatedCount::Doubted).await.unwrap();
            (counted.rows, counted.by)
        };
        assert_eq!(rows(samples::DAILY_SALES, r#""rows":1"#).await, (Some(240_000), RowCount::Query));
        assert_eq!(rows(samples::DAILY_SALES, r#""rows":240000"#).await, (Some(240_000), RowCount::Metadata));
        assert_eq!(rows(samples::PDP, r#""rows":1,"pdpEnabled":true"#).await, (Some(1), RowCount::Metadata));
    }
}
