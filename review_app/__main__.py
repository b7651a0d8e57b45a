"""`python -m review_app COMMAND`: every command of the program."""

from review_app import server
from review_app.cli import contests, copies, demo, essays, main, operate, search

COMMANDS = (contests, copies, demo, essays, operate, search)

main.add_command(server.serve)
if __name__ == "__main__":
    main(prog_name="review_app")
