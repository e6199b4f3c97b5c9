; What can be gone to by its name: sections.

(section_header
  (section_name) @name) @definition.section
