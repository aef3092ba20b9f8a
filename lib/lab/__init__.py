"""The command line of the lab, `./lab COMMAND`: a module for each group of commands, which parse, call and print."""
