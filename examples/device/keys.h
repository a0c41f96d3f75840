/* The keys of this device; keys.c is made by the Makefile, from files of `mote module keygen`. */
#ifndef KEYS_H
#define KEYS_H

#include "runtime/runtime.h"

extern const mote_key_t vendor_key;       /* whom it believes */
extern const mote_recipient_t device_key; /* by what it opens what is encrypted for it */
extern const uint32_t device_keys;        /* 1, or 0 when it takes none that are encrypted */

#endif
