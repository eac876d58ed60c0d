"""How fast, measured beside a reference in the same run: `./dev bench NAME`."""
