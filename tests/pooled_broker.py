"""`python -m tests.pooled_broker …`: `broker …` in a process of its own, with keys of the pool."""

from broker.cli import main
from tests.key_pool import pooled

if __name__ == "__main__":
    with pooled():
        main()
