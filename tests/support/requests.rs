//! The requests of effects, by the type of their replies.

use std::any::Any;

use writeback::testing::tui::state::{Effect, Request};

/// The request of an effect whose replies are an `R`.
pub(crate) fn request<R: 'static>(effect: &Effect) -> Option<Request<R>> {
    let request: &dyn Any = match effect {
        Effect::FindVault { request } => request,
        Effect::TestDataWorld { request, .. } => request,
        Effect::TestDomo { request, .. } => request,
        Effect::KeepAccount { request, .. } => request,
        Effect::LookUpDataSet { request, .. } => request,
        Effect::ListDataSets { request, .. } => request,
        Effect::ListDatasets { request, .. } => request,
        Effect::ListOrganizations { request, .. } => request,
        Effect::LookUpDataset { request, .. } => request,
        Effect::CreateDataset { request, .. } => request,
        Effect::Browse { request, .. } => request,
        Effect::ReadHead { request, .. } => request,
        Effect::Download { request, .. } => request,
        Effect::DeleteFile { request, .. } | Effect::ChangeExport { request, .. } => request,
        Effect::RemoveExport { request, .. } => request,
        Effect::OpenLink { request, .. } => request,
        Effect::TestAccount { request, .. } => request,
        Effect::ChangeAccount { request, .. } => request,
        Effect::Check { request, .. } => request,
        Effect::StartRun { request, .. } => request,
        Effect::SaveExport { request, .. } => request,
        Effect::LoadHome { request } => request,
        Effect::AskSchedulers { request } => request,
        Effect::ListRuns { request, .. } => request,
        Effect::PlanSchedules { request, .. } => request,
        Effect::ChangeSchedule { request, .. } => request,
        Effect::Copy { request, .. } => request,
        _ => return None,
    };
    request.downcast_ref().cloned()
}
