"""An emulated machine of 64-bit Arm, in which the kit is tried: `make machines ARCH=arm64`."""
