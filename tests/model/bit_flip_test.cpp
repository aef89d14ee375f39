// Single damaged bits.
