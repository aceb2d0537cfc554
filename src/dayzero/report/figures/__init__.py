"""Figures of a report: laid out in points as a scene of simple shapes, then drawn as SVG, PDF and PNG."""
