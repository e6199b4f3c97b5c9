; Written by `cargo xtask codegen` from grammar/queries/highlights.scm.

; Colours, with the capture names of nvim-treesitter. Later patterns win over earlier ones, inner nodes over outer ones; those
; for the same node exclude each other wherever it matters, because some editors let earlier patterns win.

(comment) @comment

(section_header ["[" "]"] @punctuation.bracket)
(section_header (section_name) @namespace)

(key) @variable.other.member
"=" @operator

(value) @string

(continuation) @punctuation.special
[(prefix) (exec_prefix)] @operator

(escape_sequence) @constant.character.escape
(specifier) @constant.character
(variable) @variable

; Free text.
((assignment
  key: (key) @variable.other.member
  value: (value))
  (#eq? @variable.other.member "Description"))

; A value that is one word.
((assignment
  value: (value . (word) @constant.builtin.boolean .))
  (#any-of? @constant.builtin.boolean "yes" "no" "true" "false" "on" "off"))

((assignment
  value: (value . (word) @constant.numeric .))
  (#match? @constant.numeric "^[-+]?[0-9][0-9.]*([%]|[KMGTPE]|us|ms|s|sec|m|min|h|hr|d|day|w|week|M|month|y|year)?$"))

((assignment
  value: (value . (word) @constant.builtin .))
  (#eq? @constant.builtin "infinity"))

; Paths and addresses of pages.
((word) @string.special.path
  (#match? @string.special.path "^/"))

((word) @string.special.url
  (#match? @string.special.url "^(https?|man|info|file):"))

; Names of other units.
((word) @string.special.symbol
  (#match? @string.special.symbol "^[^/=]+[.](service|socket|timer|path|mount|automount|swap|slice|scope|target|device)$"))

; The program of a command line. (Two patterns: behind an optional node the anchors would not hold.)
((assignment
  key: (key) @variable.other.member
  value: (value . (word) @function))
  (#match? @variable.other.member "^Exec(Condition|Start|Reload|Stop)"))

((assignment
  key: (key) @variable.other.member
  value: (value . (exec_prefix) . (word) @function))
  (#match? @variable.other.member "^Exec(Condition|Start|Reload|Stop)"))

(junk) @diagnostic.error
