"""`python -m spasticity`."""

from spasticity.cli import main

main()
