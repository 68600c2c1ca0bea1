"""FLOOR 5: the command line. One file per noun; `render` prints, `failures` turns errors into exit codes."""
