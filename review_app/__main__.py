"""`python -m review_app COMMAND`: every command of the program."""

from review_app.server import main

main(prog_name="review_app")
