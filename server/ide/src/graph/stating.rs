//! A unit that is asked what it says about others: what the sources of edges share.

use rustc_hash::FxHashSet;
use unit_catalog::{Availability, Directive, Section, UnitType, Version, directive};

use super::edge::{Cause, Condition, Statement};
use super::reads::reads_key;
use super::{Relation, dbus, fixed, lines, links, mounts, paths, slices, trigger};
use crate::value::boolean;
use crate::workspace::{Effective, Place, Scope, Setting, UnitName, Workspace};

/// Where these are, all units of a manager are.
const WHOLE: [&str; 2] = ["basic.target", "shutdown.target"];

/// A unit with what it has said so far.
pub(super) struct Stating<'a, 'b> {
    pub(super) workspace: &'a Workspace,
    pub(super) asker: &'b Place,
    /// The unit's own name.
    pub(super) name: &'b UnitName,
    pub(super) unit: &'b Effective<'a>,
    /// Of thousands of links those that speak of this unit are read; all where there is none.
    pub(super) about: Option<&'b UnitName>,
    pub(super) statements: Vec<Statement<'a>>,
    said: FxHashSet<(Relation, UnitName)>,
    /// The names that links give it.
    pub(super) linked: Vec<UnitName>,
    /// What its files set, as far as this systemd knows the keys.
    set: Vec<&'static Directive>,
}

/// Everything that a unit states in its universe.
pub(super) fn statements<'a>(mut stating: Stating<'a, '_>) -> Vec<Statement<'a>> {
    let unit = stating.unit;
    if unit.fragment.is_some_and(|fragment| fragment.masked) {
        // 252 reads its folders all the same, 257 does not.
        if stating.version() < Version(257) {
            links::linked(&mut stating);
            lines::declared(&mut stating);
        }
        for statement in &mut stating.statements {
            statement.condition = Condition::Masked;
        }
        return stating.statements;
    }
    if unit.fragment.is_none() && stating.needs_fragment() && stating.is_all_known() {
        return Vec::new();
    }
    links::linked(&mut stating);
    dbus::activated(&mut stating);
    if !unit.parts.is_empty() {
        lines::declared(&mut stating);
        lines::installed(&mut stating);
        trigger::triggered(&mut stating);
    }
    // What only drop-ins are known of may be anything.
    if unit.fragment.is_some() || unit.unit_type == UnitType::Slice && stating.needs_no_file() {
        fixed::added(&mut stating);
        fixed::logging(&mut stating);
        slices::lies_in(&mut stating);
        paths::needed(&mut stating);
        mounts::added(&mut stating);
    } else if stating.needs_no_file() {
        slices::lies_in(&mut stating);
    }
    waits_for_what_it_pulls_in(&mut stating);
    stating.statements
}

/// The default order of targets.
fn waits_for_what_it_pulls_in(stating: &mut Stating<'_, '_>) {
    use Relation as R;
    if stating.unit.unit_type != UnitType::Target || !stating.has_default_dependencies() {
        return;
    }
    let pulls =
        |relation| matches!(relation, R::Requires | R::Requisite | R::Wants | R::BindsTo | R::Upholds);
    let pulled = stating.statements.iter().filter(|statement| pulls(statement.relation));
    let pulled: Vec<_> = pulled.map(|statement| statement.other.clone()).collect();
    for other in pulled {
        let cause = Cause::Implicit("a target waits for what it pulls in");
        stating.add(Statement { relation: R::After, other, cause, condition: Condition::TargetOrder });
    }
}

impl<'a, 'b> Stating<'a, 'b> {
    /// A unit that has not said anything yet.
    pub(super) fn new(
        workspace: &'a Workspace,
        asker: &'b Place,
        name: &'b UnitName,
        unit: &'b Effective<'a>,
    ) -> Self {
        let linked = workspace.linked_aliases(name, asker);
        let mut set: Vec<&'static Directive> = Vec::new();
        for directive in unit.parts.iter().flat_map(|part| part.lines()).filter_map(|line| line.directive) {
            let known = || directive.availability(workspace.version()) == Availability::Active;
            if !set.iter().any(|other| std::ptr::eq(*other, directive)) && known() {
                set.push(directive);
            }
        }
        let about = None;
        Self {
            workspace,
            asker,
            name,
            unit,
            about,
            statements: Vec::new(),
            said: FxHashSet::default(),
            linked,
            set,
        }
    }

    /// Whether the manager has the unit without any file.
    pub(super) fn needs_no_file(&self) -> bool {
        match self.unit.unit_type {
            UnitType::Slice => slices::is_slice(self.name),
            UnitType::Device => true,
            _ => matches!(self.name.as_str(), "-.mount" | "init.scope"),
        }
    }

    /// Whether units of this type are never there without a fragment; mounts and swaps may come from elsewhere.
    fn needs_fragment(&self) -> bool {
        use UnitType as T;
        matches!(self.unit.unit_type, T::Service | T::Socket | T::Target | T::Timer | T::Path | T::Automount)
    }

    /// Whether a fragment that is not known is not there.
    fn is_all_known(&self) -> bool {
        let known = |name| {
            let name = UnitName::parse(name);
            name.is_some_and(|name| self.workspace.fragment(&name, self.asker).is_some())
        };
        self.asker.searched && WHOLE.into_iter().all(known)
    }

    /// The instance that a template gets when it is enabled by its bare name.
    pub(super) fn default_instance(&self) -> Option<UnitName> {
        if !self.name.is_template() {
            return None;
        }
        let usable = |value: &str| self.name.with_instance(value).is_some();
        let setting = self.scalar(Section::Install, "DefaultInstance", usable)?;
        self.name.with_instance(setting.value())
    }

    /// The unit's own name and the names that links give it.
    pub(super) fn names(&self) -> Vec<UnitName> {
        std::iter::once(self.name).chain(&self.linked).cloned().collect()
    }

    /// The names that `Alias=` lines give it.
    pub(super) fn declared_names(&self) -> Vec<UnitName> {
        if self.is_set(Section::Install, "Alias") { self.unit.declared_aliases() } else { Vec::new() }
    }

    /// The systemd aimed at.
    pub(super) fn version(&self) -> Version {
        self.workspace.version()
    }

    /// Whether the user manager loads the unit.
    pub(super) fn is_users(&self) -> bool {
        self.asker.scope == Scope::User
    }

    /// The section that only units of this type have.
    pub(super) fn own_section(&self) -> Option<Section> {
        self.unit.unit_type.own_section()
    }

    /// What is left of a list.
    pub(super) fn list(&self, section: Section, key: &str) -> Vec<Setting<'a>> {
        if self.is_set(section, key) { self.unit.list(section, key) } else { Vec::new() }
    }

    /// The assignment that counts, of those that `usable` says systemd takes.
    pub(super) fn scalar(
        &self,
        section: Section,
        key: &str,
        usable: impl Fn(&str) -> bool,
    ) -> Option<Setting<'a>> {
        if self.is_set(section, key) { self.unit.scalar(section, key, usable) } else { None }
    }

    /// Whether the unit's own section sets the key to anything.
    pub(super) fn sets(&self, key: &str) -> bool {
        self.own_section().is_some_and(|section| !self.list(section, key).is_empty())
    }

    /// The last assignment of a key in the unit's own section that is not empty.
    pub(super) fn last(&self, key: &str) -> Option<Setting<'a>> {
        self.scalar(self.own_section()?, key, |_| true)
    }

    fn is_set(&self, section: Section, key: &str) -> bool {
        debug_assert!(directive(section, key).is_none_or(reads_key), "edits of {key}= go unnoticed");
        self.set.iter().any(|directive| directive.name == key && directive.section == section)
    }

    /// The boolean that the section sets the key to.
    pub(super) fn boolean(&self, section: Section, key: &str) -> Option<bool> {
        let setting = self.scalar(section, key, |value| boolean(value).is_some())?;
        boolean(setting.value())
    }

    /// Whether `DefaultDependencies=` leaves the default on.
    pub(super) fn has_default_dependencies(&self) -> bool {
        // These last as long as the manager.
        !matches!(self.name.as_str(), "-.slice" | "system.slice" | "-.mount" | "init.scope")
            && self.boolean(Section::Unit, "DefaultDependencies") != Some(false)
    }

    /// Whether the unit's own section sets the key to yes.
    pub(super) fn is_on(&self, key: &str) -> bool {
        self.own_section().is_some_and(|section| self.boolean(section, key) == Some(true))
    }

    pub(super) fn state(&mut self, relation: Relation, other: UnitName, cause: Cause<'a>) {
        self.add(Statement { relation, other, cause, condition: Condition::None });
    }

    pub(super) fn add(&mut self, statement: Statement<'a>) {
        use UnitType as T;
        let Statement { relation, ref other, cause, .. } = statement;
        let own = self.name.unit_type();
        // What `unit_add_dependency()` drops: a unit on itself, delays of devices, failures of what cannot fail.
        let dropped = other == self.name
            || relation == Relation::Before && other.unit_type() == T::Device
            || relation == Relation::OnFailure && matches!(own, T::Slice | T::Device);
        // systemd has the same from several reasons, people need one of them.
        let reasons = matches!(cause, Cause::Implicit(_) | Cause::Implied { .. });
        if !dropped && (self.said.insert((relation, other.clone())) || !reasons) {
            self.statements.push(statement);
        }
    }
}

/// The line as the cause of something that it does not name.
pub(super) fn implied_by(setting: Setting<'_>) -> Cause<'_> {
    Cause::Implied { file: setting.file, entry: setting.index() }
}
