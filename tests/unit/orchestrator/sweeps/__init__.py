"""Plans of sweeps."""
