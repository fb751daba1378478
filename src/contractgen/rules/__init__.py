"""The exact arithmetic of terms, fees and notices: pure functions, every figure a parameter."""
