//! Settings that are read only when they are needed: wrong ones are found now.

use anyhow::Result;
use oasis_core::VtidSearch;

use super::finding::Finding;
use crate::config::{
    Config, FEED_AGE, FEED_CLIENTS, PUBLIC_READ, SPOOL_MAX_BYTES, Span, VTID_SCHEMES,
    WATCH_INTERVAL, WATCH_LOOKBACK, WATCH_OVERLAP,
};
use crate::{routes, serve};

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let read: [Result<()>; 11] = [
        config.address().map(drop),
        config.parse::<VtidSearch>(VTID_SCHEMES).map(drop),
        config.parse::<bool>(PUBLIC_READ).map(drop),
        config.parse::<Span>(FEED_AGE).map(drop),
        config.parse::<usize>(FEED_CLIENTS).map(drop),
        config.parse::<std::num::NonZeroU64>(SPOOL_MAX_BYTES).map(drop),
        config.parse::<Span>(WATCH_INTERVAL).map(drop),
        config.parse::<Span>(WATCH_OVERLAP).map(drop),
        config.parse::<Span>(WATCH_LOOKBACK).map(drop),
        serve::expected(config).map(drop),
        routes::check(config),
    ];
    let wrong: Vec<_> = read.into_iter().filter_map(Result::err).collect();
    if wrong.is_empty() {
        return vec![Finding::fine("settings", "all can be read")];
    }
    let remedy = "correct it; `oasis-gateway config --print` shows every setting and its origin";
    wrong.iter().map(|e| Finding::fault("settings", format!("{e:#}"), remedy)).collect()
}
