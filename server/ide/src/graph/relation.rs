//! The relations between units, by the names that `systemctl show` prints.

/// How one unit bears on another (`UnitDependency`, systemd.unit(5)).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "each is named as the property of units that lists it")]
pub enum Relation {
    Requires,
    RequiredBy,
    Requisite,
    RequisiteOf,
    Wants,
    WantedBy,
    BindsTo,
    BoundBy,
    PartOf,
    ConsistsOf,
    Upholds,
    UpheldBy,
    Conflicts,
    ConflictedBy,
    Before,
    After,
    OnSuccess,
    OnSuccessOf,
    OnFailure,
    OnFailureOf,
    Triggers,
    TriggeredBy,
    PropagatesReloadTo,
    ReloadPropagatedFrom,
    PropagatesStopTo,
    StopPropagatedFrom,
    JoinsNamespaceOf,
    Slice,
    SliceOf,
}

use Relation as R;

impl Relation {
    /// Every relation, each before its inverse.
    pub const ALL: [Relation; 29] = [
        R::Requires,
        R::RequiredBy,
        R::Requisite,
        R::RequisiteOf,
        R::Wants,
        R::WantedBy,
        R::BindsTo,
        R::BoundBy,
        R::PartOf,
        R::ConsistsOf,
        R::Upholds,
        R::UpheldBy,
        R::Conflicts,
        R::ConflictedBy,
        R::Before,
        R::After,
        R::OnSuccess,
        R::OnSuccessOf,
        R::OnFailure,
        R::OnFailureOf,
        R::Triggers,
        R::TriggeredBy,
        R::PropagatesReloadTo,
        R::ReloadPropagatedFrom,
        R::PropagatesStopTo,
        R::StopPropagatedFrom,
        R::JoinsNamespaceOf,
        R::Slice,
        R::SliceOf,
    ];

    /// The property's name: `WantedBy`.
    pub fn name(self) -> &'static str {
        match self {
            R::Requires => "Requires",
            R::RequiredBy => "RequiredBy",
            R::Requisite => "Requisite",
            R::RequisiteOf => "RequisiteOf",
            R::Wants => "Wants",
            R::WantedBy => "WantedBy",
            R::BindsTo => "BindsTo",
            R::BoundBy => "BoundBy",
            R::PartOf => "PartOf",
            R::ConsistsOf => "ConsistsOf",
            R::Upholds => "Upholds",
            R::UpheldBy => "UpheldBy",
            R::Conflicts => "Conflicts",
            R::ConflictedBy => "ConflictedBy",
            R::Before => "Before",
            R::After => "After",
            R::OnSuccess => "OnSuccess",
            R::OnSuccessOf => "OnSuccessOf",
            R::OnFailure => "OnFailure",
            R::OnFailureOf => "OnFailureOf",
            R::Triggers => "Triggers",
            R::TriggeredBy => "TriggeredBy",
            R::PropagatesReloadTo => "PropagatesReloadTo",
            R::ReloadPropagatedFrom => "ReloadPropagatedFrom",
            R::PropagatesStopTo => "PropagatesStopTo",
            R::StopPropagatedFrom => "StopPropagatedFrom",
            R::JoinsNamespaceOf => "JoinsNamespaceOf",
            R::Slice => "Slice",
            R::SliceOf => "SliceOf",
        }
    }

    /// The relation of this exact name.
    pub fn of_name(name: &str) -> Option<Relation> {
        Self::ALL.into_iter().find(|relation| relation.name() == name)
    }

    /// What the other unit shows for it: `WantedBy` for `Wants`.
    pub fn inverse(self) -> Relation {
        match self {
            R::JoinsNamespaceOf => R::JoinsNamespaceOf,
            // All others stand in pairs.
            _ => {
                let at = self as usize;
                let pair = if at < R::JoinsNamespaceOf as usize { at ^ 1 } else { Self::slice_pair(at) };
                Self::ALL[pair]
            }
        }
    }

    fn slice_pair(at: usize) -> usize {
        R::Slice as usize + R::SliceOf as usize - at
    }

    /// Whether it is said by the unit that acts: `Wants`, not `WantedBy`. `Before` and `After` both are.
    pub fn is_forward(self) -> bool {
        !matches!(
            self,
            R::RequiredBy
                | R::RequisiteOf
                | R::WantedBy
                | R::BoundBy
                | R::ConsistsOf
                | R::UpheldBy
                | R::ConflictedBy
                | R::OnSuccessOf
                | R::OnFailureOf
                | R::TriggeredBy
                | R::SliceOf
        )
    }

    /// Whether it brings the other unit up: a start is pulled in, or an event starts it.
    ///
    /// `Requisite=` and `PartOf=` never start anything.
    pub fn starts(self) -> bool {
        matches!(
            self,
            R::Requires | R::Wants | R::BindsTo | R::Upholds | R::OnSuccess | R::OnFailure | R::Triggers
        )
    }

    /// Whether it says which of the two comes first.
    pub fn orders(self) -> bool {
        matches!(self, R::Before | R::After)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_relation_has_one_inverse() {
        for (at, relation) in Relation::ALL.into_iter().enumerate() {
            assert_eq!(relation as usize, at, "{relation:?} stands in its place");
            assert_eq!(Relation::of_name(relation.name()), Some(relation));
            assert_eq!(relation.inverse().inverse(), relation);
            let same = unit_catalog::inverse(relation.name());
            assert_eq!(same, Some(relation.inverse().name()), "{relation:?}");
        }
    }
}
