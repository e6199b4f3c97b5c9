; Written by `cargo xtask codegen` from grammar/queries/textobjects.scm.

; What can be selected as a whole, with the capture names of nvim-treesitter-textobjects: sections, assignments, their
; values and the words of these, comments.

(section) @class.around

(section
  (section_header)
  (_)+ @class.inside)

(assignment) @entry.around

(assignment
  value: (value) @entry.inside)

(value
  [(word) (string)] @parameter.inside @parameter.around)

(comment) @comment.around
