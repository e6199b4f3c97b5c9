; Written by `cargo xtask codegen` from grammar/queries/folds.scm.

; What folds: sections, and assignments that go on over several lines.

(section) @fold
(assignment (value (continuation))) @fold
(assignment (value (string (continuation)))) @fold
