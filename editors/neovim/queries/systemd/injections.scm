; Written by `cargo xtask codegen` from grammar/queries/injections.scm.

; Other languages inside unit files: marks such as TODO in comments, the script of `sh -c '…'` and the like.

((comment) @injection.content
  (#set! injection.language "comment"))

((assignment
  value: (value
    (word) @_shell
    .
    (word) @_option
    .
    (string) @injection.content))
  (#match? @_shell "(^|/)(ba|da|k|z)?sh$")
  (#match? @_option "^-[a-z]*c$")
  (#offset! @injection.content 0 1 0 -1)
  (#set! injection.language "bash")
  (#set! injection.include-children))

((assignment
  value: (value
    (word) @_python
    .
    (word) @_option
    .
    (string) @injection.content))
  (#match? @_python "(^|/)python[0-9.]*$")
  (#match? @_option "^-[a-zA-Z]*c$")
  (#offset! @injection.content 0 1 0 -1)
  (#set! injection.language "python")
  (#set! injection.include-children))
