//! Names of exports with a restricted set of characters.

use super::short_hash;

/// The longest name of a CronJob: Kubernetes adds 11 characters for its Jobs, and 63 are allowed (kubernetes.io,
/// "CronJob").
const MAX_LABEL: usize = 52;

/// `writeback-` and the slug, as a DNS label (RFC 1123). A hash of the slug replaces the rest, so that no two exports
/// share a label.
pub(super) fn dns_label(slug: &str) -> String {
    let whole = format!("writeback-{slug}");
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if whole.chars().all(fits) && whole.len() <= MAX_LABEL && !whole.ends_with('-') {
        return whole;
    }
    let hash = short_hash(slug, 4);
    let beginning: String = whole.chars().filter(|c| fits(*c)).take(MAX_LABEL - hash.len() - 1).collect();
    format!("{}-{hash}", beginning.trim_end_matches('-'))
}
