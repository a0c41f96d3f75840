/* Chains of layers may be cut into patches: see cascade.c, which must come behind this. */
#ifndef MOTE_PATCHES
#define MOTE_PATCHES 1
#endif
