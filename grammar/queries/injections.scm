; Other languages inside unit files: the script of `sh -c '…'`.

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
