"""stats."""

from spasticity.stats.mmrm_fit import mmrm

__all__ = ["mmrm"]
