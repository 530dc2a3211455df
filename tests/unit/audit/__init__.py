"""The trail proven, evidence kept, and persons found in both."""
