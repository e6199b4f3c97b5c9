; The lines of a continued value stand below each other, indented.

(assignment) @indent
(assignment (value (continuation))) @extend
