//! Settings of block devices: a device or a file on it, then a weight, a rate or a time span.

use unit_catalog::ValueKind as K;

use super::{integer, size, time_span};
use crate::value::Checker;
use crate::value::extract_word::{Extract, words};
use crate::value::path::Wanted;

/// Judges `DEVICE SETTING`.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let value = checker.value;
    let mut parts = words(value, Extract::UNQUOTE);
    let device = parts.next();
    let Some((Ok(device), setting)) = device.zip(parts.rest().filter(|rest| !rest.is_empty())) else {
        checker.whole("incomplete", kind.legend());
        return;
    };
    if checker.path(device.piece(), Wanted::Any).is_some() {
        return;
    }
    let text = value.get(setting.clone()).unwrap_or_default();
    let old = checker.context.directive.name.starts_with("BlockIO");
    let (good, what) = match kind {
        K::DeviceWeight => {
            let weights = if old { 10..=1000 } else { 1..=10_000 };
            (integer::unsigned(text).is_some_and(|weight| weights.contains(&weight)), "no weight")
        }
        K::DeviceLimit => {
            let limit = size::parse(text, 1000);
            (text == "infinity" && !old || limit.is_some_and(|limit| limit > 0), "no rate above zero")
        }
        _ => (time_span::parse(text, time_span::SECONDS).is_some(), "no time span"),
    };
    if !good {
        let meant = if kind == K::DeviceLimit { size::meant(text) } else { None };
        checker.report(setting, what, kind.legend()).instead(meant);
    }
}
