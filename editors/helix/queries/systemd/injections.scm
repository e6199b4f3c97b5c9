; Written by `cargo xtask codegen` from grammar/queries/injections.scm.

; Other languages inside unit files: marks such as TODO in comments, the script of `sh -c '…'` and the like.

((comment) @injection.content
  (#set! injection.language "comment"))
