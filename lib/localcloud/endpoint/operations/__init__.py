"""Which AWS operations the stand-in carries out, which it only keeps in its books, and which it refuses."""
