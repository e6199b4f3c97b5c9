//! A map whose copies share what they have in common: a snapshot costs little, and so does a change after it.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHasher};

/// How many parts a map has: with ten thousand entries a change copies some forty.
const PARTS: usize = 256;

/// A map in parts; a change copies the part that it touches, if a copy of the map still has it.
#[derive(Debug)]
pub(crate) struct Shards<K, V>(Box<[Arc<FxHashMap<K, V>>]>);

impl<K, V> Default for Shards<K, V> {
    fn default() -> Self {
        Self(vec![Arc::default(); PARTS].into())
    }
}

impl<K, V> Clone for Shards<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Shards<K, V> {
    /// What the map has for a key.
    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0[part_of(key)].get(key)
    }

    /// The same with the key that the map holds.
    pub(crate) fn get_key_value<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.0[part_of(key)].get_key_value(key)
    }

    pub(crate) fn contains_key<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// Puts in a value in place of what the map has for the key.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.part(&key).insert(key, value);
    }

    /// What the map has for a key, at first the default.
    pub(crate) fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.part(&key).entry(key).or_default()
    }

    /// Takes away what the map has for a key.
    pub(crate) fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        // What is not there is not worth a copy.
        if self.contains_key(key) { self.part(key).remove(key) } else { None }
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().flat_map(|part| part.keys())
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().flat_map(|part| part.values())
    }

    fn part<Q: Hash + ?Sized>(&mut self, key: &Q) -> &mut FxHashMap<K, V> {
        Arc::make_mut(&mut self.0[part_of(key)])
    }
}

impl<K: Hash + Eq + Clone, T: Clone> Shards<K, Vec<T>> {
    /// Takes away those of a key's values that are not wanted, and the key with the last of them.
    pub(crate) fn retain<Q: Hash + Eq + ?Sized>(&mut self, key: &Q, wanted: impl Fn(&T) -> bool)
    where
        K: Borrow<Q>,
    {
        if !self.contains_key(key) {
            return;
        }
        let part = self.part(key);
        if let Some(values) = part.get_mut(key) {
            values.retain(wanted);
            if values.is_empty() {
                part.remove(key);
            }
        }
    }
}

fn part_of<Q: Hash + ?Sized>(key: &Q) -> usize {
    let mut hasher = FxHasher::default();
    key.hash(&mut hasher);
    // The maps within the parts go by the lowest bits and the highest.
    (hasher.finish() >> 24) as usize % PARTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_share_what_they_have_in_common() {
        let mut map: Shards<String, Vec<u32>> = Shards::default();
        for number in 0..1000 {
            map.entry((number % 500).to_string()).push(number);
        }
        let before = map.clone();
        map.retain("7", |number| *number > 500);
        map.retain("8", |_| false);
        map.retain("gone", |_| false);
        map.insert("new".to_owned(), vec![1]);
        assert_eq!((map.keys().count(), before.values().count()), (500, 500));
        assert_eq!((map.get("7"), before.get("7")), (Some(&vec![507]), Some(&vec![7, 507])));
        assert_eq!((map.contains_key("8"), before.contains_key("8")), (false, true));
        assert_eq!(map.remove("new"), Some(vec![1]));
        assert_eq!(map.remove("new"), None);
        let shared = map.0.iter().zip(&before.0).filter(|(one, other)| Arc::ptr_eq(one, other));
        assert!(shared.count() >= PARTS - 3);
    }
}
