; What can be selected as a whole, with the capture names of nvim-treesitter-textobjects: sections, assignments, their
; values and the words of these, comments.

(section) @class.outer

(section
  (section_header)
  (_)+ @class.inner)

(assignment) @assignment.outer

(assignment
  value: (value) @assignment.inner @assignment.rhs)

(assignment
  key: (key) @assignment.lhs)

(value
  [(word) (string)] @parameter.inner @parameter.outer)

(comment) @comment.outer
