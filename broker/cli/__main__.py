"""`python -m broker.cli` is the same as `broker`."""

from broker.cli import main

if __name__ == "__main__":
    main(prog_name="broker")
