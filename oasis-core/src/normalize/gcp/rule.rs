//! The form of a rule: which places of a delivery become which fields of an event.

use super::super::decide::{Action, Given, StatusRule};
use super::super::place::Place;
use super::super::template;
use crate::event::Status;

/// How one kind of thing that Google tells is read.
///
/// A place is a path, as in GitHub's rules. What it starts with says where to look: `context` are
/// the attributes of a CloudEvent, `message` is what Pub/Sub says of its message, `attributes` are
/// the message's own, `data` is the payload, `method` the words of an audited method's name.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) kind: &'static str,
    pub(super) module: &'static str,
    /// The delivery is of this kind when all of one of these rows hold.
    pub(super) given: &'static [&'static [Given]],
    /// The last part of the title.
    pub(super) action: Action,
    pub(super) status: StatusRule,
    pub(super) reference: &'static [&'static str],
    pub(super) link: &'static [&'static str],
    /// When it happened; behind these stand [`TIME`].
    pub(super) time: &'static [&'static str],
    /// Where a task id may stand, in the order of [`Place`]; before these stand the labels.
    pub(super) vtid: &'static [(Place, &'static str)],
    /// Where the label `vtid` may stand.
    pub(super) vtid_labels: &'static [&'static str],
    /// Where the label `vt_layer` may stand, which counts before the id's own layer.
    pub(super) layer_labels: &'static [&'static str],
    /// Where the label `vt_module` may stand, which counts before the rule's module.
    pub(super) module_labels: &'static [&'static str],
    /// Names in `meta` beside those of [`META`].
    pub(super) meta: &'static [(&'static str, &'static str)],
    /// Names in `meta` whose value is a label that may stand in several places.
    pub(super) meta_labels: &'static [(&'static str, &'static [&'static str])],
}

/// When it happened, where the payload doesn't tell.
pub(super) const TIME: [&str; 2] = ["message.time", "context.time"];

/// What `meta` holds of every delivery that has it.
pub(super) const META: &[(&str, &str)] =
    &[("event_type", "context.type"), ("subscription", "message.subscription")];

/// What a rule starts from; what it doesn't say is this.
pub(super) const DEFAULT: Rule = Rule {
    kind: "",
    module: "GCP",
    given: &[],
    action: Action::Always("message"),
    status: StatusRule::Always(Status::Info),
    reference: &[],
    link: &[],
    time: &[],
    vtid: &[],
    vtid_labels: &["attributes.vtid", "data.labels.vtid"],
    layer_labels: &["attributes.vt_layer", "data.labels.vt_layer"],
    module_labels: &["attributes.vt_module", "data.labels.vt_module"],
    meta: &[],
    meta_labels: &[],
};

impl Rule {
    /// The places that it reads.
    pub(super) fn paths(&self) -> impl Iterator<Item = &'static str> {
        let given = self.given.iter().flat_map(|row| row.iter().map(Given::path));
        let filled = self.reference.iter().chain(self.link).chain(self.time).copied();
        let named = self.meta.iter().map(|(_, place)| *place);
        let lists = [self.vtid_labels, self.layer_labels, self.module_labels];
        let labels = lists.into_iter().flatten().copied();
        let noted = self.meta_labels.iter().flat_map(|(_, places)| places.iter().copied());
        let searched = self.vtid.iter().map(|(_, path)| *path);
        filled
            .chain(named)
            .chain(noted)
            .flat_map(template::paths)
            .chain(given)
            .chain(labels)
            .chain(searched)
            .chain(self.action.paths())
            .chain(self.status.paths())
    }
}
