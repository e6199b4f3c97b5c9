//! Holds JSON against a schema, as far as the schemas in use go: what they say beyond that fails the test.
//!
//! The validators on offer take longer to build than all the rest of the tests.

use serde_json::{Map, Value};

/// What `value` gets wrong by `schema`, each with its place.
pub(crate) fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut validator = Validator { root: schema, faults: Vec::new() };
    validator.check(schema, value, "$");
    validator.faults
}

struct Validator<'a> {
    root: &'a Value,
    faults: Vec<String>,
}

impl<'a> Validator<'a> {
    fn check(&mut self, schema: &'a Value, value: &Value, place: &str) {
        let schema = schema.as_object().expect("a schema is an object");
        for (keyword, rule) in schema {
            let fault = match keyword.as_str() {
                "$schema" | "$id" | "title" | "description" | "default" | "definitions" | "$defs"
                | "examples" => None,
                "$ref" => {
                    let target =
                        rule.as_str().and_then(|rule| rule.strip_prefix('#')).expect("a local reference");
                    let target = self.root.pointer(target).expect("a reference leads somewhere");
                    self.check(target, value, place);
                    None
                }
                "type" => (!of_type(rule, value)).then(|| format!("is no {rule}")),
                "enum" => (!list(rule).contains(value)).then(|| format!("is none of {rule}")),
                "const" => (rule != value).then(|| format!("is not {rule}")),
                "anyOf" => {
                    let fits = |schema| faults_within(self.root, schema, value).is_empty();
                    (!list(rule).iter().any(fits)).then(|| format!("fits none of {rule}"))
                }
                "minimum" => value
                    .as_f64()
                    .filter(|value| *value < number(rule))
                    .map(|_| format!("is less than {rule}")),
                "maximum" => value
                    .as_f64()
                    .filter(|value| *value > number(rule))
                    .map(|_| format!("is more than {rule}")),
                "minItems" => {
                    let short = value.as_array().filter(|items| (items.len() as f64) < number(rule));
                    short.map(|_| format!("has less than {rule} items"))
                }
                "uniqueItems" if *rule == Value::Bool(true) => {
                    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                    let again = |at: usize| items[..at].contains(&items[at]);
                    (0..items.len()).any(again).then(|| "has an item twice".to_owned())
                }
                "uniqueItems" => None,
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{place}[{index}]"));
                    }
                    None
                }
                "required" => {
                    let has = |name: &Value| value.get(name.as_str().expect("a name")).is_some();
                    let missing =
                        value.is_object().then(|| list(rule).iter().find(|name| !has(name))).flatten();
                    missing.map(|name| format!("lacks {name}"))
                }
                "properties" => {
                    for (name, schema) in rule.as_object().into_iter().flatten() {
                        if let Some(member) = value.get(name) {
                            self.check(schema, member, &format!("{place}.{name}"));
                        }
                    }
                    None
                }
                "additionalProperties" => self.check_others(schema, rule, value, place),
                "format" if value.is_string() && rule != "uri" && rule != "uri-reference" => {
                    panic!("{place}: nobody checks {rule}")
                }
                "format" => {
                    let odd = |text: &str| {
                        text.contains(|c: char| !c.is_ascii_graphic() || "<>\"{}|\\^`".contains(c))
                    };
                    value.as_str().filter(|text| odd(text)).map(|_| format!("is no {rule}"))
                }
                _ if value.is_string() || keyword != "pattern" => {
                    panic!("{place}: nobody checks `{keyword}`")
                }
                _ => None,
            };
            self.faults.extend(fault.map(|fault| format!("{place} {fault}: {value}")));
        }
    }

    /// Members that are not among the properties.
    fn check_others(
        &mut self,
        schema: &'a Map<String, Value>,
        rule: &'a Value,
        value: &Value,
        place: &str,
    ) -> Option<String> {
        let known = schema.get("properties").and_then(Value::as_object);
        let members = value.as_object().into_iter().flatten();
        for (name, member) in
            members.filter(|(name, _)| !known.is_some_and(|known| known.contains_key(*name)))
        {
            match rule {
                Value::Bool(true) => {}
                Value::Bool(false) => return Some(format!("has a member `{name}`")),
                _ => self.check(rule, member, &format!("{place}.{name}")),
            }
        }
        None
    }
}

fn faults_within(root: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut validator = Validator { root, faults: Vec::new() };
    validator.check(schema, value, "$");
    validator.faults
}

fn of_type(rule: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().expect("a type's name") {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|value| value.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type `{other}`"),
    };
    rule.as_array().map_or_else(|| is(rule), |types| types.iter().any(is))
}

fn list(rule: &Value) -> &[Value] {
    rule.as_array().expect("a list")
}

fn number(rule: &Value) -> f64 {
    rule.as_f64().expect("a number")
}
